// Scenarios: what is read of a file, with its name, its defaults and the words for its operations.
#include "tests/unit/scenario/scenario_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_everything_is_read(void **state)
{
    (void)state;
    struct scenario *scenario = scenario_of_yaml(PATH, scenario_full);
    assert_scenario_full(scenario);
    scenario_free(scenario);
}

static void test_defaults(void **state)
{
    (void)state;
    struct scenario *scenario = scenario_of_yaml(PATH, GOOD);
    const struct network network = {.rtt_us = 10000};
    assert_network(&scenario->network, &network);
    assert_int_equal(scenario->pool.size, 2);
    assert_int_equal(scenario->pool.workers, 1);
    assert_int_equal(scenario->faults_count, 0);
    assert_int_equal(scenario->reproduces_count, 0);
    assert_false(scenario->must_fail);
    assert_int_equal(scenario->best, IMPACT_CLEAN);
    scenario_free(scenario);
}

static void test_names(void **state)
{
    static const struct {
        const char *path, *name;
    } cases[] = {
        {"scenarios/idle/hung-up.yaml", "idle/hung-up"},
        {"/home/scenarios/project/scenarios/a.yaml", "a"},
        {"my-scenarios/idle/hung-up.yaml", "hung-up"},
        {"/tmp/x.yaml", "x"},
        {"x", "x"},
        {"x.yml", "x.yml"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct scenario *scenario = scenario_of_yaml(cases[i].path, GOOD);
        assert_string_equal(scenario->name, cases[i].name);
        assert_string_equal(scenario->path, cases[i].path);
        scenario_free(scenario);
    }
    assert_refused("a b.yaml", GOOD, " a scenario's file name consists of letters, digits, '-', '_' and '.'");
    assert_refused("/tmp/", GOOD, " a scenario's file name consists of letters, digits, '-', '_' and '.'");
}

static void test_best_is_an_impact(void **state)
{
    (void)state;
    struct scenario *scenario = scenario_of_yaml(PATH, GOOD "best: errors\n");
    assert_int_equal(scenario->best, IMPACT_ERRORS);
    scenario_free(scenario);
    assert_refused(PATH, GOOD "best: error\n",
        "6:7: unknown impact 'error' (did you mean 'errors'?): expected one of clean, delayed, errors, stuck, data");
}

static void test_must_fail_is_for_controls(void **state)
{
    (void)state;
    struct scenario *scenario = scenario_of_yaml("scenarios/selftest/x.yaml", GOOD "must_fail: true\n");
    assert_true(scenario->must_fail);
    scenario_free(scenario);
    scenario = scenario_of_yaml("selftest/x.yaml", GOOD "must_fail: false\n");
    assert_false(scenario->must_fail);
    scenario_free(scenario);
    static const char refused[] = "6:12: must_fail is for negative controls: expected a file below selftest/";
    static const char yaml[] = GOOD "must_fail: true\n";
    assert_refused(PATH, yaml, refused);
    assert_refused("scenarios/noselftest/x.yaml", yaml, refused);
    static const char wrong[] = GOOD "must_fail: yes\n";
    assert_refused("selftest/x.yaml", wrong, "6:12: 'yes': expected true or false");
}

static void test_files(void **state)
{
    (void)state;
    struct error error = {0};
    assert_null(scenario_read("/nowhere/x.yaml", &error));
    assert_string_equal(error.text, "/nowhere/x.yaml: No such file or directory");
    assert_int_equal(error.category, ERROR_INPUT);
    assert_null(scenario_read("scenarios", &error));
    assert_string_equal(error.text, "scenarios: Is a directory");
    assert_null(scenario_read("/dev/zero", &error));
    assert_string_equal(error.text, "/dev/zero: larger than 64 KB");
}

static void test_operations(void **state)
{
    (void)state;
    enum operation operation;
    for (int i = 0; i < OPERATIONS; i++) {
        assert_true(operation_by_name(operation_name((enum operation)i), &operation));
        assert_int_equal(operation, i);
    }
    assert_true(operation_writes(OPERATION_TRANSACTION));
    assert_false(operation_writes(OPERATION_WAIT));
    assert_false(operation_by_name("nap", &operation));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_is_read),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_best_is_an_impact),
        cmocka_unit_test(test_must_fail_is_for_controls),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_operations),
    };
    return cmocka_run_group_tests_name("scenario_read", tests, NULL, NULL);
}
