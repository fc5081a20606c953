// Two pools for somebody who chooses one: who does better, and how the page says it.
#include "base/terminal.h"
#include "report/choose.h"
#include "result/choose.h"

#include "tests/unit/result/sample_run.h"
#include "verdict/impact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECOND 1000000LL

static struct cell_result *cell_with(
    struct run_result *run, const char *scenario, const char *subject, enum metric metric, int64_t value)
{
    struct cell_result *cell = sample_cell(run, scenario, subject);
    cell->verdict->metrics.value[metric] = value;
    cell->verdict->impact = impact_of(&cell->verdict->metrics);
    return cell;
}

static void the_better_one_is_found(void **state)
{
    (void)state;
    static const struct {
        enum metric left_metric;
        int64_t left;
        enum metric right_metric;
        int64_t right;
        int order;
    } cases[] = {
        {METRIC_OPS, 10, METRIC_OPS, 10, 0},
        {METRIC_ERRORS, 1, METRIC_OPS, 10, 1},
        {METRIC_ERRORS, 1, METRIC_ERRORS, 2, -1},
        {METRIC_ERRORS, 5, METRIC_HUNG, 1, -1},
        {METRIC_ERRORS, 5, METRIC_DELAY, 973 * SECOND, -1}, // told in time
        {METRIC_ERRORS, 5, METRIC_RECOVERY, METRIC_NEVER, -1},
        {METRIC_HUNG, 1, METRIC_LOST, 1, -1},
        {METRIC_DELAY, 2 * SECOND, METRIC_DELAY, 1 * SECOND, 0}, // nobody notices
        {METRIC_DELAY, 9 * SECOND, METRIC_DELAY, 8 * SECOND, 1},
        {METRIC_PINGS, 9, METRIC_PINGS, 0, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct run_result *run = sample_run("virtual");
        const struct cell_result *one = cell_with(run, "a", "p:x", cases[i].left_metric, cases[i].left),
                                 *other = cell_with(run, "a", "q:x", cases[i].right_metric, cases[i].right);
        if (choose_between(one, other) != cases[i].order || choose_between(other, one) != -cases[i].order)
            fail_msg("case %zu: %d, %d", i, choose_between(one, other), choose_between(other, one));
        run_result_free(run);
    }
}

static void the_page_says_who_and_why(void **state)
{
    (void)state;
    struct run_result *run = sample_run("virtual");
    cell_with(run, "idle/a", "p:x", METRIC_ERRORS, 1)->verdict->metrics.value[METRIC_SWALLOWED] = 17;
    cell_with(run, "idle/a", "q:x", METRIC_PINGS, 4);
    cell_with(run, "idle/b", "p:x", METRIC_PINGS, 0);
    cell_with(run, "idle/b", "q:x", METRIC_PINGS, 4);
    struct comparison *comparison = run_compare((struct compare_side){run, "p:x"},
        (struct compare_side){run, "q:x"}, COMPARE_SUBJECTS, (struct compare_tolerance){SECOND});
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    assert_true(report_choose_print(file, TERMINAL_ANY_WIDTH, comparison, false));
    fclose(file);
    assert_non_null(strstr(text,
        "| idle/a   | q:x    | errors / clean | errors 1 / 0             | pings 0 / 4, swallowed 17 / 0 |\n"));
    assert_null(strstr(text, "idle/b"));
    assert_non_null(
        strstr(text, "p:x does better in 0 scenarios, q:x in 1; in 1 nobody would notice a difference.\n"));
    free(text);
    file = open_memstream(&text, &length);
    assert_true(report_choose_print(file, 60, comparison, false));
    fclose(file);
    assert_non_null(strstr(text, "idle/a\n  impact       errors / clean: q:x does better\n"
                                 "  application  errors 1 / 0\n"
                                 "  wire, server pings 0 / 4, swallowed 17 / 0\n"));
    assert_non_null(strstr(text, "nobody would\nnotice a difference.\n"));
    free(text);
    comparison_free(comparison);
    run_result_free(run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_better_one_is_found),
        cmocka_unit_test(the_page_says_who_and_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
