// The verdict as a whole: skipped without a trace, turned round for a negative control, its reasons cut.
#include "tests/unit/verdict/verdict_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void what_is_missing_is_skipped(void **state)
{
    (void)state;
    static char missing[] = "/usr/bin/node: not installed";
    struct verdict_setup *setup = verdict_setup_new();
    setup->cell.missing = missing;
    struct verdict *verdict = verdict_of_lines(setup, "");
    assert_verdict(verdict, OUTCOME_SKIP, REASONS("/usr/bin/node: not installed"));
    assert_int_equal(verdict->metrics.value[METRIC_OPS], METRIC_ABSENT);
    verdict_free(verdict);
    free(setup);
}

static void a_negative_control_is_turned_round(void **state)
{
    (void)state;
    struct verdict_setup *setup = verdict_setup_new();
    setup->scenario.must_fail = true;
    setup->scenario.expectations_count = 1;
    setup->expectations[0] = expect_metric(text_any, METRIC_OPS, 1, 1, 12);
    struct verdict *verdict = verdict_of_lines(setup, START END);
    assert_verdict(verdict, OUTCOME_PASS, REASONS(PATH ":12: any: ops: expected 1, actual 0"));
    verdict_free(verdict);
    verdict = verdict_of_lines(setup, START SENT(1, 1) END);
    assert_verdict(
        verdict, OUTCOME_FAIL, REASONS(PATH ": negative control passed: the expectation cannot fail"));
    verdict_free(verdict);
    verdict = verdict_of_lines(setup, START); // an error proves nothing, here as elsewhere
    assert_int_equal(verdict->outcome, OUTCOME_ERROR);
    verdict_free(verdict);
    free(setup);
}

static void thousands_of_reasons_are_cut(void **state)
{
    (void)state;
    struct verdict_setup *setup = verdict_setup_new();
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    fputs(START, file);
    for (int i = 0; i < 1000; i++)
        fprintf(file, "{\"at_us\":9,\"event\":\"row\",\"key\":\"x%d\",\"count\":1}\n", i);
    fputs(END, file);
    fclose(file);
    struct verdict *verdict = verdict_of_lines(setup, text);
    free(text);
    assert_int_equal(verdict->reasons_count, 101);
    assert_string_equal(verdict->reasons[100], "and more like these");
    verdict_free(verdict);
    free(setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_missing_is_skipped),
        cmocka_unit_test(a_negative_control_is_turned_round),
        cmocka_unit_test(thousands_of_reasons_are_cut),
    };
    return cmocka_run_group_tests_name("verdict_judge", tests, NULL, NULL);
}
