// What the database holds of a write, beside what its application was told.
#include "report/story.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define INSERT "{\"event\": \"op-sent\", \"id\": 1, \"do\": \"insert\", \"key\": \"1-1\"},"
#define BOTH                                                                                                 \
    "{\"event\": \"op-sent\", \"id\": 1, \"do\": \"transaction\", \"key\": \"1-1\", \"then\": [\"1-1b\"]},"
#define ROW(key, count) "{\"event\": \"row\", \"key\": \"" key "\", \"count\": " #count "},"
#define READ            "{\"event\": \"leaked-backends\", \"count\": 0}"
#define CUT_SHORT       "{\"event\": \"end\"}"

struct row {
    const char *events;
    bool told_ok;
    unsigned flaws;
    const char *words; // the last line; NULL: nothing of the ledger
};

#define LEDGER "the ledger, read at the end: "
#define TOLD   "in the database, and the application was told "

static const struct row rows[] = {
    {INSERT ROW("1-1", 1) READ, true, 0, NULL},
    {INSERT ROW("1-1", 1) READ, false, WRITE_IN_DOUBT, LEDGER "its row is " TOLD "an error: in doubt"},
    {INSERT READ, false, 0, LEDGER "its row is not " TOLD "an error"},
    {INSERT READ, true, WRITE_LOST, LEDGER "its row is not " TOLD "ok: lost"},
    {INSERT ROW("1-1", 3) READ, true, WRITE_DUPLICATED, LEDGER "its row is 3 times " TOLD "ok: duplicated"},
    {INSERT ROW("1-1", 2) READ, false, WRITE_DUPLICATED | WRITE_IN_DOUBT,
        LEDGER "its row is 2 times " TOLD "an error: duplicated, in doubt"},
    {BOTH ROW("1-1b", 1) READ, false, WRITE_TORN, LEDGER "1 of its 2 rows are " TOLD "an error: torn"},
    {BOTH ROW("1-1", 1) READ, true, WRITE_LOST | WRITE_TORN,
        LEDGER "1 of its 2 rows are " TOLD "ok: lost, torn"},
    {BOTH ROW("1-1", 1) ROW("1-1b", 1) READ, false, WRITE_IN_DOUBT,
        LEDGER "2 of its 2 rows are " TOLD "an error: in doubt"},
    {BOTH READ, true, WRITE_LOST, LEDGER "0 of its 2 rows are " TOLD "ok: lost"},
    // Nobody read the database to its end: what is missing proves nothing.
    {INSERT CUT_SHORT, true, 0, NULL},
    {INSERT ROW("1-1", 1) CUT_SHORT, false, 0, NULL},
};

static void expect_row(const struct row *row)
{
    char text[1024];
    struct story_operation operation = {.id = 1, .name = "insert", .ok = row->told_ok, .error = "gone"};
    snprintf(text, sizeof(text), "[%s]", row->events);
    struct story story = {
        .events = json_loads(text, 0, NULL), .operations = &operation, .operations_count = 1};
    assert_non_null(story.events);
    assert_true(story_read_ledger(&story));
    assert_int_equal(operation.flaws, row->flaws);
    assert_int_equal(story_operation_is_notable(&operation), !row->told_ok || row->flaws != 0);
    json_t *words = story_words(&story, &operation);
    const char *last = json_string_value(json_array_get(words, json_array_size(words) - 1));
    if (row->words != NULL)
        assert_string_equal(strstr(last, LEDGER), row->words);
    else
        assert_null(strstr(last, LEDGER));
    json_decref(words);
    json_decref(story.events);
}

static void each_write_has_its_word(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        expect_row(&rows[i]);
}

// Breaks with: a story of a duplicated row that says neither that it was sent again nor why.
static void an_attempt_is_told_before_the_answer(void **state)
{
    (void)state;
    struct story_operation operation = {
        .id = 1, .name = "insert", .answered_us = 2000000, .ok = true, .retried = true};
    struct story story = {.operations = &operation,
        .operations_count = 1,
        .end_us = 9000000,
        .events = json_pack(
            "[{s:s, s:i, s:i, s:s}]", "event", "op-failed", "id", 1, "at_us", 1000000, "error", "gone")};
    json_t *words = story_words(&story, &operation);
    assert_true(story_operation_is_notable(&operation));
    assert_string_equal(json_string_value(json_array_get(words, 1)),
        "t=1.000 s  the application is told: gone; it sends the operation again");
    json_decref(words);
    json_decref(story.events);
}

static void what_was_not_sent_is_no_hang(void **state)
{
    (void)state;
    struct story_operation operation = {.id = 1, .name = "listen", .unsupported = "listen"};
    struct story story = {.operations = &operation, .operations_count = 1, .end_us = 9000000};
    json_t *words = story_words(&story, &operation);
    assert_int_equal(json_array_size(words), 1);
    assert_string_equal(json_string_value(json_array_get(words, 0)),
        "t=0.000 s  listen 1 is not sent: the adapter does not know `listen`");
    json_decref(words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_write_has_its_word),
        cmocka_unit_test(an_attempt_is_told_before_the_answer),
        cmocka_unit_test(what_was_not_sent_is_no_hang),
    };
    return cmocka_run_group_tests_name("story_ledger", tests, NULL, NULL);
}
