// The two moments of a cell that everything else is measured by.
#include "trace/times.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void check(const char *text, int64_t zero_us, int64_t over_us, int64_t over_ns)
{
    json_t *events = json_loads(text, 0, NULL);
    assert_non_null(events);
    const struct trace_times times = trace_times_of(events);
    assert_int_equal(times.zero_us, zero_us);
    assert_int_equal(times.over_us, over_us);
    assert_int_equal(trace_times_over_ns(&times), over_ns);
    json_decref(events);
}

#define LAB      "{\"at_us\": -10, \"event\": \"lab\", \"zero_realtime_us\": 1000}"
#define PROGRAM  "{\"at_us\": 0, \"event\": \"program-started\", \"zero_realtime_us\": 1500}"
#define CLEAN_UP "{\"at_us\": 70, \"event\": \"clean-up\"}"
#define LATER    "{\"at_us\": 90, \"event\": \"clean-up\"}"

static void zero_and_end_are_found(void **state)
{
    (void)state;
    check("[" LAB "," CLEAN_UP "]", 1000, 70, 1070000);
    check("[" LAB "," CLEAN_UP "," LATER "]", 1000, 70, 1070000);
}

// hangup exec counts from the program's start: the lab's set-up takes as long as it takes.
static void a_programs_start_is_zero(void **state)
{
    (void)state;
    check("[" LAB "," PROGRAM "," CLEAN_UP "]", 1500, 70, 1570000);
}

static void what_no_event_says_is_not_known(void **state)
{
    (void)state;
    check("[]", -1, INT64_MAX, INT64_MAX);
    check("[" LAB "]", 1000, INT64_MAX, INT64_MAX);
    check("[" CLEAN_UP "]", -1, 70, INT64_MAX);
    check("[{\"at_us\": 0, \"event\": \"lab\", \"zero_realtime_us\": \"1000\"}]", -1, INT64_MAX, INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zero_and_end_are_found),
        cmocka_unit_test(a_programs_start_is_zero),
        cmocka_unit_test(what_no_event_says_is_not_known),
    };
    return cmocka_run_group_tests_name("times", tests, NULL, NULL);
}
