// Durations: what is read, what is refused and why, what is written.
#include "base/duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_parse(void **state)
{
    static const struct {
        const char *text;
        int64_t duration_us;
    } cases[] = {
        {"0", 0},
        {"0s", 0},
        {"1us", 1},
        {"10ms", 10000},
        {"350s", 350 * US_PER_S},
        {"2min", 120 * US_PER_S},
        {"2h", 7200 * US_PER_S},
        {"0.5h", 1800 * US_PER_S},
        {"29.95ms", 29950},
        {"1.000001s", 1000001},
        {"1.0000010s", 1000001}, // zeroes behind the last digit that counts
        {"007s", 7 * US_PER_S},
        {"10000h", DURATION_MAX_US},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        int64_t duration_us = -1;
        const char *why = NULL;
        if (!duration_parse(cases[i].text, &duration_us, &why))
            fail_msg("'%s': %s", cases[i].text, why);
        if (duration_us != cases[i].duration_us)
            fail_msg("'%s': %lld us", cases[i].text, (long long)duration_us);
    }
}

static void test_refuse(void **state)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"", "expected a duration such as 10ms, 350s or 2h"},
        {"soon", "expected a duration such as 10ms, 350s or 2h"},
        {".5s", "expected a duration such as 10ms, 350s or 2h"},
        {"1.s", "expected a duration such as 10ms, 350s or 2h"},
        {" 1s", "expected a duration such as 10ms, 350s or 2h"},
        {"+1s", "expected a duration such as 10ms, 350s or 2h"},
        {"-1s", "expected a duration of 0 or more"},
        {"350", "the unit is missing: expected us, ms, s, min or h"},
        {"1.5", "the unit is missing: expected us, ms, s, min or h"},
        {"1 s", "unknown unit: expected us, ms, s, min or h"},
        {"1S", "unknown unit: expected us, ms, s, min or h"},
        {"1m", "unknown unit: expected us, ms, s, min or h"},
        {"1s ", "unknown unit: expected us, ms, s, min or h"},
        {"1e3s", "unknown unit: expected us, ms, s, min or h"},
        {"0.5us", "expected whole microseconds"},
        {"0.0000001s", "expected whole microseconds"},
        {"10001h", "expected at most 10000h"},
        {"10000.1h", "expected at most 10000h"},
        {"5124095577h", "expected at most 10000h"}, // an hour, were it to overflow
        {"99999999999999999999999999999us", "expected at most 10000h"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        int64_t duration_us;
        const char *why = "";
        if (duration_parse(cases[i].text, &duration_us, &why))
            fail_msg("'%s' was read", cases[i].text);
        assert_string_equal(why, cases[i].why);
    }
}

static void test_format(void **state)
{
    static const struct {
        int64_t duration_us;
        const char *text;
    } cases[] = {
        {0, "0s"},
        {1, "1us"},
        {999, "999us"},
        {1000, "1ms"},
        {29950, "29.95ms"},
        {999999, "999.999ms"},
        {US_PER_S, "1s"},
        {1500000, "1.5s"},
        {1000001, "1.000001s"},
        {970 * US_PER_S, "970s"},
        {7200 * US_PER_S, "7200s"},
        {-1, "-1us"},
        {INT64_MAX, "9223372036854.775807s"},
        {INT64_MIN, "-9223372036854.775808s"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char text[DURATION_TEXT_SIZE];
        assert_string_equal(duration_format(cases[i].duration_us, text), cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_refuse),
        cmocka_unit_test(test_format),
    };
    return cmocka_run_group_tests_name("duration", tests, NULL, NULL);
}
