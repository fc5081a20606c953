// The verdict: small traces in, metrics, outcome and reasons out.
#include "verdict.h"

#include "duration.h"
#include "trace_event.h"

#include <pcap/pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PATH "scenarios/idle/hung-up.yaml"

static const struct fault_kind silence = {.name = "silence"};

// A scenario with one fault of 10 s at 1 s, of which each test changes what it is about.
struct setup {
    struct fault_spec faults[2];
    struct expectation expectations[4];
    struct scenario scenario;
    struct cell cell;
    struct wire_counts wire;
    struct server_counts server;
};

static char text_both[] = "both", text_none[] = "none", text_any[] = "any", text_pre_ping[] = "pre-ping";

static struct setup *setup_new(void)
{
    static char name[] = "idle/hung-up", path[] = PATH, claim[] = "c", subject[] = "pqpool:none";
    static char *command[] = {subject, NULL}, *differs[] = {NULL};
    struct setup *setup = calloc(1, sizeof(*setup));
    for (int i = 0; i < 2; i++)
        setup->faults[i] = (struct fault_spec){.at_us = (i + 1) * US_PER_S,
            .kind = &silence,
            .argument = text_both,
            .for_us = 10 * US_PER_S,
            .line = 9 + i};
    setup->scenario = (struct scenario){.name = name,
        .path = path,
        .claim = claim,
        .network = {.rtt_us = 10000},
        .pool = {.size = 1, .workers = 1},
        .faults = setup->faults,
        .faults_count = 0,
        .run_for_us = 100 * US_PER_S,
        .expectations = setup->expectations};
    setup->cell = (struct cell){.name = name,
        .scenario = &setup->scenario,
        .subject = subject,
        .strategy = text_none,
        .strategy_class = text_none,
        .command = command,
        .differs = differs};
    setup->wire = (struct wire_counts){.handshake_rtt_us = 10004};
    setup->server = (struct server_counts){.pings = 3, .connects = 2};
    return setup;
}

static json_t *read_lines(const char *lines)
{
    json_t *events = json_array();
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        json_error_t why;
        json_t *event = json_loadb(lines, length, 0, &why);
        if (!event)
            fail_msg("%.*s: %s", (int)length, lines, why.text);
        json_array_append_new(events, event);
        lines += length + (lines[length] == '\n');
    }
    return events;
}

static struct verdict *judge(struct setup *setup, const char *lines)
{
    json_t *events = read_lines(lines);
    struct verdict *verdict = verdict_judge(&setup->cell, events, &setup->wire, &setup->server);
    json_decref(events);
    assert_non_null(verdict);
    return verdict;
}

// Lines of a trace.
#define READY(driver)                                                                                        \
    "{\"at_us\":-1,\"event\":\"subject-ready\",\"version\":\"1\",\"driver\":\"" driver "\"}\n"
#define START "{\"at_us\":0,\"event\":\"start\"}\n"
#define SENT(at, id)                                                                                         \
    "{\"at_us\":" #at ",\"event\":\"op-sent\",\"id\":" #id ",\"do\":\"insert\",\"key\":\"k" #id "\"}\n"
#define READ(at, id) "{\"at_us\":" #at ",\"event\":\"op-sent\",\"id\":" #id ",\"do\":\"read\"}\n"
#define OK(at, id)   "{\"at_us\":" #at ",\"event\":\"op-answered\",\"id\":" #id ",\"ok\":true,\"backend\":1}\n"
#define ERROR(at, id, text)                                                                                  \
    "{\"at_us\":" #at ",\"event\":\"op-answered\",\"id\":" #id ",\"ok\":false,\"error\":\"" text             \
    "\",\"kind\":\"E\",\"sqlstate\":null}\n"
#define ROW(id, count) "{\"at_us\":99000000,\"event\":\"row\",\"key\":\"k" #id "\",\"count\":" #count "}\n"
#define LEAKED(count)  "{\"at_us\":99000000,\"event\":\"leaked-backends\",\"count\":" #count "}\n"
#define END            "{\"at_us\":100000000,\"event\":\"end\",\"reason\":\"run_for\"}\n"
#define APPLIED(at, index)                                                                                   \
    "{\"at_us\":" #at ",\"event\":\"fault-applied\",\"fault\":" #index ",\"kind\":\"silence\"}\n"
#define UNOPPOSED(at, index, count)                                                                          \
    "{\"at_us\":" #at ",\"event\":\"fault-applied\",\"fault\":" #index                                       \
    ",\"kind\":\"silence\",\"connections\":" #count "}\n"
#define REVERTED(at, index, hits)                                                                            \
    "{\"at_us\":" #at ",\"event\":\"fault-reverted\",\"fault\":" #index ",\"hits\":" #hits "}\n"
#define INJECTED(at, index)                                                                                  \
    "{\"at_us\":" #at ",\"event\":\"rst-injected\",\"fault\":" #index ",\"to\":\"app\"}\n"

static void expect_reasons(const struct verdict *verdict, enum outcome outcome, const char *const *reasons)
{
    for (size_t i = 0; i < verdict->reasons_count && reasons[i]; i++)
        assert_string_equal(verdict->reasons[i], reasons[i]);
    size_t count = 0;
    while (reasons[count])
        count++;
    if (verdict->reasons_count > count)
        fail_msg("unexpected: %s", verdict->reasons[count]);
    assert_int_equal(verdict->reasons_count, count);
    assert_string_equal(outcome_name(verdict->outcome), outcome_name(outcome));
}

#define REASONS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NO_REASONS   ((const char *const[]){NULL})

// Breaks with: a read counted as lost because it has no row, or two reads taken for one key.
static void what_writes_nothing_is_not_in_the_ledger(void **state)
{
    (void)state;
    struct setup *setup = setup_new();
    struct verdict *verdict = judge(setup,
        START READ(1000000, 1) OK(1010000, 1) READ(2000000, 2) ERROR(2030000, 2, "gone") SENT(3000000, 3)
            OK(3030000, 3) ROW(3, 1) LEAKED(0) END);
    expect_reasons(verdict, OUTCOME_PASS, NO_REASONS);
    const int64_t *value = verdict->metrics.value;
    assert_int_equal(value[METRIC_OPS], 3);
    assert_int_equal(value[METRIC_ERRORS], 1);
    assert_int_equal(value[METRIC_LOST], 0);
    assert_int_equal(value[METRIC_IN_DOUBT], 0);
    verdict_free(verdict);
    free(setup);
}

static void a_quiet_cell_passes(void **state)
{
    (void)state;
    struct setup *setup = setup_new();
    struct verdict *verdict = judge(setup,
        "{\"at_us\":-2000000,\"event\":\"subject-ready\",\"name\":\"pqpool\",\"version\":\"1.0\"}\n" START
            SENT(1000000, 1) OK(1010000, 1) SENT(2000000, 2) OK(2030000, 2) ROW(1, 1) ROW(2, 1) LEAKED(0)
                END);
    expect_reasons(verdict, OUTCOME_PASS, NO_REASONS);
    const int64_t *value = verdict->metrics.value;
    assert_int_equal(value[METRIC_OPS], 2);
    assert_int_equal(value[METRIC_OK], 2);
    assert_int_equal(value[METRIC_ERRORS], 0);
    assert_int_equal(value[METRIC_HUNG], 0);
    assert_int_equal(value[METRIC_SLOWEST], 30000);
    assert_int_equal(value[METRIC_MEDIAN], 20000);
    assert_int_equal(value[METRIC_RECOVERY], METRIC_ABSENT);
    assert_int_equal(value[METRIC_PINGS], 3);
    assert_int_equal(value[METRIC_CONNECTS], 2);
    assert_int_equal(value[METRIC_LEAKED_BACKENDS], 0);
    assert_int_equal(verdict->virtual_us, 102 * US_PER_S);
    assert_string_equal(verdict->version, "1.0");
    verdict_free(verdict);
    free(setup);
}

static void without_operations_there_is_no_time(void **state)
{
    (void)state;
    struct setup *setup = setup_new();
    struct verdict *verdict = judge(setup, START END);
    expect_reasons(verdict, OUTCOME_PASS, NO_REASONS);
    assert_int_equal(verdict->metrics.value[METRIC_OPS], 0);
    assert_int_equal(verdict->metrics.value[METRIC_SLOWEST], METRIC_ABSENT);
    assert_int_equal(verdict->metrics.value[METRIC_MEDIAN], METRIC_ABSENT);
    assert_int_equal(verdict->metrics.value[METRIC_LEAKED_BACKENDS], METRIC_ABSENT);
    verdict_free(verdict);
    free(setup);
}

static void hung_operations_count_to_the_end(void **state)
{
    (void)state;
    struct setup *setup = setup_new();
    struct verdict *verdict = judge(
        setup, START SENT(1000000, 1) OK(1010000, 1) SENT(4000000, 2) ROW(1, 1) END);
    assert_int_equal(verdict->metrics.value[METRIC_HUNG], 1);
    assert_int_equal(verdict->metrics.value[METRIC_SLOWEST], 96 * US_PER_S);
    assert_int_equal(verdict->metrics.value[METRIC_MEDIAN], 10000);
    verdict_free(verdict);
    free(setup);
}

static void median_of(void **state)
{
    (void)state;
    struct setup *setup = setup_new();
    struct verdict *verdict = judge(setup, START SENT(0, 3) OK(50, 3) SENT(100, 1) OK(110, 1) SENT(200, 2)
                                               ERROR(230, 2, "x") ROW(3, 1) ROW(1, 1) END);
    assert_int_equal(verdict->metrics.value[METRIC_MEDIAN], 30);
    verdict_free(verdict);
    free(setup);
}

static void the_ledger_decides(void **state)
{
    (void)state;
    struct setup *setup = setup_new();
    struct verdict *verdict = judge(setup,
        START SENT(1, 1) OK(2, 1) SENT(3, 2) OK(4, 2) SENT(5, 3) ERROR(6, 3, "x") SENT(7, 4) SENT(8, 5)
            ERROR(9, 5, "y") ROW(2, 2) ROW(3, 1) ROW(4, 3) ROW(5, 0) END);
    expect_reasons(verdict, OUTCOME_PASS, NO_REASONS);
    assert_int_equal(verdict->metrics.value[METRIC_LOST], 1);
    assert_int_equal(verdict->metrics.value[METRIC_DUPLICATED], 2);
    assert_int_equal(verdict->metrics.value[METRIC_IN_DOUBT], 2);
    verdict_free(verdict);
    free(setup);
}

static void recovery_starts_where_the_harm_ends(void **state)
{
    (void)state;
    static const struct {
        const char *what, *lines;
        int64_t for_us, expected_us;
    } cases[] = {
        {"from the revert of a fault that heals",
            START APPLIED(1000000, 0) SENT(2000000, 1) REVERTED(11000000, 0, 4) OK(11500000, 1)
                SENT(12000000, 2) OK(12010000, 2) ROW(1, 1) ROW(2, 1) END,
            10 * US_PER_S, 1010000},
        {"from the start of a fault that lasts",
            START APPLIED(1000000, 0) SENT(2000000, 1) OK(2500000, 1) ROW(1, 1) REVERTED(100000000, 0, 4) END,
            FAULT_FOREVER, 1500000},
        {"a fault as long as the cell lasts",
            START APPLIED(1000000, 0) SENT(2000000, 1) OK(2500000, 1) ROW(1, 1) REVERTED(100000000, 0, 4) END,
            99 * US_PER_S, 1500000},
        {"from the packet that an armed fault waited for",
            START APPLIED(1000000, 0) SENT(5000000, 1) INJECTED(5005000, 0) ERROR(5010000, 1, "x")
                SENT(6000000, 2) OK(6010000, 2) ROW(2, 1) REVERTED(100000000, 0, 1) END,
            FAULT_FOREVER, 1005000},
        {"operations sent at the same moment, but before, do not count",
            START SENT(1000000, 1) APPLIED(1000000, 0) SENT(1000000, 2) OK(1010000, 1) OK(1030000, 2)
                ROW(1, 1) ROW(2, 1) REVERTED(100000000, 0, 1) END,
            FAULT_FOREVER, 30000},
        {"the first to end, not the first to be sent",
            START APPLIED(1000000, 0) SENT(2000000, 1) SENT(2000001, 2) OK(2010000, 2) OK(9000000, 1)
                ROW(1, 1) ROW(2, 1) REVERTED(100000000, 0, 1) END,
            FAULT_FOREVER, 1010000},
        {"no good operation after it",
            START APPLIED(1000000, 0) SENT(2000000, 1) ERROR(2500000, 1, "x") REVERTED(100000000, 0, 1) END,
            FAULT_FOREVER, METRIC_ABSENT},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct setup *setup = setup_new();
        setup->scenario.faults_count = 1;
        setup->faults[0].for_us = cases[i].for_us;
        struct verdict *verdict = judge(setup, cases[i].lines);
        expect_reasons(verdict, OUTCOME_PASS, NO_REASONS);
        if (verdict->metrics.value[METRIC_RECOVERY] != cases[i].expected_us)
            fail_msg("%s: %lld us", cases[i].what, (long long)verdict->metrics.value[METRIC_RECOVERY]);
        verdict_free(verdict);
        free(setup);
    }
}

static void errors_are_kept_as_the_application_saw_them(void **state)
{
    (void)state;
    struct setup *setup = setup_new();
    struct verdict *verdict = judge(setup,
        START SENT(1000000, 1)
            ERROR(1010000, 1, "server closed\\n\\tThis \\u001b[31mprobably\\u001b[0m means") END);
    assert_int_equal(verdict->errors_count, 1);
    assert_int_equal(verdict->errors[0].id, 1);
    assert_int_equal(verdict->errors[0].at_us, 1010000);
    assert_int_equal(verdict->errors[0].took_us, 10000);
    assert_string_equal(verdict->errors[0].operation, "insert");
    assert_string_equal(verdict->errors[0].text, "server closed This [31mprobably[0m means");
    assert_string_equal(verdict->errors[0].kind, "E");
    assert_null(verdict->errors[0].sqlstate);
    verdict_free(verdict);
    free(setup);
}

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
    {START APPLIED(1, -1) END, "events.jsonl:2: fault-applied: a fault that the scenario does not have", 0},
    {START APPLIED(1, null) END, "events.jsonl:2: fault-applied: fault: expected an integer", 0},
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
    {START "{\"at_us\":2,\"event\":\"op-sent\"}\n" END, "events.jsonl:2: op-sent: id: expected an integer",
        0},
};

static void what_proves_nothing_is_an_error(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(proving_nothing) / sizeof(proving_nothing[0]); i++) {
        struct setup *setup = setup_new();
        setup->scenario.faults_count = proving_nothing[i].faults;
        // Fails as well; but a cell that proves nothing has no failed expectations.
        setup->scenario.expectations_count = 1;
        setup->expectations[0] = (struct expectation){.strategy = text_any,
            .metric = METRIC_OPS,
            .range = {.low = 1000, .high = INT64_MAX},
            .line = 20};
        struct verdict *verdict = judge(setup, proving_nothing[i].lines);
        assert_string_equal(outcome_name(verdict->outcome), "error");
        assert_string_equal(verdict->reasons[0], proving_nothing[i].reason);
        verdict_free(verdict);
        free(setup);
    }
}

static void losing_everything_is_a_finding(void **state)
{
    (void)state;
    struct setup *setup = setup_new();
    struct verdict *verdict = judge(setup, START SENT(1, 1) OK(2, 1) LEAKED(0) END);
    expect_reasons(verdict, OUTCOME_PASS, NO_REASONS);
    assert_int_equal(verdict->metrics.value[METRIC_LOST], 1);
    verdict_free(verdict);
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
        struct setup *setup = setup_new();
        setup->scenario.network = cases[i].network;
        setup->cell.lab = cases[i].lab;
        setup->wire.handshake_rtt_us = cases[i].measured_us;
        struct verdict *verdict = judge(setup, START END);
        if ((verdict->outcome == OUTCOME_PASS) != cases[i].good)
            fail_msg("case %zu", i);
        verdict_free(verdict);
        free(setup);
    }
}

static void a_wrong_delay_is_told_in_words(void **state)
{
    (void)state;
    struct setup *setup = setup_new();
    setup->wire.handshake_rtt_us = 1500;
    struct verdict *verdict = judge(setup, START END);
    expect_reasons(verdict, OUTCOME_ERROR,
        REASONS(PATH ": the lab is out of tune: network: rtt: expected 9.99ms..11ms, actual 1.5ms"));
    verdict_free(verdict);
    free(setup);
}

static void missing_evidence_is_an_error(void **state)
{
    (void)state;
    struct setup *setup = setup_new();
    json_t *events = read_lines(START END);
    struct verdict *verdict = verdict_judge(&setup->cell, events, NULL, NULL);
    expect_reasons(verdict, OUTCOME_ERROR,
        REASONS("capture.pcap: missing: nobody knows what the wire saw",
            "postgres.log: missing: pings and connects are not counted"));
    assert_int_equal(verdict->metrics.value[METRIC_PINGS], METRIC_ABSENT);
    assert_int_equal(verdict->metrics.value[METRIC_SWALLOWED], METRIC_ABSENT);
    verdict_free(verdict);
    json_decref(events);
    free(setup);
}

// Breaks with: forgotten connections of a network without a flow table, or a number that is lost.
static void the_flow_table_is_counted(void **state)
{
    (void)state;
    struct setup *setup = setup_new();
    json_t *events = read_lines(START "{\"at_us\":9000000,\"event\":\"flow-table\",\"forgotten\":2}\n" END);
    struct verdict *verdict = verdict_judge(&setup->cell, events, NULL, NULL);
    assert_int_equal(verdict->metrics.value[METRIC_FORGOTTEN], 2);
    verdict_free(verdict);
    json_decref(events);
    events = read_lines(START END);
    verdict = verdict_judge(&setup->cell, events, NULL, NULL);
    assert_int_equal(verdict->metrics.value[METRIC_FORGOTTEN], METRIC_ABSENT);
    verdict_free(verdict);
    json_decref(events);
    free(setup);
}

static struct expectation expect_metric(
    char *strategy, enum metric metric, int64_t low, int64_t high, int line)
{
    return (struct expectation){
        .strategy = strategy, .metric = metric, .range = {.low = low, .high = high}, .line = line};
}

// Breaks with: a skip for a pool whose connection was there, or one that hides an error.
static void a_pool_that_held_nothing_is_skipped(void **state)
{
    (void)state;
    struct setup *setup = setup_new();
    setup->scenario.faults_count = 1;
    setup->scenario.expectations_count = 1;
    setup->expectations[0] = expect_metric(text_any, METRIC_RST_TO_APP, 1, 1, 12); // it fails, unasked
    struct verdict *verdict = judge(setup, START UNOPPOSED(1, 0, 0) REVERTED(2, 0, 0) END);
    expect_reasons(verdict, OUTCOME_SKIP,
        REASONS(PATH ":9: silence both: the fault hit nothing: the pool held no connection"));
    verdict_free(verdict);
    verdict = judge(setup, START UNOPPOSED(1, 0, 1) REVERTED(2, 0, 0) END);
    expect_reasons(verdict, OUTCOME_ERROR, REASONS(PATH ":9: silence both: the fault hit nothing"));
    verdict_free(verdict);
    verdict = judge(setup, START UNOPPOSED(1, 0, 0) REVERTED(2, 0, 5) END);
    expect_reasons(verdict, OUTCOME_FAIL, REASONS(PATH ":12: any: rst_to_app: expected 1, actual 0"));
    verdict_free(verdict);
    verdict = judge(setup, START UNOPPOSED(1, 0, 0) REVERTED(2, 0, 0));
    assert_int_equal(verdict->outcome, OUTCOME_ERROR);
    verdict_free(verdict);
    setup->scenario.faults_count = 2; // the second one shows what the scenario is about
    verdict = judge(setup, START UNOPPOSED(1, 0, 0) APPLIED(2, 1) REVERTED(3, 0, 0) REVERTED(3, 1, 4) END);
    expect_reasons(verdict, OUTCOME_FAIL, REASONS(PATH ":12: any: rst_to_app: expected 1, actual 0"));
    verdict_free(verdict);
    free(setup);
}

static void every_failed_expectation_is_told(void **state)
{
    (void)state;
    struct setup *setup = setup_new();
    setup->scenario.expectations_count = 4;
    setup->expectations[0] = expect_metric(text_any, METRIC_ERRORS, 0, 0, 12);
    setup->expectations[1] = expect_metric(text_none, METRIC_SLOWEST, INT64_MIN, 3 * US_PER_S - 1, 13);
    setup->expectations[2] = expect_metric(text_pre_ping, METRIC_ERRORS, 7, 7, 14); // another class
    setup->expectations[3] = expect_metric(text_none, METRIC_RECOVERY, 0, US_PER_S, 15);
    struct verdict *verdict = judge(setup, START SENT(1000000, 1) ERROR(5000000, 1, "x") END);
    expect_reasons(verdict, OUTCOME_FAIL,
        REASONS(PATH ":12: any: errors: expected 0, actual 1",
            PATH ":13: none: slowest: expected <3s, actual 4s",
            PATH ":15: none: recovery: expected 0s..1s, actual none"));
    verdict_free(verdict);
    free(setup);
}

static void a_class_may_expect_something_else_than_any(void **state)
{
    (void)state;
    struct setup *setup = setup_new();
    setup->scenario.expectations_count = 3;
    setup->expectations[0] = expect_metric(text_any, METRIC_ERRORS, 0, 0, 12);
    setup->expectations[1] = expect_metric(text_any, METRIC_OPS, 2, 2, 13); // nothing else is said of it
    setup->expectations[2] = expect_metric(text_none, METRIC_ERRORS, 1, 1, 14);
    struct verdict *verdict = judge(setup, START SENT(1, 1) ERROR(2, 1, "x") END);
    expect_reasons(verdict, OUTCOME_FAIL, REASONS(PATH ":13: any: ops: expected 2, actual 1"));
    verdict_free(verdict);
    free(setup);
}

static void expects_texts(void **state)
{
    (void)state;
    static const struct {
        const char *lines, *wanted, *reason;
    } cases[] = {
        {START SENT(1, 1) ERROR(2, 1, "SSL SYSCALL error: EOF detected\\n") END, "EOF detected", NULL},
        {START SENT(1, 1) ERROR(2, 1, "a") SENT(3, 2) ERROR(4, 2, "closed\\n\\tThis means") END,
            "closed\n\tThis", NULL},
        {START END, "EOF", PATH ":13: none: says: expected \"EOF\", actual no error"},
        {START SENT(1, 1) ERROR(2, 1, "a\\nb") SENT(3, 2) ERROR(4, 2, "c") SENT(5, 3) ERROR(6, 3, "a b") END,
            "EOF", PATH ":13: none: says: expected \"EOF\", actual 2x \"a b\", 1x \"c\""},
        {START SENT(1, 1) ERROR(2, 1, "a") SENT(3, 2) ERROR(4, 2, "b") SENT(5, 3) ERROR(6, 3, "c") SENT(7, 4)
                ERROR(8, 4, "d") SENT(9, 5) ERROR(9, 5, "e") END,
            "EOF", PATH ":13: none: says: expected \"EOF\", actual 1x \"a\", 1x \"b\", 1x \"c\" and 2 more"},
        {READY("psycopg2 2.9.5 (libpq 15.20)") START END, "EOF",
            PATH ":13: none: says: expected \"EOF\", actual no error"},
        {READY("asyncpg 0.27.0") START END, "EOF", NULL}, // has words of its own
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct setup *setup = setup_new();
        setup->scenario.expectations_count = 1;
        setup->expectations[0] = (struct expectation){
            .strategy = text_none, .kind = EXPECT_SAYS, .text = (char *)cases[i].wanted, .line = 13};
        struct verdict *verdict = judge(setup, cases[i].lines);
        if (cases[i].reason)
            expect_reasons(verdict, OUTCOME_FAIL, REASONS(cases[i].reason));
        else
            expect_reasons(verdict, OUTCOME_PASS, NO_REASONS);
        verdict_free(verdict);
        free(setup);
    }
}

// A class is a promise; the round trips that it takes may be those of another driver.
static void a_driver_of_its_own_is_not_judged_by_what_differs(void **state)
{
    (void)state;
    static char median[] = "median", says[] = "says", *differs[] = {median, says, NULL};
    struct setup *setup = setup_new();
    setup->scenario.expectations_count = 4;
    setup->expectations[3] = (struct expectation){
        .strategy = text_any, .kind = EXPECT_SAYS, .text = text_both, .line = 17};
    setup->expectations[0] = expect_metric(text_none, METRIC_MEDIAN, 5, 6, 14);
    setup->expectations[1] = expect_metric(text_none, METRIC_ERRORS, 0, 0, 15);
    setup->expectations[2] = expect_metric(text_any, METRIC_MEDIAN, 7, 8, 16);
    setup->cell.differs = differs;
    struct verdict *verdict = judge(setup, START SENT(1, 1) ERROR(2, 1, "a") END);
    expect_reasons(verdict, OUTCOME_FAIL,
        REASONS(PATH ":15: none: errors: expected 0, actual 1",
            PATH ":16: any: median: expected 7us..8us, actual 1us"));
    verdict_free(verdict);
    free(setup);
}

static void a_negative_control_is_turned_round(void **state)
{
    (void)state;
    struct setup *setup = setup_new();
    setup->scenario.must_fail = true;
    setup->scenario.expectations_count = 1;
    setup->expectations[0] = expect_metric(text_any, METRIC_OPS, 1, 1, 12);
    struct verdict *verdict = judge(setup, START END);
    expect_reasons(verdict, OUTCOME_PASS, REASONS(PATH ":12: any: ops: expected 1, actual 0"));
    verdict_free(verdict);
    verdict = judge(setup, START SENT(1, 1) END);
    expect_reasons(
        verdict, OUTCOME_FAIL, REASONS(PATH ": negative control passed: the expectation cannot fail"));
    verdict_free(verdict);
    verdict = judge(setup, START); // an error proves nothing, here as elsewhere
    assert_int_equal(verdict->outcome, OUTCOME_ERROR);
    verdict_free(verdict);
    free(setup);
}

static void what_is_missing_is_skipped(void **state)
{
    (void)state;
    static char missing[] = "/usr/bin/node: not installed";
    struct setup *setup = setup_new();
    setup->cell.missing = missing;
    struct verdict *verdict = judge(setup, "");
    expect_reasons(verdict, OUTCOME_SKIP, REASONS("/usr/bin/node: not installed"));
    assert_int_equal(verdict->metrics.value[METRIC_OPS], METRIC_ABSENT);
    verdict_free(verdict);
    free(setup);
}

static void thousands_of_reasons_are_cut(void **state)
{
    (void)state;
    struct setup *setup = setup_new();
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    fputs(START, file);
    for (int i = 0; i < 1000; i++)
        fprintf(file, "{\"at_us\":9,\"event\":\"row\",\"key\":\"x%d\",\"count\":1}\n", i);
    fputs(END, file);
    fclose(file);
    struct verdict *verdict = judge(setup, text);
    free(text);
    assert_int_equal(verdict->reasons_count, 101);
    assert_string_equal(verdict->reasons[100], "and more like these");
    verdict_free(verdict);
    free(setup);
}

static const char *const cell_files[] = {"plan.json", "events.jsonl", "capture.pcap", "postgres.log"};

static void write_file(const char *folder, const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void write_empty_capture(const char *folder)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/capture.pcap", folder);
    pcap_t *pcap = pcap_open_dead_with_tstamp_precision(DLT_LINUX_SLL2, 65535, PCAP_TSTAMP_PRECISION_NANO);
    pcap_dump_close(pcap_dump_open(pcap, path));
    pcap_close(pcap);
}

static void write_cell(const char *folder)
{
    struct setup *setup = setup_new();
    json_t *plan = cell_to_json(&setup->cell);
    char *text = json_dumps(plan, JSON_INDENT(1));
    write_file(folder, "plan.json", text);
    write_file(folder, "events.jsonl", START SENT(1000000, 1) OK(1010000, 1) ROW(1, 1) LEAKED(0) END);
    write_file(folder, "postgres.log", "1.0 [7] LOG:  connection authorized: user=app database=app\n");
    write_empty_capture(folder);
    free(text);
    json_decref(plan);
    free(setup);
}

// Each file of a cell's folder is needed; without it the verdict is an error that names it.
static void a_stored_cell_is_judged_from_its_folder(void **state)
{
    (void)state;
    char folder[] = "/tmp/hangup-test-XXXXXX", path[128];
    assert_non_null(mkdtemp(folder));
    write_cell(folder);
    struct verdict *verdict = verdict_of_folder(folder);
    expect_reasons(verdict, OUTCOME_PASS, NO_REASONS);
    assert_int_equal(verdict->metrics.value[METRIC_OK], 1);
    assert_int_equal(verdict->metrics.value[METRIC_CONNECTS], 1);
    assert_int_equal(verdict->metrics.value[METRIC_SWALLOWED], 0);
    verdict_free(verdict);
    for (size_t i = 0; i < 4; i++) {
        write_cell(folder);
        snprintf(path, sizeof(path), "%s/%s", folder, cell_files[i]);
        assert_int_equal(unlink(path), 0);
        verdict = verdict_of_folder(folder);
        assert_string_equal(outcome_name(verdict->outcome), "error");
        assert_int_equal(verdict->reasons_count, 1);
        assert_non_null(strstr(verdict->reasons[0], path));
        verdict_free(verdict);
    }
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, cell_files[i]);
        (void)unlink(path);
    }
    assert_int_equal(rmdir(folder), 0);
}

// Whatever of a good trace is there, the verdict says something and leaks nothing.
static void every_truncation_has_a_verdict(void **state)
{
    (void)state;
    static const char whole[] = START APPLIED(1000000, 0) SENT(2000000, 1) OK(2010000, 1) SENT(3000000, 2)
        ERROR(3010000, 2, "x") REVERTED(11000000, 0, 4) ROW(1, 1) LEAKED(0) END;
    struct setup *setup = setup_new();
    setup->scenario.faults_count = 1;
    for (const char *end = whole; end; end = strchr(end + 1, '\n')) {
        char *part = strndup(whole, (size_t)(end - whole));
        struct verdict *verdict = judge(setup, part);
        bool complete = strlen(part) + 1 == strlen(whole);
        assert_int_equal(verdict->outcome, complete ? OUTCOME_PASS : OUTCOME_ERROR);
        verdict_free(verdict);
        free(part);
    }
    free(setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quiet_cell_passes),
        cmocka_unit_test(what_writes_nothing_is_not_in_the_ledger),
        cmocka_unit_test(without_operations_there_is_no_time),
        cmocka_unit_test(hung_operations_count_to_the_end),
        cmocka_unit_test(median_of),
        cmocka_unit_test(the_ledger_decides),
        cmocka_unit_test(recovery_starts_where_the_harm_ends),
        cmocka_unit_test(errors_are_kept_as_the_application_saw_them),
        cmocka_unit_test(what_proves_nothing_is_an_error),
        cmocka_unit_test(losing_everything_is_a_finding),
        cmocka_unit_test(the_delay_must_be_the_asked_one),
        cmocka_unit_test(a_wrong_delay_is_told_in_words),
        cmocka_unit_test(missing_evidence_is_an_error),
        cmocka_unit_test(the_flow_table_is_counted),
        cmocka_unit_test(a_pool_that_held_nothing_is_skipped),
        cmocka_unit_test(every_failed_expectation_is_told),
        cmocka_unit_test(expects_texts),
        cmocka_unit_test(a_class_may_expect_something_else_than_any),
        cmocka_unit_test(a_driver_of_its_own_is_not_judged_by_what_differs),
        cmocka_unit_test(a_negative_control_is_turned_round),
        cmocka_unit_test(what_is_missing_is_skipped),
        cmocka_unit_test(thousands_of_reasons_are_cut),
        cmocka_unit_test(a_stored_cell_is_judged_from_its_folder),
        cmocka_unit_test(every_truncation_has_a_verdict),
    };
    return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
