// What is done again: as often as the workload says, each operation for itself.
#include "session/retries.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void each_has_its_own(void **state)
{
    (void)state;
    static const struct workload_item never = {.count = 1}, twice = {.count = 2, .retries = 2};
    struct subject_retries retries = {.items = NULL};
    assert_true(subject_retries_add(&retries, &never, 1));
    assert_true(subject_retries_add(&retries, &twice, 2));
    assert_true(subject_retries_add(&retries, &twice, 3));
    assert_int_equal(retries.count, 2);
    assert_null(subject_retries_take(&retries, 1));
    assert_ptr_equal(subject_retries_take(&retries, 2), &twice);
    assert_ptr_equal(subject_retries_take(&retries, 3), &twice);
    assert_ptr_equal(subject_retries_take(&retries, 2), &twice);
    assert_null(subject_retries_take(&retries, 2));
    assert_ptr_equal(subject_retries_take(&retries, 3), &twice);
    assert_null(subject_retries_take(&retries, 4)); // an adapter may answer what nobody asked
    subject_retries_free(&retries);
    assert_null(subject_retries_take(&retries, 2));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(each_has_its_own)};
    return cmocka_run_group_tests_name("retries", tests, NULL, NULL);
}
