// plan.json: what a cell keeps there, and what is refused.
#include "tests/unit/plan/plan_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static json_t *stored_cell(const char *subject)
{
    struct error error = {0};
    const char *const subjects[WORDS_MAX] = {subject};
    struct plan *plan = resolve_words((const char *const[WORDS_MAX]){"steady"}, subjects, 1, 1, &error);
    assert_non_null(plan);
    plan->cells[0]->seed = INT64_MAX;
    plan->cells[0]->lab = LAB_NATIVE;
    json_t *json = cell_to_json(plan->cells[0]);
    assert_non_null(json);
    plan_free(plan);
    return json;
}

static void test_json_gives_the_same_cell(void **state)
{
    static const char *const subjects[] = {"alpha:checked", "@other/delta.yaml", "beta:plain"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct error error = {0};
        json_t *json = stored_cell(subjects[i]);
        struct cell *cell = cell_from_json(json, &error);
        assert_string_equal(error.text, "");
        assert_string_equal(json_string_value(json_object_get(json, "schema")), "hangup-plan/1");
        assert_string_equal(cell->strategy_class, i == 0 ? "pre-ping" : "none");
        assert_int_equal(cell->missing != NULL, i == 1);
        assert_true(cell->seed == INT64_MAX);
        assert_int_equal(cell->lab, LAB_NATIVE);
        assert_int_equal(cell->scenario->expectations[0].line, 5);
        json_t *again = cell_to_json(cell);
        assert_true(json_equal(json, again));
        cell_free(cell);
        json_decref(again);
        json_decref(json);
    }
}

static void test_broken_json(void **state)
{
    static const struct {
        const char *key, *value, *message;
    } cases[] = {
        {"schema", "\"hangup-plan/2\"", "plan.json: schema 'hangup-plan/2': expected hangup-plan/1"},
        {"lab", "\"moon\"", "plan.json: unknown lab 'moon'"},
        {"cell", "5", "plan.json: Expected string, got integer"},
        {"command", "[]", "plan.json: command: expected a list with a program"},
        {"command", "[5]", "plan.json: command: expected texts"},
        {"differs", "[5]", "plan.json: differs: expected texts"},
        {"stop", "-2", "plan.json: stop: expected a number, or -1"},
        {"via", "5", "plan.json: via: expected 3 stops at most before `stop`"},
        {"via", "[{\"stop\": 1, \"until_us\": 5}]", "plan.json: via: expected 3 stops at most before `stop`"},
        {"scenario", "[]", "plan.json: scenario: Expected object, got array"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct error error = {0};
        json_t *json = stored_cell("alpha:none");
        json_object_set_new(json, cases[i].key, json_loads(cases[i].value, JSON_DECODE_ANY, NULL));
        assert_null(cell_from_json(json, &error));
        assert_string_equal(error.text, cases[i].message);
        json_decref(json);
    }
}

static void test_a_stop_is_kept(void **state)
{
    (void)state;
    struct error error = {0};
    json_t *json = stored_cell("alpha:none");
    assert_null(json_object_get(json, "stop")); // what stops nowhere says nothing of it
    json_object_set_new(json, "stop", json_integer(12));
    struct cell *cell = cell_from_json(json, &error);
    assert_string_equal(error.text, "");
    assert_int_equal(cell->stop, 12);
    json_t *again = cell_to_json(cell);
    assert_true(json_equal(json, again));
    json_decref(again);
    json_decref(json);
    cell_free(cell);
}

static void test_earlier_stops_are_kept(void **state)
{
    static const struct {
        const char *via, *message;
        int64_t stop;
    } wrong[] = {
        {"[5]", "plan.json: via: expected stops in order, each with its until_us", 12},
        {"[{\"stop\": 3, \"until_us\": 5}, {\"stop\": 3, \"until_us\": 6}]",
            "plan.json: via: expected stops in order, each with its until_us", 12},
        {"[{\"stop\": 12, \"until_us\": 5}]", "plan.json: via: expected 3 stops at most before `stop`", 12},
    };
    (void)state;
    struct error error = {0};
    json_t *json = stored_cell("alpha:none");
    json_object_set_new(json, "stop", json_integer(12));
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct error why = {0};
        json_object_set_new(json, "via", json_loads(wrong[i].via, 0, NULL));
        assert_null(cell_from_json(json, &why));
        assert_string_equal(why.text, wrong[i].message);
    }
    json_object_set_new(
        json, "via", json_loads("[{\"stop\": 1, \"until_us\": 5}, {\"stop\": 4, \"until_us\": 6}]", 0, NULL));
    struct cell *cell = cell_from_json(json, &error);
    assert_string_equal(error.text, "");
    assert_int_equal(cell_levels(cell), 3);
    assert_int_equal(cell_stop_at(cell, 0), STOP_AT_ZERO);
    assert_int_equal(cell_stop_at(cell, 1), 4);
    assert_int_equal(cell_stop_at(cell, 2), 12);
    assert_int_equal(cell_stop_at(cell, 3), STOP_EVERYWHERE);
    json_t *again = cell_to_json(cell);
    assert_true(json_equal(json, again));
    json_decref(again);
    json_decref(json);
    cell_free(cell);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_gives_the_same_cell),
        cmocka_unit_test(test_broken_json),
        cmocka_unit_test(test_a_stop_is_kept),
        cmocka_unit_test(test_earlier_stops_are_kept),
    };
    return cmocka_run_group_tests_name("plan_json", tests, plan_project_make, plan_project_remove);
}
