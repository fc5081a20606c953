// Metrics: each has a name of its own, a unit, and a JSON name that says the unit.
#include "scenario/metric.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_every_metric_is_found_by_its_name(void **state)
{
    (void)state;
    for (int i = 0; i < METRIC_KINDS; i++) {
        enum metric found = METRIC_KINDS;
        assert_non_null(metric_name((enum metric)i));
        assert_true(metric_by_name(metric_name((enum metric)i), &found));
        assert_int_equal(found, i);
    }
}

static void test_json_names_say_the_unit(void **state)
{
    (void)state;
    for (int i = 0; i < METRIC_KINDS; i++) {
        char expected[40];
        enum metric metric = (enum metric)i;
        const char *suffix = metric_unit(metric) == RANGE_DURATION ? "_ms" : "";
        snprintf(expected, sizeof(expected), "%s%s", metric_name(metric), suffix);
        assert_string_equal(metric_json_name(metric), expected);
    }
}

static void test_units(void **state)
{
    (void)state;
    assert_int_equal(metric_unit(METRIC_ERRORS), RANGE_COUNT);
    assert_int_equal(metric_unit(METRIC_SWALLOWED), RANGE_COUNT);
    assert_int_equal(metric_unit(METRIC_SLOWEST), RANGE_DURATION);
    assert_int_equal(metric_unit(METRIC_MEDIAN), RANGE_DURATION);
    assert_int_equal(metric_unit(METRIC_RECOVERY), RANGE_DURATION);
}

// Breaks with: a metric without a row in the table, which would be compared by nothing.
static void test_every_metric_says_what_it_demands(void **state)
{
    (void)state;
    for (int i = 0; i < METRIC_KINDS; i++) {
        const enum metric metric = (enum metric)i;
        const enum metric_demand demands[] = {metric_between_labs(metric), metric_between_subjects(metric)};
        assert_non_null(metric_summary(metric));
        for (size_t j = 0; j < 2; j++) {
            assert_int_not_equal(demands[j], METRIC_NO_DEMAND);
            assert_true(demands[j] != METRIC_NEAR || metric_unit(metric) == RANGE_DURATION);
        }
    }
}

static void test_unknown_names(void **state)
{
    enum metric metric;
    (void)state;
    assert_false(metric_by_name("", &metric));
    assert_false(metric_by_name("Errors", &metric));
    assert_false(metric_by_name("slowest_ms", &metric));
}

// "none" is a range of a duration, and the only one that what was not measured is in.
static void test_what_was_not_measured(void **state)
{
    struct range range;
    const char *why;
    char text[RANGE_TEXT_SIZE];
    (void)state;
    assert_true(metric_range_parse(METRIC_RECOVERY, "none", &range, &why));
    assert_true(metric_is_in(METRIC_ABSENT, range));
    assert_false(metric_is_in(0, range));
    assert_string_equal(metric_range_format(METRIC_RECOVERY, range, text), "none");
    assert_true(metric_range_parse(METRIC_RECOVERY, "<15s", &range, &why));
    assert_false(metric_is_in(METRIC_ABSENT, range));
    assert_true(metric_is_in(14999999, range));
    assert_false(metric_is_in(15000000, range));
    assert_string_equal(metric_range_format(METRIC_RECOVERY, range, text), "<15s");
    assert_false(metric_range_parse(METRIC_ERRORS, "none", &range, &why));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_metric_is_found_by_its_name),
        cmocka_unit_test(test_json_names_say_the_unit),
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_every_metric_says_what_it_demands),
        cmocka_unit_test(test_unknown_names),
        cmocka_unit_test(test_what_was_not_measured),
    };
    return cmocka_run_group_tests_name("metric", tests, NULL, NULL);
}
