// Ranges: grammar, bounds, and that what is written reads back as the same range.
#include "base/range.h"

#include "base/duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *text;
    enum range_unit unit;
    int64_t low, high;
    const char *written;
} cases[] = {
    {"0", RANGE_COUNT, 0, 0, "0"},
    {"5", RANGE_COUNT, 5, 5, "5"},
    {"<3", RANGE_COUNT, INT64_MIN, 2, "<=2"},
    {"<=3", RANGE_COUNT, INT64_MIN, 3, "<=3"},
    {">3", RANGE_COUNT, 4, INT64_MAX, ">=4"},
    {">=3", RANGE_COUNT, 3, INT64_MAX, ">=3"},
    {">=0", RANGE_COUNT, 0, INT64_MAX, ">=0"},
    {"2..4", RANGE_COUNT, 2, 4, "2..4"},
    {"4..4", RANGE_COUNT, 4, 4, "4"},
    {"0", RANGE_DURATION, 0, 0, "0s"},
    {"10ms", RANGE_DURATION, 10000, 10000, "10ms"},
    {"<3s", RANGE_DURATION, INT64_MIN, 3 * US_PER_S - 1, "<3s"},
    {"<=3s", RANGE_DURATION, INT64_MIN, 3 * US_PER_S, "<=3s"},
    {">900s", RANGE_DURATION, 900 * US_PER_S + 1, INT64_MAX, ">900s"},
    {">=900s", RANGE_DURATION, 900 * US_PER_S, INT64_MAX, ">=900s"},
    {"900s..1000s", RANGE_DURATION, 900 * US_PER_S, 1000 * US_PER_S, "900s..1000s"},
    {"29.95ms..30.05ms", RANGE_DURATION, 29950, 30050, "29.95ms..30.05ms"},
    {"0..1h", RANGE_DURATION, 0, 3600 * US_PER_S, "0s..3600s"},
};

static void test_parse(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct range range;
        const char *why = NULL;
        if (!range_parse(cases[i].text, cases[i].unit, &range, &why))
            fail_msg("'%s': %s", cases[i].text, why);
        if (range.low != cases[i].low || range.high != cases[i].high)
            fail_msg("'%s': %lld..%lld", cases[i].text, (long long)range.low, (long long)range.high);
    }
}

static void test_format(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char text[RANGE_TEXT_SIZE];
        struct range again, range = {cases[i].low, cases[i].high};
        const char *why;
        assert_string_equal(range_format(range, cases[i].unit, text), cases[i].written);
        assert_true(range_parse(text, cases[i].unit, &again, &why));
        assert_true(again.low == range.low && again.high == range.high);
    }
}

static void test_refuse(void **state)
{
    static const struct {
        const char *text;
        enum range_unit unit;
        const char *why;
    } refused[] = {
        {"", RANGE_COUNT, "expected N, <N, <=N, >N, >=N or N..N"},
        {"few", RANGE_COUNT, "expected N, <N, <=N, >N, >=N or N..N"},
        {"<", RANGE_COUNT, "expected N, <N, <=N, >N, >=N or N..N"},
        {"=3", RANGE_COUNT, "expected N, <N, <=N, >N, >=N or N..N"},
        {"3..", RANGE_COUNT, "expected N, <N, <=N, >N, >=N or N..N"},
        {"..3", RANGE_COUNT, "expected N, <N, <=N, >N, >=N or N..N"},
        {"1...3", RANGE_COUNT, "expected N, <N, <=N, >N, >=N or N..N"},
        {"1..2..3", RANGE_COUNT, "expected N, <N, <=N, >N, >=N or N..N"},
        {"0000000000000000000000000000000000000001..2", RANGE_COUNT, "expected N, <N, <=N, >N, >=N or N..N"},
        {"-1", RANGE_COUNT, "expected a number of 0 or more"},
        {"3s", RANGE_COUNT, "expected a number without a unit"},
        {"1.5", RANGE_COUNT, "expected a whole number"},
        {"1000000000001", RANGE_COUNT, "expected at most 1000000000000"},
        {"4..2", RANGE_COUNT, "the range is empty: its end lies before its start"},
        {"<0", RANGE_COUNT, "the range is empty: nothing lies below 0"},
        {"<0s", RANGE_DURATION, "the range is empty: nothing lies below 0"},
        {"<3", RANGE_DURATION, "the unit is missing: expected us, ms, s, min or h"},
        {"900..1000s", RANGE_DURATION, "the unit is missing: expected us, ms, s, min or h"},
        {"< 3s", RANGE_DURATION, "expected a duration such as 10ms, 350s or 2h"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
        struct range range;
        const char *why = "";
        if (range_parse(refused[i].text, refused[i].unit, &range, &why))
            fail_msg("'%s' was read", refused[i].text);
        if (strcmp(why, refused[i].why) != 0)
            fail_msg("'%s': %s", refused[i].text, why);
    }
}

static void test_contains(void **state)
{
    (void)state;
    assert_true(range_contains((struct range){2, 4}, 2));
    assert_true(range_contains((struct range){2, 4}, 4));
    assert_false(range_contains((struct range){2, 4}, 1));
    assert_false(range_contains((struct range){2, 4}, 5));
    assert_true(range_contains((struct range){INT64_MIN, 4}, INT64_MIN));
    assert_true(range_contains((struct range){2, INT64_MAX}, INT64_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_refuse),
        cmocka_unit_test(test_contains),
    };
    return cmocka_run_group_tests_name("range", tests, NULL, NULL);
}
