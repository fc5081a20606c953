// scenarios/schema.json against what the parser knows.
#include "tests/unit/scenario/scenario_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void check_schema_of_fault(const json_t *properties, const struct fault_kind *kind)
{
    if (json_object_get(properties, kind->name) == NULL)
        fail_msg("schema.json does not know '%s'", kind->name);
    const json_t *arguments = json_object_get(json_object_get(properties, kind->name), "enum");
    for (size_t i = 0; kind->arguments[i] != NULL; i++) {
        const char *word = json_string_value(json_array_get(arguments, i));
        if (word == NULL || strcmp(word, kind->arguments[i]) != 0)
            fail_msg("schema.json does not know '%s: %s'", kind->name, kind->arguments[i]);
    }
    for (const struct fault_option_kind *option = kind->options; option != NULL && option->name; option++)
        if (json_object_get(properties, option->name) == NULL)
            fail_msg("schema.json does not know '%s' of '%s'", option->name, kind->name);
}

// Editors are told of the same keys and metrics as the parser knows.
static void test_schema_is_in_step(void **state)
{
    (void)state;
    json_t *schema = json_load_file("scenarios/schema.json", 0, NULL);
    assert_non_null(schema);
    const json_t *properties = json_object_get(schema, "properties");
    char keys[sizeof(TOP_KEYS)] = TOP_KEYS, *rest = keys;
    size_t count = 0;
    for (const char *key; (key = strtok_r(rest, ", ", &rest)) != NULL; count++) {
        if (json_object_get(properties, key) == NULL)
            fail_msg("schema.json does not know '%s'", key);
    }
    assert_int_equal(json_object_size(properties), count);
    const json_t *metrics = json_object_get(json_object_get(schema, "$defs"), "expectations");
    metrics = json_object_get(metrics, "properties");
    for (int i = 0; i < METRIC_KINDS; i++) {
        if (json_object_get(metrics, metric_name((enum metric)i)) == NULL)
            fail_msg("schema.json does not know '%s'", metric_name((enum metric)i));
    }
    assert_int_equal(json_object_size(metrics), METRIC_KINDS + 1); // and `says`
    const json_t *fault = json_object_get(json_object_get(schema, "$defs"), "fault");
    for (size_t i = 0; fault_kinds[i] != NULL; i++)
        check_schema_of_fault(json_object_get(fault, "properties"), fault_kinds[i]);
    json_decref(schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schema_is_in_step),
    };
    return cmocka_run_group_tests_name("scenario_schema", tests, NULL, NULL);
}
