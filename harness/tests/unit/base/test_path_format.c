// Paths: put together as asked, or not at all.
#include "base/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void puts_parts_together(void **state)
{
    (void)state;
    char path[PATH_MAX];
    assert_ptr_equal(path_format(path, "%s/%s-%d", "/tmp", "x", 7), path);
    assert_string_equal(path, "/tmp/x-7");
}

// Breaks with: a path cut off at its end, which names another file.
static void what_does_not_fit_is_empty(void **state)
{
    (void)state;
    char path[PATH_MAX], longest[PATH_MAX + 1];
    memset(longest, 'x', sizeof(longest));
    longest[PATH_MAX - 1] = '\0';
    path_format(path, "%s", longest);
    assert_string_equal(path, longest);
    path_format(path, "/%s", longest); // one more
    assert_string_equal(path, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(puts_parts_together),
        cmocka_unit_test(what_does_not_fit_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
