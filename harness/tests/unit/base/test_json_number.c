// Numbers of files that somebody else may have written: what can be right is taken, all else refused, and no
// sum of what was taken overflows.
#include "base/json_number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static json_t *json_of(const char *text)
{
    json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(json);
    return json;
}

static void only_what_can_be_right_is_taken(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool count, time, moment, duration;
    } cases[] = {
        {"0", true, true, true, true},
        {"7", true, true, true, true},
        {"-7", false, true, false, true},
        {"1000000000000", true, true, true, false}, // milliseconds
        {"1000000000001", false, true, true, false},
        {"72000000000000", false, true, true, false},
        {"72000000000001", false, false, true, false},
        {"-72000000000000", false, true, false, false},
        {"-72000000000001", false, false, false, false},
        {"4102444800000000", false, false, true, false},
        {"4102444800000001", false, false, false, false},
        {"9223372036854775807", false, false, false, false},
        {"-9223372036854775808", false, false, false, false},
        {"0.5", false, false, false, true},
        {"1e308", false, false, false, false},
        {"-1e308", false, false, false, false},
        {"72000000000.0", false, false, false, true},
        {"true", false, false, false, false},
        {"null", false, false, false, false},
        {"\"7\"", false, false, false, false},
        {"[]", false, false, false, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t number = 1;
        json_t *json = json_of(cases[i].text);
        bool count = json_number_count(json, &number);
        assert_true(count || number == 0);
        if (count != cases[i].count || json_number_time_us(json, &number) != cases[i].time ||
            json_number_moment_us(json, &number) != cases[i].moment ||
            json_number_duration(json, US_PER_MS, &number) != cases[i].duration)
            fail_msg("case %zu: %s", i, cases[i].text);
        json_decref(json);
    }
    int64_t number;
    assert_false(json_number_count(NULL, &number));
    assert_false(json_number_duration(NULL, US_PER_S, &number));
}

static void what_was_taken_can_be_calculated_with(void **state)
{
    (void)state;
    int64_t sum;
    // A packet's stamp, in nanoseconds; the times, and the counts, of 100,000 cells.
    assert_false(__builtin_mul_overflow(JSON_MOMENT_MAX_US + JSON_TIME_MAX_US, INT64_C(1000), &sum));
    assert_false(__builtin_mul_overflow(JSON_TIME_MAX_US, INT64_C(100000), &sum));
    assert_false(__builtin_mul_overflow(JSON_COUNT_MAX, INT64_C(100000), &sum));
}

static void otherwise_stands_for_what_is_no_time(void **state)
{
    (void)state;
    json_t *good = json_of("5"), *bad = json_of("9223372036854775807");
    assert_int_equal(json_number_time_or(good, -1), 5);
    assert_int_equal(json_number_time_or(bad, -1), -1);
    assert_int_equal(json_number_time_or(NULL, -1), -1);
    json_decref(good);
    json_decref(bad);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_can_be_right_is_taken),
        cmocka_unit_test(what_was_taken_can_be_calculated_with),
        cmocka_unit_test(otherwise_stands_for_what_is_no_time),
    };
    return cmocka_run_group_tests_name("json_number", tests, NULL, NULL);
}
