// Outcomes in words, and which of them are the same.
#include "sweep/classes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static char gone[] = "the server\nis gone", other[] = "something else",
            reason[] = "x.yaml:3: the fault hit nothing";

static void test_words(void **state)
{
    struct operation_error errors[] = {{.text = gone}, {.text = gone}, {.text = other}};
    struct verdict verdict = {.impact = IMPACT_ERRORS, .errors = errors, .errors_count = 3};
    (void)state;
    verdict.metrics.value[METRIC_OK] = 2;
    verdict.metrics.value[METRIC_ERRORS] = 1;
    verdict.metrics.value[METRIC_IN_DOUBT] = METRIC_ABSENT;
    char *words = sweep_outcome_words(&verdict);
    assert_string_equal(words, "errors: 2 ok, 1 error: the server is gone | something else");
    free(words);
}

static void test_what_proves_nothing_says_why(void **state)
{
    char *reasons[] = {reason};
    const struct verdict verdict = {.outcome = OUTCOME_ERROR, .reasons = reasons, .reasons_count = 1};
    (void)state;
    char *words = sweep_outcome_words(&verdict);
    assert_string_equal(words, "proves nothing: x.yaml:3: the fault hit nothing");
    free(words);
}

static void test_equal_outcomes_are_one_class(void **state)
{
    struct sweep_classes classes = {0};
    static const char *const order[] = {"clean: 1 ok", "delayed: 1 ok", "clean: 1 ok"};
    static const size_t expected[] = {0, 1, 0};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        size_t index;
        assert_true(sweep_classes_add(&classes, order[i], i, &index));
        assert_int_equal(index, expected[i]);
    }
    assert_int_equal(classes.count, 2);
    assert_int_equal(classes.items[0].count, 2);
    assert_int_equal(classes.items[1].first, 1);
    sweep_classes_free(&classes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_what_proves_nothing_says_why),
        cmocka_unit_test(test_equal_outcomes_are_one_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
