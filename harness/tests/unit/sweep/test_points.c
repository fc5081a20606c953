// The moments of a sweep: one between any two things that happen on the path, and what stands in front of
// each.
#include "sweep/point.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define DATA(port, db, in, out)                                                                              \
    {                                                                                                        \
        .entered_us = (in), .left_us = (out), .kind = ARROW_DATA, .to_db = (db), .app_port = (port)          \
    }

// A query that reaches the server at 1.010 s, its answer, and a packet of the clean-up.
static struct trace_arrow items[] = {DATA(7, true, -5, 5), DATA(7, true, 1000000, 1010000),
    DATA(7, false, 1010000, 1020000), DATA(7, true, 9000000, 9010000)};
static char commit[] = "execute <unnamed>: COMMIT", began[] = "statement: BEGIN";
static struct server_line line_items[] = {
    {.at_us = 500000, .app_port = 8, .text = began}, {.at_us = 1010000, .app_port = 7, .text = commit}};

static struct sweep_points points_of(int64_t over_us)
{
    const struct trace_arrows arrows = {.items = items, .count = sizeof(items) / sizeof(items[0])};
    const struct server_lines lines = {.items = line_items, .count = 2};
    struct sweep_points points;
    struct error error = {0};
    assert_true(sweep_points_of(&arrows, &lines, over_us, &points, &error));
    return points;
}

static void test_one_point_a_moment(void **state)
{
    static const int64_t expected[] = {999999, 1000001, 1010001, 1020001};
    struct sweep_points points = points_of(8000000);
    (void)state;
    assert_int_equal(points.packets, 2);
    assert_int_equal(points.count, 4);
    for (size_t i = 0; i < points.count; i++)
        assert_int_equal(points.items[i].at_us, expected[i]);
    sweep_points_free(&points);
}

// The cause stands before the effect, and statements are those of the packet's own connection.
static void test_points_name_packets_and_statements(void **state)
{
    struct sweep_points points = points_of(8000000);
    (void)state;
    assert_string_equal(points.items[0].words, "before the first packet");
    assert_string_equal(points.items[1].words, "after packet 1 entered to db (COMMIT)");
    assert_string_equal(points.items[2].words,
        "after packet 1 left to db (COMMIT), packet 2 entered to app (answer to COMMIT)");
    assert_string_equal(points.items[3].words, "after packet 2 left to app (answer to COMMIT)");
    sweep_points_free(&points);
}

static void test_nothing_to_sweep(void **state)
{
    const struct trace_arrows arrows = {.items = items, .count = 1};
    const struct server_lines lines = {.count = 0};
    struct sweep_points points;
    struct error error = {0};
    (void)state;
    assert_false(sweep_points_of(&arrows, &lines, INT64_MAX, &points, &error));
    assert_int_equal(error.category, ERROR_INPUT);
    assert_null(points.items);
}

// The lab came last at the second point: its fault was applied after the third one's moment.
static void a_fault_that_came_later_is_the_next_point(void **state)
{
    (void)state;
    struct sweep_point pair[] = {
        {.at_us = 10, .number = 0}, {.at_us = 20, .number = 1}, {.at_us = 25, .number = 2}};
    struct sweep_points points = {.items = pair, .count = 3};
    const int64_t applied_us[] = {11, 25, 26};
    sweep_points_merge(&points, applied_us);
    assert_int_equal(points.count, 2);
    assert_int_equal(points.items[0].number, 0);
    assert_int_equal(points.items[1].number, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_point_a_moment),
        cmocka_unit_test(test_points_name_packets_and_statements),
        cmocka_unit_test(test_nothing_to_sweep),
        cmocka_unit_test(a_fault_that_came_later_is_the_next_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
