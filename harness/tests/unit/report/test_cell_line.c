// What a run says of a cell as it ends.
#include "report/cell_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static char *line_of(enum outcome outcome, enum impact impact)
{
    char *text = NULL;
    size_t length;
    struct verdict *verdict = verdict_without_trace(
        outcome, "hung-up.yaml:12: any: errors: expected 0, actual 1");
    verdict->impact = impact;
    const struct cell_result cell = {
        .scenario = "idle/hung-up", .subject = "pqpool:none", .verdict = verdict, .wall_s = 1.84};
    FILE *file = open_memstream(&text, &length);
    cell_line_print(file, &cell, 12, 80);
    fclose(file);
    verdict_free(verdict);
    return text;
}

static void one_line_as_it_ends(void **state)
{
    (void)state;
    char *text = line_of(OUTCOME_PASS, IMPACT_ERRORS);
    assert_string_equal(text, "[12/80] errors   pass   idle/hung-up  pqpool:none  1.8 s\n");
    free(text);
}

static void what_went_wrong_says_why(void **state)
{
    (void)state;
    char *text = line_of(OUTCOME_FAIL, IMPACT_STUCK);
    assert_string_equal(text, "[12/80] stuck    fail   idle/hung-up  pqpool:none  1.8 s\n"
                              "    hung-up.yaml:12: any: errors: expected 0, actual 1\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_line_as_it_ends),
        cmocka_unit_test(what_went_wrong_says_why),
    };
    return cmocka_run_group_tests_name("cell_line", tests, NULL, NULL);
}
