// The line cutter: the same lines in whatever portions the bytes come, and an end to what is no line.
#include "session/lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LINES_MAX 16

struct seen {
    char *lines[LINES_MAX];
    size_t count;
};

static void forget(struct seen *seen)
{
    for (size_t i = 0; i < seen->count; i++)
        free(seen->lines[i]);
    seen->count = 0;
}

// Gives it one portion, as a read() would, and takes the lines that it completes.
static void feed(struct subject_lines *lines, const char *bytes, size_t length, struct seen *seen)
{
    while (length > 0) {
        char *room;
        size_t size = subject_lines_room(lines, &room);
        assert_true(size > 0);
        size_t portion = length < size ? length : size;
        memcpy(room, bytes, portion);
        subject_lines_fill(lines, portion);
        bytes += portion;
        length -= portion;
        for (const char *line; (line = subject_lines_next(lines)) != NULL;) {
            assert_true(seen->count < LINES_MAX);
            seen->lines[seen->count] = strdup(line);
            assert_non_null(seen->lines[seen->count++]);
        }
    }
}

static struct subject_lines *lines_new(void)
{
    struct subject_lines *lines = calloc(1, sizeof(*lines));
    assert_non_null(lines);
    return lines;
}

static void expect(const struct seen *seen, const char *const *expected)
{
    size_t count = 0;
    for (; expected[count] != NULL; count++) {
        assert_true(count < seen->count);
        assert_string_equal(seen->lines[count], expected[count]);
    }
    assert_int_equal(seen->count, count);
}

static const char input[] = "{\"id\": 1}\n\n{\"id\": 2, \"ok\": true}\nx\n\n\nunfinished";
static const char *const whole[] = {"{\"id\": 1}", "", "{\"id\": 2, \"ok\": true}", "x", "", "", NULL};

// Breaks with: bytes lost or handed out twice where a portion ends. Every pair of cuts is tried.
static void every_split_gives_the_same_lines(void **state)
{
    (void)state;
    const size_t length = strlen(input);
    for (size_t first = 0; first <= length; first++)
        for (size_t second = first; second <= length; second++) {
            struct subject_lines *lines = lines_new();
            struct seen seen = {.count = 0};
            feed(lines, input, first, &seen);
            feed(lines, input + first, second - first, &seen);
            feed(lines, input + second, length - second, &seen);
            expect(&seen, whole);
            forget(&seen);
            free(lines);
        }
}

static void byte_by_byte_gives_the_same_lines(void **state)
{
    (void)state;
    struct subject_lines *lines = lines_new();
    struct seen seen = {.count = 0};
    for (size_t i = 0; i < strlen(input); i++)
        feed(lines, input + i, 1, &seen);
    expect(&seen, whole);
    forget(&seen);
    free(lines);
}

// Breaks with: an unfinished line given out, or lost.
static void an_unfinished_line_waits_for_its_end(void **state)
{
    (void)state;
    static const char *const expected[] = {"unfinished line", NULL};
    struct subject_lines *lines = lines_new();
    struct seen seen = {.count = 0};
    feed(lines, "unfinished", 10, &seen);
    assert_int_equal(seen.count, 0);
    feed(lines, " line\n", 6, &seen);
    expect(&seen, expected);
    forget(&seen);
    free(lines);
}

// Breaks with: room that is not made when lines are taken. Long lines run through the buffer many times.
static void long_lines_run_through(void **state)
{
    (void)state;
    const size_t length = SUBJECT_LINE_MAX - 1;
    char *line = malloc(length + 1);
    assert_non_null(line);
    struct subject_lines *lines = lines_new();
    for (const char *letter = "abcde"; *letter != '\0'; letter++) {
        struct seen seen = {.count = 0};
        memset(line, *letter, length);
        line[length] = '\n';
        feed(lines, line, length + 1, &seen);
        line[length] = '\0';
        assert_int_equal(seen.count, 1);
        assert_string_equal(seen.lines[0], line);
        forget(&seen);
    }
    free(lines);
    free(line);
}

// Breaks with: room that never ends (a subject that floods would eat the memory), or ends one byte early.
static void a_line_too_long_leaves_no_room(void **state)
{
    (void)state;
    struct subject_lines *lines = lines_new();
    char *room;
    assert_int_equal(subject_lines_room(lines, &room), SUBJECT_LINE_MAX);
    memset(room, 'x', SUBJECT_LINE_MAX);
    subject_lines_fill(lines, SUBJECT_LINE_MAX);
    assert_null(subject_lines_next(lines));
    assert_int_equal(subject_lines_room(lines, &room), 0);
    free(lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_split_gives_the_same_lines),
        cmocka_unit_test(byte_by_byte_gives_the_same_lines),
        cmocka_unit_test(an_unfinished_line_waits_for_its_end),
        cmocka_unit_test(long_lines_run_through),
        cmocka_unit_test(a_line_too_long_leaves_no_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
