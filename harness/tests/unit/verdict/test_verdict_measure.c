// The verdict: what is counted, timed and kept of a trace.
#include "tests/unit/verdict/verdict_fixture.h"

#include "base/duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

// Breaks with: a read counted as lost because it has no row, or two reads taken for one key.
static void what_writes_nothing_is_not_in_the_ledger(void **state)
{
    (void)state;
    struct verdict_setup *setup = verdict_setup_new();
    struct verdict *verdict = verdict_of_lines(setup,
        START READ(1000000, 1) OK(1010000, 1) READ(2000000, 2) ERROR(2030000, 2, "gone") SENT(3000000, 3)
            OK(3030000, 3) ROW(3, 1) LEAKED(0) END);
    assert_verdict(verdict, OUTCOME_PASS, NO_REASONS);
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
    struct verdict_setup *setup = verdict_setup_new();
    struct verdict *verdict = verdict_of_lines(setup,
        "{\"at_us\":-2000000,\"event\":\"subject-ready\",\"name\":\"pqpool\",\"version\":\"1.0\"}\n" START
            SENT(1000000, 1) OK(1010000, 1) SENT(2000000, 2) OK(2030000, 2) ROW(1, 1) ROW(2, 1) LEAKED(0)
                END);
    assert_verdict(verdict, OUTCOME_PASS, NO_REASONS);
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

// A control cannot find it: what is not measured lies in no range. Breaks with: a metric that nobody
// measures.
static void every_metric_is_measured(void **state)
{
    (void)state;
    struct verdict_setup *setup = verdict_setup_new();
    setup->scenario.faults_count = 1;
    struct verdict *verdict = verdict_of_lines(setup,
        START APPLIED(1000000, 0) REVERTED(11000000, 0, 1) SENT(12000000, 1) OK(12010000, 1) ROW(1, 1)
            LEAKED(0) "{\"at_us\":99000000,\"event\":\"flow-table\",\"forgotten\":0}\n" END);
    assert_verdict(verdict, OUTCOME_PASS, NO_REASONS);
    for (int i = 0; i < METRIC_KINDS; i++)
        if (verdict->metrics.value[i] == METRIC_ABSENT)
            fail_msg("nobody measures %s", metric_name((enum metric)i));
    verdict_free(verdict);
    free(setup);
}

static void without_operations_there_is_no_time(void **state)
{
    (void)state;
    struct verdict_setup *setup = verdict_setup_new();
    struct verdict *verdict = verdict_of_lines(setup, START END);
    assert_verdict(verdict, OUTCOME_PASS, NO_REASONS);
    assert_int_equal(verdict->metrics.value[METRIC_OPS], 0);
    assert_int_equal(verdict->metrics.value[METRIC_SLOWEST], METRIC_ABSENT);
    assert_int_equal(verdict->metrics.value[METRIC_MEDIAN], METRIC_ABSENT);
    assert_int_equal(verdict->metrics.value[METRIC_LEAKED_BACKENDS], METRIC_ABSENT);
    verdict_free(verdict);
    free(setup);
}

static void a_hung_operation_has_no_time(void **state)
{
    (void)state;
    struct verdict_setup *setup = verdict_setup_new();
    struct verdict *verdict = verdict_of_lines(
        setup, START SENT(1000000, 1) OK(1010000, 1) SENT(4000000, 2) ROW(1, 1) END);
    assert_int_equal(verdict->metrics.value[METRIC_HUNG], 1);
    assert_int_equal(verdict->metrics.value[METRIC_SLOWEST], METRIC_NEVER);
    assert_int_equal(verdict->metrics.value[METRIC_MEDIAN], 10000);
    verdict_free(verdict);
    free(setup);
}

static void median_of(void **state)
{
    (void)state;
    struct verdict_setup *setup = verdict_setup_new();
    struct verdict *verdict = verdict_of_lines(setup, START SENT(0, 3) OK(50, 3) SENT(100, 1) OK(110, 1) SENT(
                                                          200, 2) ERROR(230, 2, "x") ROW(3, 1) ROW(1, 1) END);
    assert_int_equal(verdict->metrics.value[METRIC_MEDIAN], 30);
    verdict_free(verdict);
    free(setup);
}

static void the_ledger_decides(void **state)
{
    (void)state;
    struct verdict_setup *setup = verdict_setup_new();
    struct verdict *verdict = verdict_of_lines(setup,
        START SENT(1, 1) OK(2, 1) SENT(3, 2) OK(4, 2) SENT(5, 3) ERROR(6, 3, "x") SENT(7, 4) SENT(8, 5)
            ERROR(9, 5, "y") ROW(2, 2) ROW(3, 1) ROW(4, 3) ROW(5, 0) END);
    assert_verdict(verdict, OUTCOME_PASS, NO_REASONS);
    assert_int_equal(verdict->metrics.value[METRIC_LOST], 1);
    assert_int_equal(verdict->metrics.value[METRIC_DUPLICATED], 2);
    assert_int_equal(verdict->metrics.value[METRIC_IN_DOUBT], 2);
    verdict_free(verdict);
    free(setup);
}

static void losing_everything_is_a_finding(void **state)
{
    (void)state;
    struct verdict_setup *setup = verdict_setup_new();
    struct verdict *verdict = verdict_of_lines(setup, START SENT(1, 1) OK(2, 1) LEAKED(0) END);
    assert_verdict(verdict, OUTCOME_PASS, NO_REASONS);
    assert_int_equal(verdict->metrics.value[METRIC_LOST], 1);
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
            10 * US_PER_S, 10000},
        {"from the start of a fault that lasts",
            START APPLIED(1000000, 0) SENT(2000000, 1) OK(2500000, 1) ROW(1, 1) REVERTED(100000000, 0, 4) END,
            FAULT_FOREVER, 500000},
        {"a fault as long as the cell lasts",
            START APPLIED(1000000, 0) SENT(2000000, 1) OK(2500000, 1) ROW(1, 1) REVERTED(100000000, 0, 4) END,
            99 * US_PER_S, 500000},
        {"from the packet that an armed fault waited for",
            START APPLIED(1000000, 0) SENT(5000000, 1) INJECTED(5005000, 0) ERROR(5010000, 1, "x")
                SENT(6000000, 2) OK(6010000, 2) ROW(2, 1) REVERTED(100000000, 0, 1) END,
            FAULT_FOREVER, 10000},
        {"operations sent at the same moment, but before, do not count",
            START SENT(1000000, 1) APPLIED(1000000, 0) SENT(1000000, 2) OK(1010000, 1) OK(1030000, 2)
                ROW(1, 1) ROW(2, 1) REVERTED(100000000, 0, 1) END,
            FAULT_FOREVER, 30000},
        {"the first to end, not the first to be sent",
            START APPLIED(1000000, 0) SENT(2000000, 1) SENT(2000001, 2) OK(2010000, 2) OK(9000000, 1)
                ROW(1, 1) ROW(2, 1) REVERTED(100000000, 0, 1) END,
            FAULT_FOREVER, 10000},
        {"no good operation after it",
            START APPLIED(1000000, 0) SENT(2000000, 1) ERROR(2500000, 1, "x") SENT(3000000, 2)
                ERROR(3500000, 2, "x") REVERTED(100000000, 0, 1) END,
            FAULT_FOREVER, METRIC_NEVER},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct verdict_setup *setup = verdict_setup_new();
        setup->scenario.faults_count = 1;
        setup->faults[0].for_us = cases[i].for_us;
        struct verdict *verdict = verdict_of_lines(setup, cases[i].lines);
        assert_verdict(verdict, OUTCOME_PASS, NO_REASONS);
        if (verdict->metrics.value[METRIC_RECOVERY] != cases[i].expected_us)
            fail_msg("%s: %lld us", cases[i].what, (long long)verdict->metrics.value[METRIC_RECOVERY]);
        verdict_free(verdict);
        free(setup);
    }
}

static void errors_are_kept_as_the_application_saw_them(void **state)
{
    (void)state;
    struct verdict_setup *setup = verdict_setup_new();
    struct verdict *verdict = verdict_of_lines(setup,
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

// Breaks with: forgotten connections of a network without a flow table, or a number that is lost.
static void the_flow_table_is_counted(void **state)
{
    (void)state;
    struct verdict_setup *setup = verdict_setup_new();
    json_t *events = trace_of_lines(
        START "{\"at_us\":9000000,\"event\":\"flow-table\",\"forgotten\":2}\n" END);
    struct verdict *verdict = verdict_judge(&setup->cell, events, NULL, NULL);
    assert_int_equal(verdict->metrics.value[METRIC_FORGOTTEN], 2);
    verdict_free(verdict);
    json_decref(events);
    events = trace_of_lines(START END);
    verdict = verdict_judge(&setup->cell, events, NULL, NULL);
    assert_int_equal(verdict->metrics.value[METRIC_FORGOTTEN], METRIC_ABSENT);
    verdict_free(verdict);
    json_decref(events);
    free(setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_writes_nothing_is_not_in_the_ledger),
        cmocka_unit_test(a_quiet_cell_passes),
        cmocka_unit_test(every_metric_is_measured),
        cmocka_unit_test(without_operations_there_is_no_time),
        cmocka_unit_test(a_hung_operation_has_no_time),
        cmocka_unit_test(median_of),
        cmocka_unit_test(the_ledger_decides),
        cmocka_unit_test(losing_everything_is_a_finding),
        cmocka_unit_test(recovery_starts_where_the_harm_ends),
        cmocka_unit_test(errors_are_kept_as_the_application_saw_them),
        cmocka_unit_test(the_flow_table_is_counted),
    };
    return cmocka_run_group_tests_name("verdict_measure", tests, NULL, NULL);
}
