// Recovery: from the first operation sent after the last disturbance to the end of the first good one; never
// where more operations in a row fail than the pool has connections.
#include "tests/unit/verdict/verdict_fixture.h"

#include "base/duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define ZERO_US        INT64_C(1798761600000000) // on the lab's wall clock
#define LAB            "{\"at_us\":-10,\"event\":\"lab\",\"zero_realtime_us\":1798761600000000}\n"
#define RESET_FLOW(at) "{\"at_us\":" #at ",\"event\":\"flow-forgotten\",\"port\":40000}\n"
#define FORGOTTEN(n)   "{\"at_us\":99000000,\"event\":\"flow-table\",\"forgotten\":" #n "}\n"
#define REST           LEAKED(0) END

static const struct fault_kind at_once = {.name = "rst"};
static const struct fault_kind lasting = {.name = "silence", .takes_for = true};

// The first fault is `kind`, from 1 s on, and lasts 10 s where `ends`.
static const struct row {
    const char *what;
    const struct fault_kind *kind; // NULL: the scenario has no fault
    bool ends;
    int64_t forgotten_at_us; // as the packets say; 0: nothing was forgotten
    const char *lines;
    int64_t recovery_us;
} rows[] = {
    {"nothing to recover from", NULL, false, 0, START SENT(1, 1) OK(9, 1) ROW(1, 1) REST, METRIC_ABSENT},
    {"counted from what was sent, not from the fault", &at_once, false, 0,
        START APPLIED(1000000, 0) SENT(50000000, 1) OK(50030000, 1) REVERTED(90000000, 0, 1) ROW(1, 1) REST,
        30000},
    {"an error first, and the wait for the next", &at_once, false, 0,
        START APPLIED(1000000, 0) SENT(50000000, 1) ERROR(50010000, 1, "x") SENT(51000000, 2) OK(51030000, 2)
            REVERTED(90000000, 0, 1) ROW(2, 1) REST,
        1030000},
    {"a success that was sent before does not count", &at_once, false, 0,
        START SENT(500000, 1) APPLIED(1000000, 0) OK(2000000, 1) SENT(3000000, 2) OK(3040000, 2)
            REVERTED(90000000, 0, 1) ROW(1, 1) ROW(2, 1) REST,
        40000},
    {"nothing was sent after it", &at_once, false, 0,
        START SENT(500000, 1) APPLIED(1000000, 0) OK(2000000, 1) REVERTED(90000000, 0, 1) ROW(1, 1) REST,
        METRIC_ABSENT},
    {"only errors", &at_once, false, 0,
        START APPLIED(1000000, 0) SENT(2000000, 1) ERROR(2010000, 1, "x") SENT(3000000, 2)
            ERROR(3010000, 2, "x") REVERTED(90000000, 0, 1) REST,
        METRIC_NEVER},
    {"no more errors than connections: nobody knows", &at_once, false, 0,
        START APPLIED(1000000, 0) SENT(2000000, 1) ERROR(2010000, 1, "x") REVERTED(90000000, 0, 1) REST,
        METRIC_ABSENT},
    {"back, and then no more", &at_once, false, 0,
        START APPLIED(1000000, 0) SENT(2000000, 1) OK(2010000, 1) SENT(3000000, 2) ERROR(3010000, 2, "x")
            SENT(4000000, 3) ERROR(4010000, 3, "x") ROW(1, 1) REVERTED(90000000, 0, 1) REST,
        METRIC_NEVER},
    {"never answered", &at_once, false, 0,
        START APPLIED(1000000, 0) SENT(2000000, 1) SENT(3000000, 2) REVERTED(90000000, 0, 1) REST,
        METRIC_NEVER},
    {"from when the path works again", &lasting, true, 0,
        START APPLIED(1000000, 0) SENT(2000000, 1) ERROR(3000000, 1, "x") REVERTED(11000000, 0, 1)
            SENT(20000000, 2) OK(20050000, 2) ROW(2, 1) REST,
        50000},
    {"never, although the path works again", &lasting, true, 0,
        START APPLIED(1000000, 0) REVERTED(11000000, 0, 1) SENT(20000000, 2) ERROR(20050000, 2, "x")
            SENT(21000000, 3) ERROR(21050000, 3, "x") REST,
        METRIC_NEVER},
    {"what failed before the path works does not count", &lasting, true, 0,
        START APPLIED(1000000, 0) SENT(2000000, 1) ERROR(3000000, 1, "x") SENT(4000000, 3)
            ERROR(5000000, 3, "x") REVERTED(11000000, 0, 1) SENT(20000000, 2) ERROR(20050000, 2, "x") REST,
        METRIC_ABSENT},
    {"the path never works again: nobody's fault", &lasting, false, 0,
        START APPLIED(1000000, 0) SENT(20000000, 2) ERROR(20050000, 2, "x") REVERTED(90000000, 0, 1) REST,
        METRIC_ABSENT},
    {"it stands, and what is sent gets through", &lasting, false, 0,
        START APPLIED(1000000, 0) SENT(20000000, 2) OK(20050000, 2) REVERTED(90000000, 0, 1) ROW(2, 1) REST,
        50000},
    {"of several workers the first", &at_once, false, 0,
        START APPLIED(1000000, 0) SENT(2000000, 1) SENT(3000000, 2) OK(3020000, 2) OK(9000000, 1)
            REVERTED(90000000, 0, 1) ROW(1, 1) ROW(2, 1) REST,
        1020000},
    {"at the very moment: the trace has an order", &at_once, false, 0,
        START SENT(1000000, 1) OK(1000000, 1) APPLIED(1000000, 0) SENT(1000000, 2) OK(1070000, 2)
            REVERTED(90000000, 0, 1) ROW(1, 1) ROW(2, 1) REST,
        70000},
    {"a flow that was forgotten", NULL, false, 40000000,
        LAB START SENT(1, 1) OK(9, 1) SENT(50000000, 2) ERROR(51000000, 2, "x") SENT(52000000, 3)
            OK(52010000, 3) FORGOTTEN(1) ROW(1, 1) ROW(3, 1) REST,
        2010000},
    {"a pause in which nothing was forgotten", NULL, false, 40000000,
        LAB START SENT(1, 1) OK(9, 1) SENT(50000000, 2) OK(50010000, 2) FORGOTTEN(0) ROW(1, 1) ROW(2, 1) REST,
        METRIC_ABSENT},
    {"a flow that was reset when it was forgotten", NULL, false, 0,
        START SENT(1, 1) OK(9, 1) RESET_FLOW(40000000) SENT(50000000, 2) ERROR(50010000, 2, "x")
            SENT(51000000, 3) ERROR(51010000, 3, "x") ROW(1, 1) REST,
        METRIC_NEVER},
    {"the later of a fault and a flow", &at_once, false, 60000000,
        LAB START APPLIED(1000000, 0) SENT(2000000, 1) OK(2010000, 1) SENT(70000000, 2) OK(70090000, 2)
            FORGOTTEN(1) REVERTED(90000000, 0, 1) ROW(1, 1) ROW(2, 1) REST,
        90000},
};

static void each_trace_has_its_recovery(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct verdict_setup *setup = verdict_setup_new();
        setup->scenario.faults_count = rows[i].kind != NULL;
        setup->faults[0].kind = rows[i].kind;
        setup->faults[0].for_us = rows[i].ends ? 10 * US_PER_S : FAULT_FOREVER;
        setup->wire.forgotten_at_ns = rows[i].forgotten_at_us ? (ZERO_US + rows[i].forgotten_at_us) * 1000
                                                              : -1;
        struct verdict *verdict = verdict_of_lines(setup, rows[i].lines);
        assert_verdict(verdict, OUTCOME_PASS, NO_REASONS);
        int64_t actual_us = verdict->metrics.value[METRIC_RECOVERY];
        if (actual_us != rows[i].recovery_us)
            fail_msg("%s: expected %lld, actual %lld", rows[i].what, (long long)rows[i].recovery_us,
                (long long)actual_us);
        // One that never recovers is the worst of all, however few its errors are.
        if (actual_us == METRIC_NEVER)
            assert_int_equal(verdict->impact, IMPACT_STUCK);
        verdict_free(verdict);
        free(setup);
    }
}

// Breaks with: never taken for no measurement, or for a time within some range.
static void never_is_the_worst_of_all(void **state)
{
    (void)state;
    static const struct {
        const char *range;
        bool holds;
    } cases[] = {
        {"never", true}, {"none", false}, {"<36000000s", false}, {">60s", true}, {"0s..36000000s", false}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct range range;
        const char *why;
        char text[RANGE_TEXT_SIZE];
        assert_true(metric_range_parse(METRIC_RECOVERY, cases[i].range, &range, &why));
        assert_string_equal(metric_range_format(METRIC_RECOVERY, range, text), cases[i].range);
        if (metric_is_in(METRIC_NEVER, range) != cases[i].holds)
            fail_msg("%s", cases[i].range);
    }
    struct range range;
    const char *why;
    char text[METRIC_TEXT_SIZE];
    assert_false(metric_range_parse(METRIC_MEDIAN, "never", &range, &why));
    assert_false(metric_range_parse(METRIC_RECOVERY, "hung", &range, &why));
    assert_string_equal(metric_format(METRIC_RECOVERY, METRIC_NEVER, text), "never");
    assert_string_equal(metric_format(METRIC_SLOWEST, METRIC_NEVER, text), "hung");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_trace_has_its_recovery),
        cmocka_unit_test(never_is_the_worst_of_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
