// The verdict (verdict/prove.c) on faults that only a new connection can meet: the packets say whether the
// pool tried one.
#include "base/duration.h"
#include "tests/unit/verdict/verdict_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define ZERO_US INT64_C(1798761600000000) // on the lab's wall clock
#define CERTIFICATE                                                                                          \
    PATH ":11: certificate expired: nothing to lose: the pool opened no connection while it stood"
#define STILL_CERTIFICATE PATH ":11: certificate expired: the fault hit nothing"

struct trace {
    bool no_lab, no_revert; // events that are left out
    int connections;        // that were open at 60 s
    int certificate_hits, backend_hits;
};

static json_t *write_trace(const struct trace *trace)
{
    json_t *events = json_array();
    if (!trace->no_lab)
        json_array_append_new(events, json_pack("{s:i, s:s, s:I}", "at_us", -9999953, "event", "lab",
                                          "zero_realtime_us", (json_int_t)ZERO_US));
    json_array_append_new(events, json_pack("{s:i, s:s}", "at_us", 0, "event", "start"));
    json_array_append_new(events, json_pack("{s:i, s:s, s:i, s:i}", "at_us", 60000053, "event",
                                      "fault-applied", "fault", 0, "connections", trace->connections));
    json_array_append_new(events, json_pack("{s:i, s:s, s:i, s:i}", "at_us", 100000000, "event",
                                      "fault-applied", "fault", 1, "connections", trace->connections));
    if (!trace->no_revert)
        json_array_append_new(events, json_pack("{s:i, s:s, s:i, s:i}", "at_us", 260000017, "event",
                                          "fault-reverted", "fault", 0, "hits", trace->certificate_hits));
    json_array_append_new(events, json_pack("{s:i, s:s, s:i, s:i}", "at_us", 300000000, "event",
                                      "fault-reverted", "fault", 1, "hits", trace->backend_hits));
    json_array_append_new(
        events, json_pack("{s:i, s:s, s:i}", "at_us", 300000001, "event", "leaked-backends", "count", 0));
    json_array_append_new(
        events, json_pack("{s:i, s:s, s:s}", "at_us", 300000002, "event", "end", "reason", "done"));
    return events;
}

// A certificate from 60 to 260 s, and dead backends at 100 s. `syns_at_us` are on the scenario's clock; NULL:
// there is no capture.
static struct verdict *judge(const struct trace *trace, const int64_t *syns_at_us, size_t count)
{
    static char expired[] = "expired", kill_backend[] = "kill-backend";
    struct verdict_setup *setup = verdict_setup_new();
    setup->faults[0] = (struct fault_spec){.at_us = 60 * US_PER_S,
        .kind = fault_kind_by_name("certificate"),
        .argument = expired,
        .for_us = 200 * US_PER_S,
        .line = 11,
        .column = 5};
    setup->faults[1] = (struct fault_spec){.at_us = 100 * US_PER_S,
        .kind = fault_kind_by_name("server"),
        .argument = kill_backend,
        .for_us = FAULT_FOREVER,
        .line = 12,
        .column = 5,
        .index = 1};
    setup->scenario.faults_count = 2;
    setup->scenario.run_for_us = 400 * US_PER_S;
    setup->expectations[0] = expect_metric(text_none, METRIC_ERRORS, 5, 5, 20); // it fails, unasked
    setup->scenario.expectations_count = 1;
    int64_t syns_at_ns[4];
    for (size_t i = 0; i < count; i++)
        syns_at_ns[i] = (ZERO_US + syns_at_us[i]) * 1000 + 999; // a packet comes within a microsecond
    setup->wire.syns_at_ns = syns_at_ns;
    setup->wire.syns_count = count;
    json_t *events = write_trace(trace);
    struct verdict *verdict = verdict_judge(
        &setup->cell, events, syns_at_us ? &setup->wire : NULL, &setup->server);
    json_decref(events);
    free(setup);
    assert_non_null(verdict);
    return verdict;
}

#define SYNS(...) {__VA_ARGS__}, sizeof((const int64_t[]){__VA_ARGS__}) / sizeof(int64_t)

// Breaks with: an excuse for a fault that should have hit, or none for a pool that never tried; a moment on
// the edge that is out of it; packets that show nothing taken for proof.
static void only_who_tried_can_be_hit(void **state)
{
    (void)state;
    static const struct {
        struct trace trace;
        int64_t syns_at_us[4];
        size_t syns_count;
        enum outcome outcome;
        const char *reason;
    } cases[] = {
        {{.connections = 2, .backend_hits = 2}, SYNS(-9000000), OUTCOME_PASS, CERTIFICATE},
        {{.connections = 2, .backend_hits = 2}, SYNS(-9000000, 60000052, 260000018), OUTCOME_PASS,
            CERTIFICATE},
        {{.connections = 2, .backend_hits = 2}, SYNS(-9000000, 60000053), OUTCOME_ERROR, STILL_CERTIFICATE},
        {{.connections = 2, .backend_hits = 2}, SYNS(-9000000, 120000000), OUTCOME_ERROR, STILL_CERTIFICATE},
        {{.connections = 2, .backend_hits = 2}, SYNS(-9000000, 260000017), OUTCOME_ERROR, STILL_CERTIFICATE},
        // That it held no connection is no excuse for one that came later; to have held some, no accusation.
        {{.connections = 0, .backend_hits = 2}, SYNS(-9000000, 120000000), OUTCOME_ERROR, STILL_CERTIFICATE},
        {{.connections = 0, .backend_hits = 2}, SYNS(-9000000), OUTCOME_PASS, CERTIFICATE},
        // Nobody knows.
        {{.connections = 2, .backend_hits = 2}, {0}, 0, OUTCOME_ERROR, STILL_CERTIFICATE},
        {{.connections = 2, .backend_hits = 2, .no_lab = true}, SYNS(-9000000), OUTCOME_ERROR,
            STILL_CERTIFICATE},
        {{.connections = 2, .backend_hits = 2, .no_revert = true}, SYNS(-9000000), OUTCOME_ERROR,
            PATH ":11: certificate expired: the fault was never reverted, so nobody knows what it hit"},
        // It was hit: what is expected is judged.
        {{.connections = 2, .certificate_hits = 5, .backend_hits = 2}, SYNS(-9000000), OUTCOME_FAIL,
            PATH ":20: none: errors: expected 5, actual 0"},
        // The other fault is none of handshakes: it does not ask for packets, and another's hit excuses it.
        {{.connections = 2, .certificate_hits = 5}, SYNS(-9000000), OUTCOME_ERROR,
            PATH ":12: server kill-backend: the fault hit nothing"},
        {{.connections = 0, .certificate_hits = 5}, SYNS(-9000000, 120000000), OUTCOME_FAIL,
            PATH ":20: none: errors: expected 5, actual 0"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct verdict *verdict = judge(&cases[i].trace, cases[i].syns_at_us, cases[i].syns_count);
        if (verdict->outcome != cases[i].outcome || verdict->reasons_count != 1)
            fail_msg("case %zu: %s, %zu reasons: %s", i, outcome_name(verdict->outcome),
                verdict->reasons_count, verdict->reasons_count > 0 ? verdict->reasons[0] : "");
        assert_string_equal(verdict->reasons[0], cases[i].reason);
        verdict_free(verdict);
    }
}

// Breaks with: an excuse without the packets that it stands on, or one that hides what else is wrong.
static void having_nothing_to_lose_hides_no_error(void **state)
{
    (void)state;
    static const int64_t opened[] = {-9000000};
    static const struct trace none_hit = {.connections = 2};
    struct verdict *verdict = judge(&none_hit, NULL, 0);
    assert_int_equal(verdict->outcome, OUTCOME_ERROR);
    assert_string_equal(verdict->reasons[0], STILL_CERTIFICATE);
    verdict_free(verdict);
    verdict = judge(&none_hit, opened, 1);
    assert_int_equal(verdict->outcome, OUTCOME_ERROR);
    assert_int_equal(verdict->reasons_count, 2);
    assert_string_equal(verdict->reasons[0], CERTIFICATE);
    assert_string_equal(verdict->reasons[1], PATH ":12: server kill-backend: the fault hit nothing");
    verdict_free(verdict);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_who_tried_can_be_hit),
        cmocka_unit_test(having_nothing_to_lose_hides_no_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
