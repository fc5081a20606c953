// The user's own bar: what --fail-on takes, and which cells do not pass it.
#include "result/bar.h"

#include "tests/unit/result/sample_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void set(struct cell_result *cell, enum metric metric, int64_t value)
{
    cell->verdict->metrics.value[metric] = value;
}

// Breaks with: a bar that a class's expectation lets pass, or one that a clean cell does not pass.
static void each_demand_is_met_by_what_it_names(void **state)
{
    (void)state;
    static const struct {
        const char *bar;
        enum metric metric;
        int64_t value;
        const char *printed; // NULL: the cell passes
    } cases[] = {
        {"errors,hung,lost,duplicated,torn,in_doubt,never,delay>5s,skip,worse", METRIC_PINGS, 3, NULL},
        {"errors", METRIC_ERRORS, 2, "--fail-on errors: idle/a p:none: errors 2\n"},
        {"hung,errors>2", METRIC_ERRORS, 2, NULL},
        {"hung,errors>=2", METRIC_ERRORS, 2, "--fail-on errors>=2: idle/a p:none: errors 2\n"},
        {"connects=1", METRIC_CONNECTS, 1, "--fail-on connects=1: idle/a p:none: connects 1\n"},
        {"delay>5s", METRIC_DELAY, 5000000, NULL},
        {"delay>5s", METRIC_DELAY, 5000001, "--fail-on delay>5s: idle/a p:none: delay 5.00s\n"},
        {"delay>5s", METRIC_DELAY, METRIC_NEVER, "--fail-on delay>5s: idle/a p:none: delay hung\n"},
        {"delay>5s", METRIC_DELAY, METRIC_ABSENT, NULL},
        {"never", METRIC_RECOVERY, METRIC_NEVER, "--fail-on never: idle/a p:none: recovery never\n"},
        {"recovery>1s", METRIC_RECOVERY, METRIC_NEVER,
            "--fail-on recovery>1s: idle/a p:none: recovery never\n"},
        {"never", METRIC_RECOVERY, 9000000, NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct run_result *run = sample_run("virtual");
        struct error error = {0};
        struct bar bar = {0};
        set(sample_cell(run, "idle/a", "p:none"), cases[i].metric, cases[i].value);
        run->cells[0].verdict->impact = IMPACT_CLEAN;
        if (!bar_parse(&bar, cases[i].bar, &error))
            fail_msg("%s", error.text);
        char *text = NULL;
        size_t length;
        FILE *file = open_memstream(&text, &length);
        assert_int_equal(bar_print(&bar, run, file), cases[i].printed != NULL);
        fclose(file);
        assert_string_equal(text, cases[i].printed ? cases[i].printed : "");
        free(text);
        run_result_free(run);
    }
}

static void impact_skips_and_controls(void **state)
{
    (void)state;
    struct run_result *run = sample_run("virtual");
    struct error error = {0};
    struct bar bar = {0};
    assert_true(bar_parse(&bar, "worse", &error));
    assert_true(bar_parse(&bar, "skip", &error));
    struct cell_result *cell = sample_cell(run, "idle/a", "p:none");
    cell->verdict->impact = cell->best = IMPACT_ERRORS;
    assert_null(bar_breach(&bar, cell));
    cell->verdict->impact = IMPACT_STUCK;
    assert_string_equal(bar_breach(&bar, cell)->text, "worse");
    cell->control = true;
    assert_null(bar_breach(&bar, cell));
    cell = sample_cell(run, "idle/b", "p:none");
    cell->verdict->outcome = OUTCOME_SKIP;
    cell->verdict->impact = IMPACT_UNKNOWN;
    assert_string_equal(bar_breach(&bar, cell)->text, "skip");
    run_result_free(run);
}

// Breaks with: a bar that nobody can keep and does not say so, an excuse for a cell that did not run.
static void what_nobody_can_keep_is_told(void **state)
{
    (void)state;
    static const struct {
        enum impact impact, best;
        const char *text;
    } cases[] = {
        {IMPACT_ERRORS, IMPACT_ERRORS, "--fail-on errors: errors 2; no pool has a better impact here"},
        {IMPACT_ERRORS, IMPACT_DELAYED, "--fail-on errors: errors 2"},
        {IMPACT_UNKNOWN, IMPACT_ERRORS, "--fail-on errors: errors 2"},
        {IMPACT_CLEAN, IMPACT_CLEAN, "--fail-on errors: errors 2"},
    };
    struct run_result *run = sample_run("virtual");
    struct error error = {0};
    struct bar bar = {0};
    assert_true(bar_parse(&bar, "errors", &error));
    struct cell_result *cell = sample_cell(run, "idle/a", "p:none");
    cell->verdict->metrics.value[METRIC_ERRORS] = 2;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        cell->verdict->impact = cases[i].impact;
        cell->best = cases[i].best;
        bar_mark(&bar, run);
        assert_string_equal(cell->fail_on, cases[i].text);
    }
    run_result_free(run);
}

static void stuck_is_an_impact(void **state)
{
    (void)state;
    struct run_result *run = sample_run("virtual");
    struct error error = {0};
    struct bar bar = {0};
    assert_true(bar_parse(&bar, "stuck", &error));
    struct cell_result *cell = sample_cell(run, "idle/a", "p:none");
    for (int impact = IMPACT_UNKNOWN; impact < IMPACTS; impact++) {
        cell->verdict->impact = (enum impact)impact;
        assert_int_equal(bar_breach(&bar, cell) != NULL, impact == IMPACT_STUCK);
    }
    run_result_free(run);
}

static void what_is_no_demand_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bar, *why;
    } cases[] = {
        {"", "--fail-on : expected a metric"},
        {"errors,", "--fail-on : expected a metric"},
        {"eror", "--fail-on eror: expected a metric"},
        {"delay", "--fail-on delay: expected a comparison: delay>5s"},
        {"delay>5", "--fail-on delay>5: the unit is missing"},
        {"errors>x", "--fail-on errors>x: "},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct error error = {0};
        struct bar bar = {0};
        assert_false(bar_parse(&bar, cases[i].bar, &error));
        assert_int_equal(error.category, ERROR_INPUT);
        if (strncmp(error.text, cases[i].why, strlen(cases[i].why)) != 0)
            fail_msg("%s: %s", cases[i].bar, error.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_demand_is_met_by_what_it_names),
        cmocka_unit_test(impact_skips_and_controls),
        cmocka_unit_test(what_nobody_can_keep_is_told),
        cmocka_unit_test(stuck_is_an_impact),
        cmocka_unit_test(what_is_no_demand_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
