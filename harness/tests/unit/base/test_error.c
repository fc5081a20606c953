// The error shape: text, context in front, the reason of a system call behind.
#include "base/error.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_set(void **state)
{
    (void)state;
    struct error error = {0};
    assert_false(error_set(&error, ERROR_INPUT, "%s:%d", "a.yaml", 7));
    assert_int_equal(error.category, ERROR_INPUT);
    assert_string_equal(error.text, "a.yaml:7");
}

static void test_errno(void **state)
{
    (void)state;
    struct error error = {0};
    errno = ENOENT;
    assert_false(error_set_errno(&error, ERROR_LAB, "%s", "kernel"));
    assert_int_equal(error.category, ERROR_LAB);
    assert_string_equal(error.text, "kernel: No such file or directory");
}

static void test_context(void **state)
{
    (void)state;
    struct error error = {0};
    error_set(&error, ERROR_LAB, "no route");
    assert_false(error_context(&error, "host %s", "db"));
    assert_int_equal(error.category, ERROR_LAB);
    assert_string_equal(error.text, "host db: no route");
}

// Whatever is too long is cut, never written past the end.
static void test_long_text(void **state)
{
    (void)state;
    char text[3000];
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    struct error error = {0};
    error_set(&error, ERROR_INPUT, "%s", text);
    assert_int_equal(strlen(error.text), sizeof(error.text) - 1);
    error_context(&error, "%s", "file");
    assert_int_equal(strlen(error.text), sizeof(error.text) - 1);
    assert_memory_equal(error.text, "file: xx", 8);
    errno = EIO;
    error_set_errno(&error, ERROR_INPUT, "%s", text);
    assert_int_equal(strlen(error.text), sizeof(error.text) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_errno),
        cmocka_unit_test(test_context),
        cmocka_unit_test(test_long_text),
    };
    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
