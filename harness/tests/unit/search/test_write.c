// What is written reads as the same scenario.
#include "search/write.h"

#include "search/shape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char everything[] =
    "claim: x\n"
    "network: {rtt: 10ms, jitter: 1.25ms, loss: \"0.1%\", duplicate: \"12.3456%\", reorder: \"1%\", corrupt: \"0.0001%\",\n"
    "  rate: 1234567bit, flow_table: {idle: 350s, then: rst-both, age: 900s, size: 12}}\n"
    "pool: {size: 3, workers: 2, conninfo: \"application_name='a b' tcp_user_timeout=5000\"}\n"
    "workload:\n"
    "  - {at: 10.000001s, insert: 5, every: 100ms}\n"
    "  - {at: 11s, wait: 1, takes: 30s}\n"
    "  - {at: 12s, transaction: 1, pause: 5s, then: 2, within: 7s, retries: 2, once: true}\n"
    "  - {at: 13s, bulk: 1, size: 1234b}\n"
    "faults:\n"
    "  - {at: 1s, silence: to-app, for: 3.5s, connections: oldest}\n"
    "  - {at: 2s, rst: both, after: 3}\n"
    "  - {at: 3s, degrade: both, for: 1s, loss: \"20%\", delay: 7ms, rate: 10mbit}\n"
    "  - {at: 4s, mtu: both, size: 1200b}\n"
    "  - {at: 5s, flow_table: flush}\n"
    "run_for: 100s\n"
    "expect: {any: {errors: 1}}\n";

static void forget_places(json_t *json)
{
    const char *key;
    size_t i;
    json_t *value;
    static const char *const places[] = {"line", "column", "expect", "claim"};
    for (i = 0; json_is_object(json) && i < sizeof(places) / sizeof(places[0]); i++)
        json_object_del(json, places[i]);
    json_object_foreach(json, key, value)
    {
        forget_places(value);
    }
    json_array_foreach(json, i, value)
    {
        forget_places(value);
    }
}

static struct scenario *read_text(const char *text)
{
    struct error error = {0};
    struct scenario *scenario = scenario_parse("scenarios/a/b.yaml", text, strlen(text), &error);
    assert_string_equal(error.text, "");
    return scenario;
}

static void test_it_reads_as_the_same(void **state)
{
    (void)state;
    const struct scenario_file around = {.comment = "one\n\ntwo: {", .claim = "it \"says\" \\ so\n"};
    struct scenario *scenario = read_text(everything);
    char *text = scenario_write(scenario, &around);
    assert_non_null(text);
    struct scenario *again = read_text(text);
    json_t *json = scenario_to_json(scenario), *json_again = scenario_to_json(again);
    assert_string_equal(again->claim, "it \"says\" \\ so ");
    forget_places(json);
    forget_places(json_again);
    assert_true(json_equal(json, json_again));
    json_decref(json);
    json_decref(json_again);
    scenario_free(again);
    free(text);
    scenario_free(scenario);
}

// The file fails where the demand is met, and passes where it is not.
static void test_it_expects_the_contrary(void **state)
{
    static const struct {
        const char *demand, *line;
    } cases[] = {{"duplicated", "any: {duplicated: \"0\"}"}, {"errors>2", "any: {errors: \"<=2\"}"},
        {"delay>5s", "any: {delay: \"<=5s\"}"}, {"never", "any: {recovery: \"<=36000000s\"}"},
        {"stuck", "any: {hung: 0}"}};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct bar bar = {.count = 0};
        struct error error = {0};
        assert_true(bar_parse(&bar, cases[i].demand, &error));
        struct scenario *scenario = read_text(everything);
        const struct scenario_file around = {.comment = "", .claim = "x", .demand = &bar.demands[0]};
        char *text = scenario_write(scenario, &around);
        assert_non_null(strstr(text, cases[i].line));
        scenario_free(scenario);
        scenario = read_text(text);
        scenario_free(scenario);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_reads_as_the_same),
        cmocka_unit_test(test_it_expects_the_contrary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
