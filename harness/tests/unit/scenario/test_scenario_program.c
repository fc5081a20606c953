// What hangup exec takes from a scenario: half a file, none, and the words of --fault.
#include "scenario/program.h"

#include "base/duration.h"
#include "scenario/fault_request.h"
#include "tests/unit/base/temporary_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct scenario *read_yaml(const char *yaml, struct error *error)
{
    char path[] = "/tmp/hangup-test-XXXXXX";
    temporary_file(path, yaml, strlen(yaml));
    struct scenario *scenario = scenario_read_for_program(path, error);
    unlink(path);
    return scenario;
}

// Breaks with: a section that a program has no use for and that is asked for all the same; a plan.json that
// cannot be read again.
static void network_and_faults_are_enough(void **state)
{
    (void)state;
    static const struct {
        const char *yaml;
        int64_t rtt_us;
        size_t faults;
    } cases[] = {
        {"network: {rtt: 40ms}\nfaults:\n  - {at: 60s, silence: both, for: 30s}\n", 40 * US_PER_MS, 1},
        {"faults:\n  - {at: 60s, server: kill-backend}\n  - {at: 10000s, rst: to-app}\n", 10 * US_PER_MS, 2},
        {"network: {rtt: 1ms, flow_table: {idle: 60s, then: silence}}\n", US_PER_MS, 0},
        {"claim: It is.\nnetwork: {rtt: 1ms}\nrun_for: 5s\n", US_PER_MS, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct error error = {0};
        struct scenario *scenario = read_yaml(cases[i].yaml, &error);
        assert_non_null(scenario);
        assert_int_equal(scenario->network.rtt_us, cases[i].rtt_us);
        assert_int_equal(scenario->faults_count, cases[i].faults);
        json_t *json = scenario_to_json(scenario);
        struct scenario *again = scenario_from_json(json, &error);
        assert_non_null(again);
        assert_int_equal(again->faults_count, cases[i].faults);
        scenario_free(again);
        json_decref(json);
        scenario_free(scenario);
    }
}

// Breaks with: a typo that is passed over because nothing is required.
static void a_wrong_key_is_wrong_all_the_same(void **state)
{
    (void)state;
    struct error error = {0};
    assert_null(read_yaml("fault:\n  - {at: 60s, silence: both}\n", &error));
    assert_non_null(strstr(error.text, ":1:1: unknown key 'fault' (did you mean 'faults'?)"));
}

static void calm_is_ten_milliseconds_and_nothing_else(void **state)
{
    (void)state;
    struct error error = {0};
    struct scenario *scenario = scenario_calm(&error);
    assert_non_null(scenario);
    assert_string_equal(scenario->name, "calm");
    assert_int_equal(scenario->network.rtt_us, 10 * US_PER_MS);
    assert_int_equal(scenario->faults_count, 0);
    scenario_free(scenario);
}

// Breaks with: an argument that is taken for an option or the reverse, a fault out of its order, a number
// that is another fault's.
static void faults_of_the_command_line_stand_in_order(void **state)
{
    (void)state;
    static const char *const added[] = {"60s silence both for 30s", "10s silence for 5s",
        " 90s  server kill-backend ", "60s degrade both delay 5ms for 1min",
        "1h rst to-app connections newest"};
    static const struct {
        int64_t at_s;
        const char *text;
    } expected[] = {{10, "silence both for 5s"}, {60, "silence both for 30s"}, {60, "degrade both for 60s"},
        {90, "server kill-backend"}, {3600, "rst to-app"}};
    struct error error = {0};
    struct scenario *scenario = read_yaml("network: {rtt: 1ms}\nrun_for: 5s\n", &error);
    assert_non_null(scenario);
    for (size_t i = 0; i < sizeof(added) / sizeof(added[0]); i++)
        assert_true(scenario_add_fault(scenario, added[i], &error));
    assert_int_equal(scenario->faults_count, sizeof(expected) / sizeof(expected[0]));
    for (size_t i = 0; i < scenario->faults_count; i++) {
        char *text = fault_request_describe(&scenario->faults[i]);
        assert_string_equal(text, expected[i].text);
        assert_int_equal(scenario->faults[i].at_us, expected[i].at_s * US_PER_S);
        assert_int_equal(scenario->faults[i].index, i);
        free(text);
    }
    assert_true(scenario->run_for_us > 3600 * US_PER_S);
    scenario_free(scenario);
}

// Breaks with: a message that does not say which --fault, or what was expected.
static void a_wrong_fault_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "--fault '': expected TIME FAULT [ARGUMENT] [for DURATION], as in '60s silence both for 30s'"},
        {"silence both", "--fault 'silence both': 'silence' is no time: "},
        {"60 silence", "--fault '60 silence': '60' is no time: the unit is missing"},
        {"60s", "--fault '60s': which fault? expected TIME FAULT"},
        {"60s silense", "unknown key or fault 'silense' (did you mean 'silence'?)"},
        {"60s silence bth", "unknown silence argument 'bth' (did you mean 'both'?)"},
        {"60s silence both 30s", "--fault '60s silence both 30s': '30s': a value is missing"},
        {"60s silence both for 30s for 1s", "'for' stands there twice"},
        {"60s silence both for 0s", "expected a duration above 0"},
        {"60s silence both fro 30s", "'fro'"},
        {"60s server", "server: which? `hangup list faults` lists what it can be"},
        {"60s flow_table flush", "'flow_table: flush' needs a flow_table in the network section"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct error error = {0};
        struct scenario *scenario = scenario_calm(&error);
        assert_non_null(scenario);
        assert_false(scenario_add_fault(scenario, cases[i].text, &error));
        assert_int_equal(error.category, ERROR_INPUT);
        if (strstr(error.text, cases[i].says) == NULL)
            fail_msg("%s", error.text);
        assert_int_equal(scenario->faults_count, 0);
        scenario_free(scenario);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(network_and_faults_are_enough),
        cmocka_unit_test(a_wrong_key_is_wrong_all_the_same),
        cmocka_unit_test(calm_is_ten_milliseconds_and_nothing_else),
        cmocka_unit_test(faults_of_the_command_line_stand_in_order),
        cmocka_unit_test(a_wrong_fault_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
