// The timeline: every operation and fault once, in order of time, and in a fixed order at the same moment.
#include "scenario/timeline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void expect(
    const struct scenario *scenario, const struct timeline_entry *expected, size_t expected_count)
{
    struct timeline timeline;
    assert_true(timeline_make(&timeline, scenario));
    assert_int_equal(timeline.count, expected_count);
    for (size_t i = 0; i < expected_count; i++) {
        assert_int_equal(timeline.entries[i].at_us, expected[i].at_us);
        assert_int_equal(timeline.entries[i].kind, expected[i].kind);
        assert_int_equal(timeline.entries[i].index, expected[i].index);
    }
    timeline_free(&timeline);
    assert_null(timeline.entries);
    assert_int_equal(timeline.count, 0);
}
#define EXPECT(scenario, expected) expect(scenario, expected, sizeof(expected) / sizeof((expected)[0]))

static void nothing_makes_an_empty_timeline(void **state)
{
    (void)state;
    const struct scenario scenario = {0};
    expect(&scenario, NULL, 0);
}

// Breaks with: `count` ignored, or `every` not multiplied.
static void each_operation_has_its_moment(void **state)
{
    (void)state;
    struct workload_item workload[] = {
        {.at_us = 50, .every_us = 100, .count = 3},
        {.at_us = 150, .every_us = 0, .count = 2},
    };
    const struct scenario scenario = {.workload = workload, .workload_count = 2};
    static const struct timeline_entry expected[] = {
        {50, TIMELINE_OPERATION, 0},
        {150, TIMELINE_OPERATION, 0},
        {150, TIMELINE_OPERATION, 1}, // in the order of the file
        {150, TIMELINE_OPERATION, 1},
        {250, TIMELINE_OPERATION, 0},
    };
    EXPECT(&scenario, expected);
}

// Breaks with: `every` in 32 bits. 10,000 operations, one every hour.
static void long_intervals_do_not_overflow(void **state)
{
    (void)state;
    struct workload_item workload[] = {{.every_us = 3600LL * 1000000, .count = 10000}};
    const struct scenario scenario = {.workload = workload, .workload_count = 1};
    struct timeline timeline;
    assert_true(timeline_make(&timeline, &scenario));
    assert_int_equal(timeline.count, 10000);
    assert_int_equal(timeline.entries[9999].at_us, 9999 * 3600LL * 1000000);
    timeline_free(&timeline);
}

// Breaks with: another order of the kinds. An operation at the moment of a fault meets it; at the moment of
// its end it finds the path whole.
static void at_one_moment_faults_go_before_operations(void **state)
{
    (void)state;
    struct workload_item workload[] = {{.at_us = 100, .count = 1}, {.at_us = 200, .count = 1}};
    struct fault_spec faults[] = {{.at_us = 100, .for_us = 100}, {.at_us = 200, .for_us = FAULT_FOREVER}};
    const struct scenario scenario = {
        .workload = workload, .workload_count = 2, .faults = faults, .faults_count = 2};
    static const struct timeline_entry expected[] = {
        {100, TIMELINE_APPLY, 0},
        {100, TIMELINE_OPERATION, 0},
        {200, TIMELINE_REVERT, 0},
        {200, TIMELINE_APPLY, 1},
        {200, TIMELINE_OPERATION, 1},
    };
    EXPECT(&scenario, expected);
}

// Breaks with: faults undone in the order of their beginning.
static void faults_that_end_together_are_undone_in_reverse(void **state)
{
    (void)state;
    struct fault_spec faults[] = {
        {.at_us = 10, .for_us = 90}, {.at_us = 10, .for_us = 90}, {.at_us = 40, .for_us = 60}};
    const struct scenario scenario = {.faults = faults, .faults_count = 3};
    static const struct timeline_entry expected[] = {
        {10, TIMELINE_APPLY, 0},
        {10, TIMELINE_APPLY, 1},
        {40, TIMELINE_APPLY, 2},
        {100, TIMELINE_REVERT, 2},
        {100, TIMELINE_REVERT, 1},
        {100, TIMELINE_REVERT, 0},
    };
    EXPECT(&scenario, expected);
}

// Breaks with: FAULT_FOREVER added to a time.
static void a_fault_without_end_is_never_undone(void **state)
{
    (void)state;
    struct fault_spec faults[] = {{.at_us = 10, .for_us = FAULT_FOREVER}};
    const struct scenario scenario = {.faults = faults, .faults_count = 1};
    static const struct timeline_entry expected[] = {{10, TIMELINE_APPLY, 0}};
    EXPECT(&scenario, expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_makes_an_empty_timeline),
        cmocka_unit_test(each_operation_has_its_moment),
        cmocka_unit_test(long_intervals_do_not_overflow),
        cmocka_unit_test(at_one_moment_faults_go_before_operations),
        cmocka_unit_test(faults_that_end_together_are_undone_in_reverse),
        cmocka_unit_test(a_fault_without_end_is_never_undone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
