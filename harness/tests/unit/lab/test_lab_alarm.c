// Alarms ring in order of time, once each, and not after they were cleared.
#include "lab/alarm.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define RINGS_MAX 16

static char rung[RINGS_MAX];

static void ring(struct lab *lab, void *context)
{
    (void)lab;
    strncat(rung, context, RINGS_MAX - strlen(rung) - 1);
}

static void ring_all(struct lab *lab)
{
    for (int i = 0; i < RINGS_MAX && lab_alarm_next_us(lab) != INT64_MAX; i++)
        lab_alarm_ring(lab);
}

// Breaks with: the order of setting kept instead of that of time; two of one moment exchanged.
static void in_order_of_time(void **state)
{
    (void)state;
    struct lab lab = {0};
    struct lab_alarm a = {.at_us = 30, .ring = ring, .context = "a"},
                     b = {.at_us = 10, .ring = ring, .context = "b"},
                     c = {.at_us = 30, .ring = ring, .context = "c"},
                     d = {.at_us = -5, .ring = ring, .context = "d"};
    rung[0] = '\0';
    assert_true(lab_alarm_next_us(&lab) == INT64_MAX);
    lab_alarm_set(&lab, &a);
    lab_alarm_set(&lab, &b);
    lab_alarm_set(&lab, &c);
    lab_alarm_set(&lab, &d);
    assert_int_equal(lab_alarm_next_us(&lab), -5);
    ring_all(&lab);
    assert_string_equal(rung, "dbac");
}

// Breaks with: a cleared alarm that rings, another that was cleared with it.
static void cleared_ones_are_silent(void **state)
{
    (void)state;
    struct lab lab = {0};
    struct lab_alarm a = {.at_us = 1, .ring = ring, .context = "a"},
                     b = {.at_us = 2, .ring = ring, .context = "b"},
                     c = {.at_us = 3, .ring = ring, .context = "c"};
    rung[0] = '\0';
    lab_alarm_set(&lab, &a);
    lab_alarm_set(&lab, &b);
    lab_alarm_set(&lab, &c);
    lab_alarm_clear(&lab, &b);
    lab_alarm_clear(&lab, &b);
    ring_all(&lab);
    lab_alarm_clear(&lab, &a);
    assert_string_equal(rung, "ac");
}

static struct lab_alarm again;

static void ring_again(struct lab *lab, void *context)
{
    ring(lab, context);
    again.at_us += 10;
    if (again.at_us < 40)
        lab_alarm_set(lab, &again);
}

// Breaks with: an alarm that is lost, or rings for ever, when it sets itself again.
static void it_may_set_itself_again(void **state)
{
    (void)state;
    struct lab lab = {0};
    struct lab_alarm other = {.at_us = 25, .ring = ring, .context = "o"};
    again = (struct lab_alarm){.at_us = 10, .ring = ring_again, .context = "r"};
    rung[0] = '\0';
    lab_alarm_set(&lab, &again);
    lab_alarm_set(&lab, &other);
    ring_all(&lab);
    assert_string_equal(rung, "rror");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_order_of_time),
        cmocka_unit_test(cleared_ones_are_silent),
        cmocka_unit_test(it_may_set_itself_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
