// The verdict: a cell that proves nothing is an error, whatever it was expected to do.
#include "tests/unit/verdict/verdict_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *lines, *reason;
    size_t faults;
} proving_nothing[] = {
    {END, "events.jsonl: no start: the scenario never began", 0},
    {START SENT(1, 1), "events.jsonl: no end: the trace breaks off at 1us", 0},
    {"", "events.jsonl: no start: the scenario never began", 0},
    {START "{\"at_us\":5,\"event\":\"failed\",\"error\":\"no netem\"}\n" END, "the lab gave up: no netem", 0},
    {START "{\"at_us\":5,\"event\":\"end\",\"reason\":\"failed\"}\n", "the cell ended early: the lab failed",
        0},
    {START "{\"at_us\":5,\"event\":\"subject-broken\",\"reason\":\"garbage\",\"detail\":\"hi\"}\n" END,
        "the subject broke: garbage: hi", 0},
    {START "{\"at_us\":5,\"event\":\"subject-broken\",\"reason\":\"silent\"}\n" END,
        "the subject broke: silent", 0},
    {START "{\"at_us\":5,\"event\":\"subject-exited\",\"status\":1}\n" END, "the subject ended with status 1",
        0},
    {START "{\"at_us\":5,\"event\":\"subject-exited\",\"signal\":11}\n" END,
        "the subject ended with signal 11", 0},
    {START "{\"at_us\":5,\"event\":\"subject-exited\",\"signal\":9,\"killed\":true}\n" END,
        "the subject did not end when its input did, and was killed", 0},
    {START END, PATH ":9: silence both: the fault was never applied", 1},
    {START APPLIED(1, 0) END,
        PATH ":9: silence both: the fault was never reverted, so nobody knows what it hit", 1},
    {START APPLIED(1, 0) REVERTED(2, 0, 0) END, PATH ":9: silence both: the fault hit nothing", 1},
    {START APPLIED(1, 0) REVERTED(2, 0, 1) APPLIED(3, 1) REVERTED(4, 1, 0) END,
        PATH ":10: silence both: the fault hit nothing", 2},
    {START APPLIED(
         1, 0) "{\"at_us\":2,\"event\":\"fault-failed\",\"fault\":0,\"error\":\"EPERM\"}\n" REVERTED(2, 0, 1)
            END,
        PATH ":9: silence both: could not be applied or reverted: EPERM", 1},
    {START APPLIED(1, 7) END, "events.jsonl:2: fault-applied: a fault that the scenario does not have", 0},
    {START APPLIED(1, -1) END, "events.jsonl:2: fault-applied: fault: expected an integer of 0 or more", 0},
    {START APPLIED(1, null) END, "events.jsonl:2: fault-applied: fault: expected an integer of 0 or more", 0},
    {START SENT(1, 1) OK(2, 1) END, "events.jsonl: no row: the ledger was not compared with the database", 0},
    {START ROW(1, 1) END, "a row nobody wrote: key k1 is in the database, but was never sent", 0},
    {START SENT(1, 1) SENT(2, 1) END, "events.jsonl: operation 1 was sent twice", 0},
    {START SENT(1, 1) OK(2, 1) OK(3, 1) ROW(1, 1) END,
        "events.jsonl:4: op-answered: a second answer to one operation", 0},
    {START OK(2, 1) END, "events.jsonl:2: op-answered: an answer to an operation that was not sent", 0},
    {START OK(0, 1) SENT(1, 1) END,
        "events.jsonl:2: op-answered: an answer to an operation that was not sent", 0},
    {START SENT(1, 1) "{\"at_us\":2,\"event\":\"op-answered\",\"id\":1}\n" END,
        "events.jsonl:3: op-answered: ok: expected true or false", 0},
    {START "{\"at_us\":2,\"event\":\"op-sent\"}\n" END,
        "events.jsonl:2: op-sent: id: expected an integer of 0 or more", 0},
};

static void what_proves_nothing_is_an_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(proving_nothing) / sizeof(proving_nothing[0]); i++) {
        struct verdict_setup *setup = verdict_setup_new();
        setup->scenario.faults_count = proving_nothing[i].faults;
        // Fails as well; but a cell that proves nothing has no failed expectations.
        setup->scenario.expectations_count = 1;
        setup->expectations[0] = (struct expectation){.strategy = text_any,
            .metric = METRIC_OPS,
            .range = {.low = 1000, .high = INT64_MAX},
            .line = 20};
        struct verdict *verdict = verdict_of_lines(setup, proving_nothing[i].lines);
        assert_string_equal(outcome_name(verdict->outcome), "error");
        assert_string_equal(verdict->reasons[0], proving_nothing[i].reason);
        verdict_free(verdict);
        free(setup);
    }
}

static void missing_evidence_is_an_error(void **state)
{
    (void)state;
    struct verdict_setup *setup = verdict_setup_new();
    json_t *events = trace_of_lines(START END);
    struct verdict *verdict = verdict_judge(&setup->cell, events, NULL, NULL);
    assert_verdict(verdict, OUTCOME_ERROR,
        REASONS("capture.pcap: missing: nobody knows what the wire saw",
            "postgres.log: missing: pings and connects are not counted"));
    assert_int_equal(verdict->metrics.value[METRIC_PINGS], METRIC_ABSENT);
    assert_int_equal(verdict->metrics.value[METRIC_SWALLOWED], METRIC_ABSENT);
    verdict_free(verdict);
    json_decref(events);
    free(setup);
}

// Whatever of a good trace is there, the verdict says something and leaks nothing.
static void every_truncation_has_a_verdict(void **state)
{
    (void)state;
    static const char whole[] = START APPLIED(1000000, 0) SENT(2000000, 1) OK(2010000, 1) SENT(3000000, 2)
        ERROR(3010000, 2, "x") REVERTED(11000000, 0, 4) ROW(1, 1) LEAKED(0) END;
    struct verdict_setup *setup = verdict_setup_new();
    setup->scenario.faults_count = 1;
    for (const char *end = whole; end; end = strchr(end + 1, '\n')) {
        char *part = strndup(whole, (size_t)(end - whole));
        struct verdict *verdict = verdict_of_lines(setup, part);
        bool complete = strlen(part) + 1 == strlen(whole);
        assert_int_equal(verdict->outcome, complete ? OUTCOME_PASS : OUTCOME_ERROR);
        verdict_free(verdict);
        free(part);
    }
    free(setup);
}

static void the_delay_must_be_the_asked_one(void **state)
{
    (void)state;
    static const struct {
        struct network network;
        enum lab_kind lab;
        int64_t measured_us;
        bool good;
    } cases[] = {
        {{.rtt_us = 10000}, LAB_VIRTUAL, 10000, true},
        {{.rtt_us = 10000}, LAB_VIRTUAL, 9989, false},
        {{.rtt_us = 10000}, LAB_VIRTUAL, 9990, true},
        {{.rtt_us = 10000}, LAB_VIRTUAL, 11000, true},
        {{.rtt_us = 10000}, LAB_VIRTUAL, 11001, false},
        {{.rtt_us = 10000}, LAB_NATIVE, 59000, true},
        {{.rtt_us = 10000}, LAB_NATIVE, 60001, false},
        {{.rtt_us = 10000}, LAB_NATIVE, 5000, false},
        {{.rtt_us = 10000, .jitter_us = 2000}, LAB_VIRTUAL, 6000, true},
        {{.rtt_us = 10000, .jitter_us = 2000}, LAB_VIRTUAL, 5980, false},
        {{.rtt_us = 10000, .jitter_us = 2000}, LAB_VIRTUAL, 15000, true},
        {{.rtt_us = 10000, .jitter_us = 2000}, LAB_VIRTUAL, 15001, false},
        {{.rtt_us = 10000, .jitter_us = 9000}, LAB_VIRTUAL, 0, true},
        {{.rtt_us = 10000, .reorder_ppm = 1}, LAB_VIRTUAL, 0, true},
        {{.rtt_us = 10000, .reorder_ppm = 1}, LAB_VIRTUAL, 11001, false},
        {{.rtt_us = 10000, .rate_bps = 9600}, LAB_VIRTUAL, 900000, true},
        {{.rtt_us = 10000, .rate_bps = 9600}, LAB_VIRTUAL, 9000, false},
        {{.rtt_us = 10000}, LAB_VIRTUAL, -1, true}, // no handshake was seen
        {{.rtt_us = 0}, LAB_VIRTUAL, 0, true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct verdict_setup *setup = verdict_setup_new();
        setup->scenario.network = cases[i].network;
        setup->cell.lab = cases[i].lab;
        setup->wire.handshake_rtt_us = cases[i].measured_us;
        struct verdict *verdict = verdict_of_lines(setup, START END);
        if ((verdict->outcome == OUTCOME_PASS) != cases[i].good)
            fail_msg("case %zu", i);
        verdict_free(verdict);
        free(setup);
    }
}

static void a_wrong_delay_is_told_in_words(void **state)
{
    (void)state;
    struct verdict_setup *setup = verdict_setup_new();
    setup->wire.handshake_rtt_us = 1500;
    struct verdict *verdict = verdict_of_lines(setup, START END);
    assert_verdict(verdict, OUTCOME_ERROR,
        REASONS(PATH ": the lab is out of tune: network: rtt: expected 9.99ms..11ms, actual 1.5ms"));
    verdict_free(verdict);
    free(setup);
}

// Breaks with: praise for a pool whose connection was there, or one that hides an error.
static void a_pool_that_held_nothing_had_nothing_to_lose(void **state)
{
    (void)state;
    struct verdict_setup *setup = verdict_setup_new();
    setup->scenario.faults_count = 1;
    setup->scenario.expectations_count = 1;
    setup->expectations[0] = expect_metric(text_any, METRIC_RST_TO_APP, 1, 1, 12); // it fails, unasked
    struct verdict *verdict = verdict_of_lines(setup, START UNOPPOSED(1, 0, 0) REVERTED(2, 0, 0) END);
    assert_verdict(verdict, OUTCOME_PASS,
        REASONS(PATH ":9: silence both: nothing to lose: the pool held no connection"));
    assert_int_equal(verdict->impact, IMPACT_CLEAN);
    verdict_free(verdict);
    verdict = verdict_of_lines(setup, START UNOPPOSED(1, 0, 1) REVERTED(2, 0, 0) END);
    assert_verdict(verdict, OUTCOME_ERROR, REASONS(PATH ":9: silence both: the fault hit nothing"));
    verdict_free(verdict);
    verdict = verdict_of_lines(setup, START UNOPPOSED(1, 0, 0) REVERTED(2, 0, 5) END);
    assert_verdict(verdict, OUTCOME_FAIL, REASONS(PATH ":12: any: rst_to_app: expected 1, actual 0"));
    verdict_free(verdict);
    verdict = verdict_of_lines(setup, START UNOPPOSED(1, 0, 0) REVERTED(2, 0, 0));
    assert_int_equal(verdict->outcome, OUTCOME_ERROR);
    verdict_free(verdict);
    setup->scenario.faults_count = 2; // the second one shows what the scenario is about
    verdict = verdict_of_lines(
        setup, START UNOPPOSED(1, 0, 0) APPLIED(2, 1) REVERTED(3, 0, 0) REVERTED(3, 1, 4) END);
    assert_verdict(verdict, OUTCOME_FAIL, REASONS(PATH ":12: any: rst_to_app: expected 1, actual 0"));
    verdict_free(verdict);
    free(setup);
}

// Breaks with: an error for a pool that ended its sessions before the server would have, or kept them busy;
// praise for one whose session idled for as long or has not ended.
static void a_limit_ends_nothing_that_is_busy(void **state)
{
    (void)state;
    static const struct {
        int64_t connects, ends, longest_us;
        enum outcome outcome;
    } cases[] = {
        {2, 2, 299 * US_PER_S, OUTCOME_PASS},
        {2, 2, 300 * US_PER_S, OUTCOME_ERROR},
        {2, 1, 10 * US_PER_S, OUTCOME_ERROR},
    };
    static char argument[] = "idle-session-timeout";
    static const struct fault_option_kind limit = {.name = "limit"};
    struct fault_option option = {.kind = &limit, .number = 300 * US_PER_S};
    struct verdict_setup *setup = verdict_setup_new();
    setup->faults[0].kind = fault_kind_by_name("server");
    setup->faults[0].argument = argument;
    setup->faults[0].options = &option;
    setup->faults[0].options_count = 1;
    setup->scenario.faults_count = 1;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        setup->server.connects = cases[i].connects;
        setup->server.ends = cases[i].ends;
        setup->server.longest_quiet_us = cases[i].longest_us;
        struct verdict *verdict = verdict_of_lines(setup, START APPLIED(1, 0) REVERTED(2, 0, 0) END);
        if (verdict->outcome != cases[i].outcome)
            fail_msg("case %zu: %s", i, verdict->reasons[0]);
        verdict_free(verdict);
    }
    free(setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_proves_nothing_is_an_error),
        cmocka_unit_test(missing_evidence_is_an_error),
        cmocka_unit_test(every_truncation_has_a_verdict),
        cmocka_unit_test(the_delay_must_be_the_asked_one),
        cmocka_unit_test(a_wrong_delay_is_told_in_words),
        cmocka_unit_test(a_pool_that_held_nothing_had_nothing_to_lose),
        cmocka_unit_test(a_limit_ends_nothing_that_is_busy),
    };
    return cmocka_run_group_tests_name("verdict_prove", tests, NULL, NULL);
}
