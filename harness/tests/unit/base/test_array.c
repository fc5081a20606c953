// Growing arrays.
#include "base/array.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

// Breaks with: room that is one too small (AddressSanitizer sees it), items that are lost when it moves.
static void every_item_has_room(void **state)
{
    (void)state;
    int *items = NULL;
    for (size_t count = 0; count < 1000; count++) {
        int *grown = array_grow(items, count, sizeof(*items));
        assert_non_null(grown);
        items = grown;
        items[count] = (int)count;
    }
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(items[i], i);
    free(items);
}

static void a_count_that_cannot_be_is_refused(void **state)
{
    (void)state;
    assert_null(array_grow(NULL, (SIZE_MAX >> 1) + 1, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_item_has_room),
        cmocka_unit_test(a_count_that_cannot_be_is_refused),
    };
    return cmocka_run_group_tests_name("array", tests, NULL, NULL);
}
