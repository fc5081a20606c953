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

static const struct row rows[] = {
    {INSERT ROW("1-1", 1) READ, true, 0, NULL},
    {INSERT ROW("1-1", 1) READ, false, WRITE_IN_DOUBT,
        "the ledger: its row is in the database, and the application was told an error: in doubt"},
    {INSERT READ, false, 0, "the ledger: its row is not in the database"},
    {INSERT READ, true, WRITE_LOST,
        "the ledger: its row is not in the database, and the application was told ok: lost"},
    {INSERT ROW("1-1", 2) READ, true, WRITE_DUPLICATED,
        "the ledger: its row is 2 times in the database: duplicated"},
    {BOTH ROW("1-1b", 1) READ, false, WRITE_TORN,
        "the ledger: 1 of its 2 rows are in the database, and the application was told an error: torn"},
    {BOTH ROW("1-1", 1) ROW("1-1b", 1) READ, false, WRITE_IN_DOUBT,
        "the ledger: its rows are in the database, and the application was told an error: in doubt"},
    {BOTH READ, true, WRITE_LOST,
        "the ledger: its rows are not in the database, and the application was told ok: lost"},
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
        assert_string_equal(strstr(last, "the ledger"), row->words);
    else
        assert_null(strstr(last, "the ledger"));
    json_decref(words);
    json_decref(story.events);
}

static void each_write_has_its_word(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        expect_row(&rows[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_write_has_its_word)};
    return cmocka_run_group_tests_name("story_ledger", tests, NULL, NULL);
}
