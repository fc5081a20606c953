// The words beside the metrics: whatever the table has is read, kept in plan.json and known to the schema.
#include "scenario/schema.h"
#include "tests/unit/scenario/scenario_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

// Breaks with: a kind in the middle of the enum that has no row, or a word that is a metric's name as well.
static void every_word_is_found_by_its_name(void **state)
{
    (void)state;
    const char *words[EXPECTATION_KINDS];
    assert_int_equal(expectation_words(words), EXPECTATION_KINDS - 1);
    for (int i = EXPECT_RANGE + 1; i < EXPECTATION_KINDS; i++) {
        enum expectation_kind found = EXPECT_RANGE;
        enum metric metric;
        const char *word = expectation_word((enum expectation_kind)i);
        assert_non_null(word);
        assert_non_null(expectation_word_summary((enum expectation_kind)i));
        assert_ptr_equal(words[i - 1], word);
        assert_true(expectation_by_word(word, &found));
        assert_int_equal(found, i);
        assert_false(metric_by_name(word, &metric));
    }
    enum expectation_kind found;
    assert_false(expectation_by_word("errors", &found));
    assert_null(expectation_word(EXPECT_RANGE));
}

static void assert_two_texts(const struct scenario *scenario, enum expectation_kind kind)
{
    assert_int_equal(scenario->expectations_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct expectation *expectation = &scenario->expectations[i];
        assert_int_equal(expectation->kind, kind);
        assert_string_equal(expectation->strategy, "none");
        assert_string_equal(expectation->text, i == 0 ? "a" : "b: c");
        assert_string_equal(expectation_key(expectation), expectation_word(kind));
        assert_int_equal(expectation->column, i == 0 ? 20 : 23);
    }
}

// Breaks with: a reader or a writer that knows `says` only.
static void every_word_is_read_and_kept(void **state)
{
    (void)state;
    for (int i = EXPECT_RANGE + 1; i < EXPECTATION_KINDS; i++) {
        const enum expectation_kind kind = (enum expectation_kind)i;
        char yaml[512];
        struct error error = {0};
        snprintf(yaml, sizeof(yaml), TOP "expect:\n  none:\n    ? %s\n    :             [a, 'b: c']\n",
            expectation_word(kind));
        struct scenario *scenario = scenario_of_yaml(PATH, yaml);
        assert_two_texts(scenario, kind);
        json_t *json = scenario_to_json(scenario);
        struct scenario *again = scenario_from_json(json, &error);
        assert_string_equal(error.text, "");
        assert_two_texts(again, kind);
        json_decref(json);
        scenario_free(scenario);
        scenario_free(again);
    }
}

static void every_word_is_in_the_schema(void **state)
{
    (void)state;
    json_t *schema = scenario_schema();
    const json_t *properties = json_object_get(
        json_object_get(json_object_get(schema, "$defs"), "expectations"), "properties");
    for (int i = EXPECT_RANGE + 1; i < EXPECTATION_KINDS; i++) {
        const enum expectation_kind kind = (enum expectation_kind)i;
        const json_t *description = json_object_get(
            json_object_get(properties, expectation_word(kind)), "description");
        assert_string_equal(json_string_value(description), expectation_word_summary(kind));
    }
    json_decref(schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_is_found_by_its_name),
        cmocka_unit_test(every_word_is_read_and_kept),
        cmocka_unit_test(every_word_is_in_the_schema),
    };
    return cmocka_run_group_tests_name("expectation", tests, NULL, NULL);
}
