// scenarios/schema.json: it is what the reader's tables make it, and knows the keys that the reader knows.
#include "scenario/schema.h"
#include "tests/unit/scenario/scenario_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void the_committed_file_is_current(void **state)
{
    (void)state;
    char written[65536];
    FILE *file = fopen("scenarios/schema.json", "re");
    assert_non_null(file);
    written[fread(written, 1, sizeof(written) - 1, file)] = '\0';
    fclose(file);
    json_t *schema = scenario_schema();
    char *text = json_dumps(schema, JSON_INDENT(2));
    assert_non_null(text);
    size_t length = strlen(text);
    if (strncmp(written, text, length) != 0 || strcmp(written + length, "\n") != 0)
        fail_msg("stale: build/hangup schema >scenarios/schema.json");
    free(text);
    json_decref(schema);
}

// What the reader expects where it finds the key `nonsense`: the end of its message.
static void expect_keys(const char *yaml, const json_t *mapping)
{
    struct error error;
    struct scenario *scenario = scenario_parse(PATH, yaml, strlen(yaml), &error);
    assert_null(scenario);
    const json_t *properties = json_object_get(mapping, "properties");
    char *rest = strstr(error.text, "expected one of ");
    if (rest == NULL)
        fail_msg("no list of keys: %s", error.text);
    rest += strlen("expected one of ");
    size_t count = 0;
    for (const char *key; (key = strtok_r(rest, ", ", &rest)) != NULL; count++)
        if (json_object_get(properties, key) == NULL)
            fail_msg("the schema does not know '%s'", key);
    if (json_object_size(properties) != count)
        fail_msg(
            "the schema knows %zu keys, the reader %zu: %s", json_object_size(properties), count, error.text);
}

static void every_key_is_the_readers(void **state)
{
    (void)state;
    json_t *schema = scenario_schema(), *properties = json_object_get(schema, "properties");
    const json_t *definitions = json_object_get(schema, "$defs");
    expect_keys("nonsense: 1\n", schema);
    expect_keys(CLAIM "network: {nonsense: 1}\n", json_object_get(properties, "network"));
    expect_keys(CLAIM "network: {rtt: 10ms, flow_table: {nonsense: 1}}\n",
        json_object_get(definitions, "flow_table"));
    expect_keys(GOOD "pool: {nonsense: 1}\n", json_object_get(properties, "pool"));
    expect_keys(CLAIM "workload: [{nonsense: 1}]\n",
        json_object_get(json_object_get(properties, "workload"), "items"));
    expect_keys(TOP "expect: {any: {nonsense: 1}}\n", json_object_get(definitions, "expectations"));
    json_decref(schema);
}

// Breaks with: a metric or a word beside them that the manual of the language does not name.
static void every_expectation_is_in_the_manual(void **state)
{
    (void)state;
    static char manual[65536];
    FILE *file = fopen("scenarios/README.md", "re");
    assert_non_null(file);
    manual[fread(manual, 1, sizeof(manual) - 1, file)] = '\0';
    fclose(file);
    json_t *schema = scenario_schema(), *definitions = json_object_get(schema, "$defs");
    const char *key;
    json_t *value;
    json_object_foreach(
        json_object_get(json_object_get(definitions, "expectations"), "properties"), key, value)
    {
        char quoted[64];
        snprintf(quoted, sizeof(quoted), "`%s`", key);
        if (strstr(manual, quoted) == NULL)
            fail_msg("scenarios/README.md does not name %s", quoted);
    }
    json_decref(schema);
}

// Two kinds may share an option: then they share its words.
static void every_word_of_a_fault_is_in_it(void **state)
{
    (void)state;
    json_t *schema = scenario_schema();
    const json_t *fault = json_object_get(json_object_get(schema, "$defs"), "fault");
    const json_t *properties = json_object_get(fault, "properties");
    for (size_t i = 0; fault_kinds[i] != NULL; i++) {
        for (const struct fault_option_kind *option = fault_kinds[i]->options; option && option->name;
            option++) {
            const json_t *words = json_object_get(json_object_get(properties, option->name), "enum");
            if ((words != NULL) != (option->type == FAULT_OPTION_WORD))
                fail_msg("%s of %s: another type elsewhere", option->name, fault_kinds[i]->name);
            for (size_t j = 0; option->words != NULL && option->words[j] != NULL; j++)
                assert_string_equal(json_string_value(json_array_get(words, j)), option->words[j]);
            const char *text = json_string_value(
                json_object_get(json_object_get(properties, option->name), "description"));
            assert_non_null(strstr(text, option->summary));
            assert_non_null(strstr(text, fault_kinds[i]->name));
        }
    }
    json_decref(schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_committed_file_is_current),
        cmocka_unit_test(every_key_is_the_readers),
        cmocka_unit_test(every_expectation_is_in_the_manual),
        cmocka_unit_test(every_word_of_a_fault_is_in_it),
    };
    return cmocka_run_group_tests_name("scenario_schema", tests, NULL, NULL);
}
