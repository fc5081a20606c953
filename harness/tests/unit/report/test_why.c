// A story on a terminal, and as a trace for a browser.
#include "report/why.h"

#include "base/duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct scenario scenario = {.name = "idle/silence", .claim = "The path swallows."};
static struct cell cell = {.scenario = &scenario, .subject = "pqpool:none", .seed = 7};
static struct trace_arrow arrows[] = {{.entered_us = 400 * US_PER_S,
    .left_us = ARROW_NEVER,
    .kind = ARROW_DATA,
    .to_db = true,
    .app_port = 46550,
    .length = 36}};
static struct story_operation operations[] = {
    {.id = 1, .name = "insert", .sent_us = 10 * US_PER_S, .answered_us = 10 * US_PER_S + 40000, .ok = true},
    {.id = 2, .name = "insert", .sent_us = 400 * US_PER_S, .answered_us = ARROW_NEVER},
};
static struct story_fault faults[] = {{.kind = "silence",
    .argument = "both",
    .applied_us = 60 * US_PER_S,
    .reverted_us = 1010 * US_PER_S,
    .hits = 17}};
static const struct story story = {.cell = &cell,
    .end_us = 1373 * US_PER_S,
    .arrows = {arrows, 1},
    .operations = operations,
    .operations_count = 2,
    .faults = faults,
    .faults_count = 1};

static char *told(const struct why_question *question, bool good)
{
    char *text = NULL;
    size_t length;
    struct error error = {0};
    FILE *file = open_memstream(&text, &length);
    assert_int_equal(why_print(file, &story, question, &error), good);
    fclose(file);
    return text;
}

static void assert_part(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("%s\nis not in\n%s", part, text);
}

static void the_whole_cell(void **state)
{
    (void)state;
    char *text = told(&(struct why_question){.at_us = ARROW_NEVER}, true);
    assert_part(text, "idle/silence with pqpool:none, seed 7\nThe path swallows.\n");
    assert_part(text, "fault: t=60.000 s  silence both, until t=1010.000 s: 17 hits\n");
    assert_part(text, "  t=1373.000 s insert 2 is still not answered, after 973 s: stuck\n");
    assert_part(text, "\n1 of 2 operations were answered at once with ok.\n");
    assert_null(strstr(text, "insert 1"));
    free(text);
}

static void one_operation(void **state)
{
    (void)state;
    char *text = told(&(struct why_question){.at_us = ARROW_NEVER, .operation = 2}, true);
    assert_part(text, "  t=400.000000 s  port 46550  app -> swallowed on the path  data 36 bytes\n");
    free(text);
    free(told(&(struct why_question){.at_us = ARROW_NEVER, .operation = 3}, false));
}

static void one_moment(void **state)
{
    (void)state;
    char *text = told(&(struct why_question){.at_us = 500 * US_PER_S}, true);
    assert_part(text, "insert 2 is sent");
    free(text);
    text = told(&(struct why_question){.at_us = 20 * US_PER_S}, true);
    assert_part(text, "\nNo operation was under way at t=20.000 s.\n");
    free(text);
}

static void a_trace_for_perfetto(void **state)
{
    (void)state;
    char *text = NULL;
    size_t length;
    json_error_t why;
    FILE *file = open_memstream(&text, &length);
    why_print_perfetto(file, &story);
    fclose(file);
    json_t *trace = json_loads(text, 0, &why);
    // Five names of tracks, two operations and a fault with a begin and an end each, and a packet.
    assert_int_equal(json_array_size(json_object_get(trace, "traceEvents")), 5 + 3 * 2 + 1);
    assert_part(text, "insert 2: never answered");
    json_decref(trace);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_cell),
        cmocka_unit_test(one_operation),
        cmocka_unit_test(one_moment),
        cmocka_unit_test(a_trace_for_perfetto),
    };
    return cmocka_run_group_tests_name("why", tests, NULL, NULL);
}
