// events.jsonl: the bytes that are written, what is read back, and what is refused with file and line.
#include "trace/event.h"

#include "tests/unit/base/temporary_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void writes_one_line_in_order(void **state)
{
    (void)state;
    char *text = NULL;
    size_t length;
    struct error error = {0};
    FILE *file = open_memstream(&text, &length);
    assert_true(trace_event_write(file, -5, "start", NULL, &error));
    assert_true(trace_event_write(
        file, 7, "op-sent", json_pack("{s:i, s:s, s:s}", "id", 1, "do", "insert", "at_us", "mine"), &error));
    assert_int_equal(fclose(file), 0);
    assert_string_equal(text, "{\"at_us\":-5,\"event\":\"start\"}\n"
                              "{\"at_us\":7,\"event\":\"op-sent\",\"id\":1,\"do\":\"insert\"}\n");
    free(text);
}

static void write_reports_a_full_disk(void **state)
{
    (void)state;
    struct error error = {0};
    FILE *file = fopen("/dev/full", "we");
    assert_false(trace_event_write(file, 0, "start", NULL, &error));
    assert_int_equal(error.category, ERROR_LAB);
    assert_non_null(strstr(error.text, "No space left"));
    fclose(file);
}

static json_t *read_path(const char *path, struct error *error)
{
    struct folder_file file;
    if (!folder_open_path(path, &file, ERROR_LAB, error))
        return NULL;
    json_t *events = trace_event_read(&file, error);
    folder_close_file(&file);
    return events;
}

static json_t *read_text(const char *text, size_t length, struct error *error)
{
    char path[] = "/tmp/hangup-test-XXXXXX";
    temporary_file(path, text, length);
    json_t *events = read_path(path, error);
    unlink(path);
    return events;
}

static void reads_back_what_was_written(void **state)
{
    (void)state;
    static const char text[] =
        "{\"at_us\":-5,\"event\":\"lab\",\"kernel\":\"6.12\"}\n{\"at_us\":-5,\"event\":\"start\"}\n";
    struct error error = {0};
    json_t *events = read_text(text, strlen(text), &error);
    assert_int_equal(json_array_size(events), 2);
    assert_string_equal(json_string_value(json_object_get(json_array_get(events, 0), "kernel")), "6.12");
    json_decref(events);
    events = read_text("", 0, &error);
    assert_int_equal(json_array_size(events), 0);
    json_decref(events);
}

static void refuses_with_file_and_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *why;
    } cases[] = {
        {"{\"at_us\":1,\"event\":\"a\"}\n{\"at_us\":0,\"event\":\"b\"}\n",
            ":2: time runs backwards: 0 us after 1 us"},
        {"{\"at_us\":1,\"event\":\"a\"}\n{\"at_us\":2,\"ev", ":2: "},
        {"{\"at_us\":1.5,\"event\":\"a\"}\n", ":1: at_us: expected an integer"},
        {"{\"event\":\"a\"}\n", ":1: at_us: expected an integer"},
        {"{\"at_us\":9223372036854775807,\"event\":\"a\"}\n", ":1: at_us: expected an integer, of micro"},
        {"{\"at_us\":-9223372036854775808,\"event\":\"a\"}\n", ":1: at_us: expected an integer, of micro"},
        {"{\"at_us\":72000000000001,\"event\":\"a\"}\n", ":1: at_us: expected an integer, of micro"},
        {"{\"at_us\":1}\n", ":1: event: expected a string"},
        {"[1]\n", ":1: at_us: expected an integer"},
        {"\n", ":1: "},
        {"garbage\n", ":1: "},
        {"{\"at_us\":1,\"at_us\":2,\"event\":\"a\"}\n", ":1: duplicate object key"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct error error = {0};
        assert_null(read_text(cases[i].text, strlen(cases[i].text), &error));
        assert_int_equal(error.category, ERROR_LAB);
        assert_non_null(strstr(error.text, cases[i].why));
    }
}

static void missing_file_is_named(void **state)
{
    (void)state;
    struct error error = {0};
    assert_null(read_path("/nowhere/events.jsonl", &error));
    assert_string_equal(error.text, "/nowhere/events.jsonl: No such file or directory");
    assert_null(read_path("/tmp", &error));
    assert_non_null(strstr(error.text, "expected a regular file"));
}

// A guest that is killed leaves any prefix: whole lines are read, a torn one is refused, nothing crashes.
static void every_truncation_is_read_or_refused(void **state)
{
    (void)state;
    static const char text[] = "{\"at_us\":1,\"event\":\"a\"}\n{\"at_us\":2,\"event\":\"\\u00e9\"}\n";
    size_t first_line = strcspn(text, "\n"), whole = strlen(text);
    for (size_t length = 0; length <= whole; length++) {
        struct error error = {0};
        json_t *events = read_text(text, length, &error);
        bool between = length == 0 || length == first_line || length == first_line + 1 || length >= whole - 1;
        assert_int_equal(events != NULL, between);
        json_decref(events);
    }
}

// Breaks with: "1x " beside a cell, which says nothing to anybody.
static void an_error_without_a_text_is_shown_by_its_kind(void **state)
{
    (void)state;
    static const char *const cases[][3] = {{"gone", "E", "gone"}, {"", "TimeoutError", "TimeoutError"},
        {" \n", "TimeoutError", "TimeoutError"}, {"null", "IOException", "IOException"},
        {"undefined", "AggregateError", "AggregateError"}, {"", "", "an error without a text"},
        {"null values", "E", "null values"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *event = json_pack("{s:s, s:s}", "error", cases[i][0], "kind", cases[i][1]);
        assert_string_equal(trace_error_text(event), cases[i][2]);
        json_decref(event);
    }
    json_t *bare = json_object();
    assert_string_equal(trace_error_text(bare), "an error without a text");
    json_decref(bare);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_one_line_in_order),
        cmocka_unit_test(write_reports_a_full_disk),
        cmocka_unit_test(reads_back_what_was_written),
        cmocka_unit_test(refuses_with_file_and_line),
        cmocka_unit_test(missing_file_is_named),
        cmocka_unit_test(every_truncation_is_read_or_refused),
        cmocka_unit_test(an_error_without_a_text_is_shown_by_its_kind),
    };
    return cmocka_run_group_tests_name("trace_event", tests, NULL, NULL);
}
