// Which class a pool without one behaves like.
#include "result/likeness.h"

#include "scenario/strategy_class.h"
#include "tests/unit/result/sample_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static char none[] = "none", pre_ping[] = "pre-ping", unclassed[] = STRATEGY_UNCLASSED, path[] = "s.yaml",
            mine[] = "mine:default", *no_words[] = {NULL};

// Errors: `none` has one, `pre-ping` none.
static struct expectation expectations[] = {
    {.strategy = none, .metric = METRIC_ERRORS, .range = {1, 1}, .line = 3},
    {.strategy = pre_ping, .metric = METRIC_ERRORS, .range = {0, 0}, .line = 4},
};

static void the_class_with_the_most_in_common(void **state)
{
    (void)state;
    static char a[] = "idle/a", b[] = "idle/b", c[] = "idle/c";
    char *const names[] = {a, b, c};
    struct scenario scenarios[3];
    struct cell cells[3], *list[3];
    struct run_result *run = sample_run("virtual");
    for (size_t i = 0; i < 3; i++) {
        scenarios[i] = (struct scenario){
            .name = names[i], .path = path, .expectations = expectations, .expectations_count = 2};
        cells[i] = (struct cell){
            .scenario = &scenarios[i], .subject = mine, .strategy_class = unclassed, .differs = no_words};
        list[i] = &cells[i];
        sample_cell(run, names[i], mine)->verdict->impact = IMPACT_CLEAN;
    }
    run->cells[1].verdict->metrics.value[METRIC_ERRORS] = 2;
    struct plan plan = {.cells = list, .cells_count = 3};
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    assert_true(likeness_print(&plan, run, file));
    fflush(file);
    assert_string_equal(text,
        "mine:default behaves like the class pre-ping in 2 of 3 scenarios; not in idle/b: errors: expected 0, actual 2\n");
    // Who has a class is judged by it.
    for (size_t i = 0; i < 3; i++)
        list[i]->strategy_class = none;
    assert_int_equal(fseek(file, 0, SEEK_SET), 0);
    assert_true(likeness_print(&plan, run, file));
    fclose(file);
    assert_int_equal(length, 0);
    free(text);
    run_result_free(run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_class_with_the_most_in_common),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
