// Scenarios as JSON, as plan.json holds them: there and back, and what is broken is refused.
#include "tests/unit/scenario/scenario_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void test_json_gives_the_same_scenario(void **state)
{
    (void)state;
    struct error error = {0};
    struct scenario *scenario = scenario_of_yaml("x/selftest/full.yaml", scenario_full), *again;
    scenario->must_fail = true;
    scenario->best = IMPACT_STUCK;
    json_t *json = scenario_to_json(scenario);
    assert_non_null(json);
    again = scenario_from_json(json, &error);
    assert_string_equal(error.text, "");
    assert_string_equal(again->name, scenario->name);
    assert_string_equal(again->path, scenario->path);
    assert_true(again->must_fail);
    assert_int_equal(again->best, IMPACT_STUCK);
    assert_scenario_full(again);
    json_t *json_again = scenario_to_json(again);
    assert_true(json_equal(json, json_again));
    json_decref(json);
    json_decref(json_again);
    scenario_free(scenario);
    scenario_free(again);
}

// A plan keeps what stands in the path. Breaks with: a key that is written and not read, or the other way
// round.
static void test_json_keeps_the_legs(void **state)
{
    static const char *const networks[] = {"proxy: {idle: 350s, then: rst}",
        "proxy: {idle: 1h, then: silence}", "pooler: pgbouncer", "pooler: pgbouncer-transaction"};
    (void)state;
    for (size_t i = 0; i < sizeof(networks) / sizeof(*networks); i++) {
        struct error error = {0};
        char yaml[400];
        snprintf(yaml, sizeof(yaml),
            "claim: a\nnetwork: {rtt: 10ms, %s}\nworkload: [{at: 0s, insert: 1}]\nrun_for: 10s\n"
            "expect: {any: {errors: 0}}\n",
            networks[i]);
        struct scenario *scenario = scenario_of_yaml(PATH, yaml);
        json_t *json = scenario_to_json(scenario), *network = json_object_get(json, "network");
        struct scenario *again = scenario_from_json(json, &error);
        assert_string_equal(error.text, "");
        assert_int_equal(again->network.proxy.idle_us, scenario->network.proxy.idle_us);
        assert_int_equal(again->network.proxy.then, scenario->network.proxy.then);
        assert_int_equal(again->network.pooler, scenario->network.pooler);
        assert_true(network_has_legs(&again->network));
        scenario_free(again);
        json_object_set_new(network, "pooler", json_string("nap"));
        assert_null(scenario_from_json(json, &error));
        assert_string_equal(error.text, "pooler: unknown 'nap'");
        json_object_del(network, "pooler");
        json_object_set_new(network, "proxy", json_pack("{s:i, s:s}", "idle_us", 1, "then", "fin"));
        assert_null(scenario_from_json(json, &error));
        assert_string_equal(error.text, "proxy: idle_us out of range");
        json_decref(json);
        scenario_free(scenario);
    }
}

// Each change makes a stored scenario wrong; it must be refused, not believed.
static void test_broken_json(void **state)
{
    static const struct {
        const char *path[3]; // keys, or indexes as digits
        const char *value;
        const char *message;
    } cases[] = {
        {{"claim"}, "5", "scenario: Expected string, got integer"},
        {{"run_for_us"}, "-1", "run_for_us: a time out of range"},
        {{"faults", "0", "kind"}, "\"nap\"", "faults: unknown kind 'nap'"},
        {{"faults", "0", "argument"}, "\"up\"", "faults: unknown rst argument 'up'"},
        {{"faults", "0", "options"}, "{\"wen\": \"now\"}", "faults: rst has no option 'wen'"},
        {{"faults", "0", "options"}, "{\"when_us\": 5}", "faults: rst has no option 'when_us'"},
        {{"faults", "0", "options"}, "{\"when\": 1}", "faults: rst: not a value of 'when'"},
        {{"faults", "0", "options"}, "{\"when\": \"later\"}", "faults: rst: not a value of 'when'"},
        {{"faults", "0", "for_us"}, "\"x\"", "expected an integer or null"},
        {{"faults", "2", "for_us"}, "-1", "faults: a time out of range"},
        {{"faults", "0", "at_us"}, "9223372036854775807", "faults: a time out of range"},
        {{"network", "flow_table"}, "5", "flow_table: Expected object, got integer"},
        {{"network", "flow_table", "then"}, "\"nap\"", "flow_table: unknown then 'nap'"},
        {{"network", "flow_table", "idle_us"}, "1", "flow_table: idle_us out of range"},
        {{"network", "flow_table", "age_us"}, "1", "flow_table: age_us or size out of range"},
        {{"network", "flow_table", "size"}, "-1", "flow_table: age_us or size out of range"},
        {{"workload", "0", "operation"}, "\"nap\"", "workload: unknown operation 'nap'"},
        {{"workload", "0", "count"}, "0", "workload: a count out of range"},
        {{"workload", "0", "every_us"}, "-5", "workload: a time out of range"},
        {{"workload", "2", "takes_us"}, "-5", "workload: a time out of range"},
        {{"workload", "4", "size_bytes"}, "-5", "workload: a size out of range"},
        {{"pool", "conninfo"}, "\"port=1\"", "pool: conninfo: 'port' is set by the lab"},
        {{"expect", "0", "metric"}, "\"nap\"", "expect: unknown metric 'nap'"},
        {{"expect", "0", "low"}, "7", "expect: lost: not a range"},
        {{"expect", "1", "high_us"}, "null", "expect: slowest: not a range"},
        {{"expect", "0"}, "5", "expect: Expected object, got integer"},
        {{"reproduces", "0"}, "5", "reproduces: Expected string, got integer"},
    };
    (void)state;
    struct scenario *scenario = scenario_of_yaml(PATH, scenario_full);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct error error = {0};
        json_t *json = scenario_to_json(scenario), *at = json;
        json_t *value = json_loads(cases[i].value, JSON_DECODE_ANY, NULL);
        const char *const *key = cases[i].path;
        for (; key < cases[i].path + 2 && key[1] != NULL; key++)
            at = json_is_array(at) ? json_array_get(at, strtoul(*key, NULL, 10)) : json_object_get(at, *key);
        if (json_is_array(at))
            assert_int_equal(json_array_set_new(at, strtoul(*key, NULL, 10), value), 0);
        else
            assert_int_equal(json_object_set_new(at, *key, value), 0);
        assert_null(scenario_from_json(json, &error));
        assert_string_equal(error.text, cases[i].message);
        json_decref(json);
    }
    scenario_free(scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_gives_the_same_scenario),
        cmocka_unit_test(test_json_keeps_the_legs),
        cmocka_unit_test(test_broken_json),
    };
    return cmocka_run_group_tests_name("scenario_json", tests, NULL, NULL);
}
