// What an operation met, in words.
#include "report/story.h"

#include "base/duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define PORT   46550
#define AT(ms) ((ms) * US_PER_MS)

static struct trace_arrow sent(int64_t at_us, bool again)
{
    return (struct trace_arrow){.entered_us = at_us,
        .left_us = ARROW_NEVER,
        .kind = ARROW_DATA,
        .to_db = true,
        .again = again,
        .app_port = PORT,
        .length = 36};
}

static struct server_line lines[] = {
    {.at_us = AT(-9000),
        .pid = 24,
        .app_port = PORT,
        .level = "LOG",
        .text = "connection received: port=46550"},
    {.at_us = AT(200), .pid = 24, .app_port = PORT, .level = "LOG", .text = "statement: SELECT 1"},
};

static struct story_operation insert(int64_t answered_us, const char *error)
{
    return (struct story_operation){.id = 7,
        .name = "insert",
        .sent_us = AT(100000),
        .answered_us = answered_us,
        .ok = error == NULL,
        .error = error};
}

static struct story story_of(struct trace_arrow *arrows, size_t count, struct story_operation *operation)
{
    return (struct story){.end_us = AT(2000000),
        .arrows = {arrows, count},
        .lines = {lines, 2},
        .operations = operation,
        .operations_count = 1};
}

static void expect_words(const struct story *story, const char *const *expected)
{
    json_t *words = story_words(story, &story->operations[0]);
    size_t i = 0;
    for (; expected[i] != NULL; i++)
        assert_string_equal(json_string_value(json_array_get(words, i)), expected[i]);
    assert_int_equal(json_array_size(words), i);
    json_decref(words);
}

static void a_ping_into_silence(void **state)
{
    (void)state;
    struct trace_arrow arrows[] = {
        sent(AT(100000), false), sent(AT(100200), true), sent(AT(950000), true), sent(AT(1900000), true)};
    struct story_operation operation = insert(AT(1073460), "server closed the connection");
    struct story story = story_of(arrows, 4, &operation);
    expect_words(&story,
        (const char *const[]){"t=100.000 s  insert 7 is sent",
            "t=100.000 s  asks backend 24 (port 46550), by its size with `SELECT 1`: 36 bytes; 2 repetitions over "
            "850 s; nobody answers",
            "t=100.000 s  swallowed on the path to the server (port 46550): data, and 2 packets more until t=950.000 s; "
            "it does not get through",
            "t=1073.460 s  the application is told after 973 s: server closed the connection", NULL});
    assert_true(story_operation_is_notable(&operation));
}

// With the keys, the messages themselves.
static void a_commit_whose_answer_is_lost(void **state)
{
    (void)state;
    struct trace_arrow arrows[] = {sent(AT(100000), false), sent(AT(100100), false), sent(AT(100200), true),
        {.entered_us = AT(100300),
            .left_us = ARROW_NEVER,
            .kind = ARROW_DATA,
            .app_port = PORT,
            .length = 9,
            .seq = 3}};
    char begin[] = "`BEGIN`", commit[] = "`COMMIT`", done[] = "done: COMMIT";
    struct said said[] = {{PORT, true, 1, begin}, {PORT, true, 2, commit}, {PORT, false, 3, done}};
    struct story_operation operation = insert(AT(110000), "timed out");
    arrows[0].seq = 1;
    arrows[0].left_us = AT(100001);
    arrows[1].seq = arrows[2].seq = 2;
    arrows[1].left_us = arrows[2].left_us = AT(100201);
    struct story story = story_of(arrows, 4, &operation);
    story.said = (struct said_list){said, 3};
    expect_words(&story,
        (const char *const[]){"t=100.000 s  insert 7 is sent",
            "t=100.000 s  asks backend 24 (port 46550): `BEGIN`, 36 bytes; 1 repetition of `COMMIT` over 200 ms; "
            "nobody answers",
            "t=100.300 s  swallowed on the path to the application (port 46550): done: COMMIT; it does not get through",
            "t=110.000 s  the application is told after 10 s: timed out", NULL});
}

// Breaks with: another packet that is taken for the one that was lost.
static void what_was_lost_gets_through_later(void **state)
{
    (void)state;
    struct trace_arrow arrows[] = {sent(AT(100000), false), sent(AT(100100), false), sent(AT(100200), true)};
    struct story_operation operation = insert(AT(100300), NULL);
    operation.ok = true;
    arrows[0].seq = arrows[2].seq = 1;
    arrows[1].seq = 2;
    arrows[1].left_us = AT(100105);
    arrows[2].left_us = AT(100205);
    struct story story = story_of(arrows, 3, &operation);
    json_t *words = story_words(&story, &operation);
    assert_string_equal(json_string_value(json_array_get(words, 2)),
        "t=100.000 s  swallowed on the path to the server (port 46550): data; it gets through at t=100.205 s");
    json_decref(words);
}

static void never_answered(void **state)
{
    (void)state;
    struct story_operation operation = insert(ARROW_NEVER, NULL);
    struct story story = story_of(NULL, 0, &operation);
    expect_words(&story, (const char *const[]){"t=100.000 s  insert 7 is sent",
                             "t=2000.000 s  insert 7 is still not answered, after 1900 s: stuck", NULL});
}

static void a_reset_that_the_server_did_not_send(void **state)
{
    (void)state;
    struct trace_arrow arrows[] = {
        {.entered_us = ARROW_NEVER, .left_us = AT(100010), .kind = ARROW_RST, .app_port = PORT}};
    struct story_operation operation = insert(AT(100011), "reset by peer");
    struct story story = story_of(arrows, 1, &operation);
    expect_words(&story,
        (const char *const[]){"t=100.000 s  insert 7 is sent",
            "t=100.010 s  RST from the path, not from the server (port 46550): the connection is gone",
            "t=100.011 s  the application is told after 11 ms: reset by peer", NULL});
}

// Breaks with: a story of an idle connection's death that does not name the packet.
static void a_fin_that_came_while_nobody_looked(void **state)
{
    (void)state;
    struct trace_arrow arrows[] = {
        {.entered_us = AT(60000), .left_us = AT(60005), .kind = ARROW_FIN, .app_port = PORT},
        sent(AT(100000), false)};
    arrows[1].left_us = AT(100005);
    struct story_operation operation = insert(AT(100001), "EOF detected");
    struct story story = story_of(arrows, 2, &operation);
    expect_words(&story,
        (const char *const[]){
            "t=60.005 s  before: FIN from the server's side (port 46550), while no operation looked at it",
            "t=100.000 s  insert 7 is sent",
            "t=100.000 s  asks backend 24 (port 46550), by its size with `SELECT 1`: 36 bytes; nobody answers",
            "t=100.001 s  the application is told after 1 ms: EOF detected", NULL});
}

static void its_own_work_is_no_delay(void **state)
{
    (void)state;
    struct story_operation operation = insert(AT(130000), NULL);
    assert_true(story_operation_is_notable(&operation));
    operation.own_us = AT(30000);
    assert_false(story_operation_is_notable(&operation));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ping_into_silence),
        cmocka_unit_test(a_commit_whose_answer_is_lost),
        cmocka_unit_test(what_was_lost_gets_through_later),
        cmocka_unit_test(never_answered),
        cmocka_unit_test(a_reset_that_the_server_did_not_send),
        cmocka_unit_test(a_fin_that_came_while_nobody_looked),
        cmocka_unit_test(its_own_work_is_no_delay),
    };
    return cmocka_run_group_tests_name("story_words", tests, NULL, NULL);
}
