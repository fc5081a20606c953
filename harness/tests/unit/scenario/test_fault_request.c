// A fault that is asked for: the same words as a scenario's, read by the same reader.
#include "scenario/fault_request.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool read_text(const char *text, struct fault_spec *spec, struct error *error)
{
    json_t *request = json_loads(text, 0, NULL);
    assert_non_null(request);
    bool good = fault_request_read(request, spec, error);
    json_decref(request);
    return good;
}

// Breaks with: an option that is lost, a default that hits only one direction.
static void requests_are_faults(void **state)
{
    (void)state;
    static const struct {
        const char *text, *described;
        size_t options;
    } cases[] = {
        {"{\"kind\": \"silence\"}", "silence both", 0},
        {"{\"kind\": \"silence\", \"argument\": null, \"options\": {\"for\": \"1.5min\"}}",
            "silence both for 90s", 0},
        {"{\"kind\": \"silence\", \"argument\": \"to-db\", \"options\": {}}", "silence to-db", 0},
        {"{\"kind\": \"client\", \"argument\": \"freeze\", \"options\": {\"for\": \"10ms\"}}",
            "client freeze for 10ms", 0},
        {"{\"kind\": \"rst\", \"argument\": \"to-app\", \"options\": {\"connections\": \"newest\"}}",
            "rst to-app", 1},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fault_spec spec;
        struct error error = {0};
        assert_true(read_text(cases[i].text, &spec, &error));
        char *described = fault_request_describe(&spec);
        assert_string_equal(described, cases[i].described);
        assert_int_equal(spec.options_count, cases[i].options);
        free(described);
        fault_request_free(&spec);
    }
}

// Breaks with: a message with a place in a file that nobody wrote, words that can leave their quotes.
static void what_is_wrong_is_said_as_in_a_scenario(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"{}", "kind: expected a text"},
        {"{\"kind\": \"silense\"}",
            "unknown key or fault 'silense' (did you mean 'silence'?): expected one of "},
        {"{\"kind\": \"silence\", \"argument\": \"up\"}", "unknown silence argument 'up'"},
        {"{\"kind\": \"server\"}", "server: which? `hangup list faults` lists what it can be"},
        {"{\"kind\": \"silence\", \"options\": {\"for\": \"3\"}}", "'3': the unit is missing"},
        {"{\"kind\": \"silence\", \"options\": {\"for\": 3}}", "for: expected a text"},
        {"{\"kind\": \"silence\", \"options\": {\"fro\": \"3s\"}}",
            "unknown silence option 'fro' (did you mean 'for'?)"},
        {"{\"kind\": \"silence\", \"options\": {\"at\": \"3s\"}}",
            "at: a fault that is asked for happens at once"},
        {"{\"kind\": \"silence\", \"argument\": \"both', for: '3s\"}",
            "unknown silence argument 'both', for: '3s'"},
        {"{\"kind\": \"silence\", \"options\": {\"silence\": \"both\"}}", "duplicate key 'silence'"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct fault_spec spec;
        struct error error = {0};
        assert_false(read_text(cases[i].text, &spec, &error));
        assert_int_equal(error.category, ERROR_INPUT);
        error.text[strlen(cases[i].says)] = '\0';
        assert_string_equal(error.text, cases[i].says);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_faults),
        cmocka_unit_test(what_is_wrong_is_said_as_in_a_scenario),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
