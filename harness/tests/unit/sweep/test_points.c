// The moments of a sweep: one between any two things that happen on the path, and what stands in front of
// each.
#include "sweep/point.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define DATA(port, db, in, out, frame)                                                                       \
    {.entered_us = (in),                                                                                     \
        .left_us = (out),                                                                                    \
        .entered_frame = (frame),                                                                            \
        .left_frame = (frame) + 1,                                                                           \
        .kind = ARROW_DATA,                                                                                  \
        .to_db = (db),                                                                                       \
        .app_port = (port)}

// A query that reaches the server at 1.010 s, its answer, and a packet of the clean-up.
static struct trace_arrow items[] = {DATA(7, true, -5, 5, 0), DATA(7, true, 1000000, 1010000, 2),
    DATA(7, false, 1010000, 1020000, 4), DATA(7, true, 9000000, 9010000, 6)};
static char commit[] = "execute <unnamed>: COMMIT", began[] = "statement: BEGIN";
static struct server_line line_items[] = {
    {.at_us = 500000, .app_port = 8, .text = began}, {.at_us = 1010000, .app_port = 7, .text = commit}};

static const struct sweep_stops no_stops = {.count = 0};

static struct sweep_points points_with(const struct sweep_stops *stops, int64_t over_us)
{
    const struct trace_arrows arrows = {.items = items, .count = sizeof(items) / sizeof(items[0])};
    const struct server_lines lines = {.items = line_items, .count = 2};
    struct sweep_points points;
    struct error error = {0};
    assert_true(sweep_points_of(&arrows, &lines, stops, over_us, &points, &error));
    return points;
}

static struct sweep_points points_of(int64_t over_us)
{
    return points_with(&no_stops, over_us);
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
    assert_false(sweep_points_of(&arrows, &lines, &no_stops, INT64_MAX, &points, &error));
    assert_int_equal(error.category, ERROR_INPUT);
    assert_null(points.items);
}

// One point a stop that packets came before; the last packet came when nothing more was to be done.
static void test_points_are_the_stops(void **state)
{
    struct sweep_stop heard[] = {{999999, 2}, {1005000, 2}, {1010003, 4}};
    const struct sweep_stops stops = {.items = heard, .count = 3};
    struct sweep_points points = points_with(&stops, 8000000);
    (void)state;
    assert_int_equal(points.count, 3);
    assert_int_equal(points.items[0].at_us, 999999);
    assert_int_equal(points.items[0].stop, 1);
    assert_int_equal(points.items[1].at_us, 999999);
    assert_int_equal(points.items[1].stop, 2);
    assert_int_equal(points.items[2].at_us, 1010003);
    assert_int_equal(points.items[2].stop, 4);
    assert_string_equal(points.items[2].words,
        "after packet 1 left to db (COMMIT), packet 2 entered to app (answer to COMMIT)");
    sweep_points_free(&points);
}

// Breaks with: a moment at or behind the point that counts, one before it that does not.
static void test_what_was_before_a_point_is_compared(void **state)
{
    struct sweep_points one = points_of(8000000), other = points_of(8000000), shorter = points_of(1015000);
    (void)state;
    assert_true(sweep_points_agree_before(&one, &other, one.count));
    assert_true(sweep_points_agree_before(&one, &shorter, shorter.count));
    assert_false(sweep_points_agree_before(&one, &shorter, one.count));
    other.items[2].at_us++;
    assert_true(sweep_points_agree_before(&one, &other, 2));
    assert_false(sweep_points_agree_before(&one, &other, 3));
    other.items[2].at_us--;
    other.items[1].words[0]++;
    assert_false(sweep_points_agree_before(&one, &other, 3));
    sweep_points_free(&one);
    sweep_points_free(&other);
    sweep_points_free(&shorter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_point_a_moment),
        cmocka_unit_test(test_points_name_packets_and_statements),
        cmocka_unit_test(test_nothing_to_sweep),
        cmocka_unit_test(test_points_are_the_stops),
        cmocka_unit_test(test_what_was_before_a_point_is_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
