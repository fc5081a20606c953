// JSON files: what is wrong is told with file, line and column.
#include "base/json_file.h"

#include "tests/unit/base/temporary_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static json_t *read_text(const char *text, char *path, struct error *error)
{
    temporary_file(path, text, strlen(text));
    json_t *json = json_file_read(path, ERROR_INPUT, error);
    unlink(path);
    return json;
}

static void test_a_file_is_read(void **state)
{
    (void)state;
    struct error error = {.category = ERROR_NONE};
    char path[] = "/tmp/hangup-json-XXXXXX";
    json_t *json = read_text("{\"size\": 2}\n", path, &error);
    assert_int_equal(json_integer_value(json_object_get(json, "size")), 2);
    assert_int_equal(error.category, ERROR_NONE);
    json_decref(json);
}

static void test_what_is_wrong_has_a_place(void **state)
{
    static const char *const wrong[][2] = {
        {"{\n  \"size\" 2}", ":2:10: "},
        {"{\"size\": 1,\n \"size\": 2}", ":2:7: "},
        {"", ":1:0: "},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        struct error error = {.category = ERROR_NONE};
        char path[] = "/tmp/hangup-json-XXXXXX";
        assert_null(read_text(wrong[i][0], path, &error));
        assert_int_equal(error.category, ERROR_INPUT);
        assert_memory_equal(error.text, path, strlen(path));
        assert_memory_equal(error.text + strlen(path), wrong[i][1], strlen(wrong[i][1]));
    }
}

static void test_a_file_that_is_not_there_has_none(void **state)
{
    struct error error;
    (void)state;
    assert_null(json_file_read("/nowhere/run.json", ERROR_LAB, &error));
    assert_int_equal(error.category, ERROR_LAB);
    assert_string_equal(error.text, "/nowhere/run.json: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file_is_read),
        cmocka_unit_test(test_what_is_wrong_has_a_place),
        cmocka_unit_test(test_a_file_that_is_not_there_has_none),
    };
    return cmocka_run_group_tests_name("json_file", tests, NULL, NULL);
}
