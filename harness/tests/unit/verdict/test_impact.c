// Impact: what the application suffered, from the trace alone, whatever was expected.
#include "tests/unit/verdict/verdict_fixture.h"

#include "base/duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WAIT(at, id, s)                                                                                      \
    "{\"at_us\":" #at ",\"event\":\"op-sent\",\"id\":" #id ",\"do\":\"wait\",\"seconds\":" #s "}\n"
#define PAUSE(at, id, ms)                                                                                    \
    "{\"at_us\":" #at ",\"event\":\"op-sent\",\"id\":" #id ",\"do\":\"transaction\",\"key\":\"k" #id         \
    "\",\"pause_ms\":" #ms "}\n"

static const struct row {
    const char *what, *lines;
    enum impact impact;
    int64_t delay_us;
} rows[] = {
    {"nothing happens", START END, IMPACT_CLEAN, METRIC_ABSENT},
    {"all is well", START SENT(1000000, 1) OK(1010000, 1) ROW(1, 1) END, IMPACT_CLEAN, 10000},
    {"just below what people notice", START SENT(1000000, 1) OK(5999999, 1) ROW(1, 1) END, IMPACT_CLEAN,
        4999999},
    {"late", START SENT(1000000, 1) OK(6000000, 1) ROW(1, 1) END, IMPACT_DELAYED, 5000000},
    {"just below what anybody waits for", START SENT(1000000, 1) OK(60999999, 1) ROW(1, 1) END,
        IMPACT_DELAYED, 59999999},
    {"too late", START SENT(1000000, 1) OK(61000000, 1) ROW(1, 1) END, IMPACT_STUCK, 60000000},
    {"an error at once", START SENT(1000000, 1) ERROR(1010000, 1, "gone") LEAKED(0) END, IMPACT_ERRORS,
        10000},
    {"an error outweighs a delay",
        START SENT(1000000, 1) OK(9000000, 1) SENT(10000000, 2) ERROR(10010000, 2, "gone") ROW(1, 1) END,
        IMPACT_ERRORS, 8000000},
    {"an error that comes too late", START SENT(1000000, 1) ERROR(99000000, 1, "gone") LEAKED(0) END,
        IMPACT_STUCK, 98000000},
    {"in doubt is an error", START SENT(1000000, 1) ERROR(1010000, 1, "gone") ROW(1, 1) END, IMPACT_ERRORS,
        10000},
    {"hung, however short", START SENT(99500000, 1) LEAKED(0) END, IMPACT_STUCK, METRIC_NEVER},
    {"lost", START SENT(1000000, 1) OK(1010000, 1) LEAKED(0) END, IMPACT_DATA, 10000},
    {"duplicated", START SENT(1000000, 1) OK(1010000, 1) ROW(1, 2) END, IMPACT_DATA, 10000},
    {"data outweighs hung", START SENT(1000000, 1) OK(1010000, 1) SENT(2000000, 2) LEAKED(0) END, IMPACT_DATA,
        METRIC_NEVER},
    {"a query's own seconds are no delay", START WAIT(1000000, 1, 70.0) OK(71010000, 1) LEAKED(0) END,
        IMPACT_CLEAN, 10000},
    {"nor is the application's pause", START PAUSE(1000000, 1, 5000) OK(6030000, 1) ROW(1, 1) END,
        IMPACT_CLEAN, 30000},
    {"an error before the work is done", START WAIT(1000000, 1, 70.0) ERROR(2000000, 1, "gone") LEAKED(0) END,
        IMPACT_ERRORS, 0},
    {"a trace that breaks off proves nothing", START SENT(1000000, 1) OK(1010000, 1) ROW(1, 1),
        IMPACT_UNKNOWN, 10000},
};

static void each_trace_has_its_impact(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct verdict_setup *setup = verdict_setup_new();
        struct verdict *verdict = verdict_of_lines(setup, rows[i].lines);
        if (verdict->impact != rows[i].impact)
            fail_msg("%s: expected %s, actual %s", rows[i].what, impact_name(rows[i].impact),
                impact_name(verdict->impact));
        if (verdict->metrics.value[METRIC_DELAY] != rows[i].delay_us)
            fail_msg("%s: delay: expected %lld, actual %lld", rows[i].what, (long long)rows[i].delay_us,
                (long long)verdict->metrics.value[METRIC_DELAY]);
        verdict_free(verdict);
        free(setup);
    }
}

// Breaks with: an impact that depends on whether it was expected.
static void an_expectation_that_fails_changes_no_impact(void **state)
{
    (void)state;
    struct verdict_setup *setup = verdict_setup_new();
    setup->expectations[0] = expect_metric(text_none, METRIC_ERRORS, 1, 1, 12);
    setup->scenario.expectations_count = 1;
    struct verdict *verdict = verdict_of_lines(setup, START SENT(1000000, 1) OK(1010000, 1) ROW(1, 1) END);
    assert_int_equal(verdict->outcome, OUTCOME_FAIL);
    assert_int_equal(verdict->impact, IMPACT_CLEAN);
    verdict_free(verdict);
    free(setup);
}

// Breaks with: a laptop lid that was closed counted as the pool's delay.
static void what_the_application_slept_is_no_delay(void **state)
{
    (void)state;
    static const struct fault_kind client = {.name = "client"};
    struct verdict_setup *setup = verdict_setup_new();
    setup->scenario.faults_count = 1;
    setup->faults[0].kind = &client;
    setup->faults[0].argument = "freeze";
    struct verdict *verdict = verdict_of_lines(setup,
        START APPLIED(1000000, 0) SENT(2000000, 1) REVERTED(91000000, 0, 1) OK(91040000, 1) ROW(1, 1) END);
    assert_int_equal(verdict->metrics.value[METRIC_DELAY], 40000);
    assert_int_equal(verdict->metrics.value[METRIC_SLOWEST], 89040000);
    assert_int_equal(verdict->impact, IMPACT_CLEAN);
    verdict_free(verdict);
    free(setup);
}

static void names_are_read_back(void **state)
{
    (void)state;
    for (int i = IMPACT_CLEAN; i < IMPACTS; i++) {
        enum impact impact = IMPACT_UNKNOWN;
        assert_true(impact_by_name(impact_name((enum impact)i), &impact));
        assert_int_equal(impact, i);
    }
    enum impact impact;
    assert_false(impact_by_name("-", &impact));
    assert_string_equal(impact_name(IMPACT_UNKNOWN), "-");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_trace_has_its_impact),
        cmocka_unit_test(an_expectation_that_fails_changes_no_impact),
        cmocka_unit_test(what_the_application_slept_is_no_delay),
        cmocka_unit_test(names_are_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
