// The cells of a sweep: what they keep of the scenario's cell, and what is moved.
#include "sweep/cells.h"
#include "sweep/retry.h"
#include "sweep/steps.h"

#include "base/duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char yaml[] = "claim: x\nnetwork: {rtt: 10ms}\npool: {size: 1}\n"
                           "workload: [{at: 10s, insert: 1}]\n"
                           "faults: [{at: 12s, silence: both, for: 3s}, {at: 14s, rst: to-app}]\n"
                           "run_for: 60s\nexpect: {any: {errors: 1}}\n";

static struct cell *make_scenario_cell(void)
{
    static char word[] = "/bin/true", *command[] = {word, NULL};
    struct error error = {0};
    struct scenario *scenario = scenario_parse("scenarios/a/b.yaml", yaml, strlen(yaml), &error);
    assert_string_equal(error.text, "");
    struct cell *cell = cell_of_program(scenario, "pool:none", command, 7, LAB_VIRTUAL, &error);
    assert_non_null(cell);
    return cell;
}

static void test_undisturbed(void **state)
{
    struct error error = {0};
    struct cell *cell = make_scenario_cell(), *calm = sweep_undisturbed(cell, STOP_EVERYWHERE, &error);
    (void)state;
    assert_non_null(calm);
    assert_string_equal(calm->name, "exec--undisturbed");
    assert_int_equal(calm->scenario->faults_count, 0);
    assert_int_equal(calm->scenario->expectations_count, 0);
    assert_int_equal(calm->scenario->workload_count, 1);
    assert_int_equal(calm->scenario->run_for_us, 60 * US_PER_S);
    assert_int_equal(calm->stop, STOP_EVERYWHERE);
    cell_free(calm);
    cell_free(cell);
}

static void test_faults_keep_their_distance(void **state)
{
    static const struct {
        int64_t at_us, second_us, run_for_us;
    } cases[] = {
        {10 * US_PER_S + 1, 12 * US_PER_S + 1, 60 * US_PER_S}, {20 * US_PER_S, 22 * US_PER_S, 68 * US_PER_S}};
    struct cell *cell = make_scenario_cell();
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct error error = {0};
        const struct sweep_point point = {.number = 12 + i, .at_us = cases[i].at_us, .stop = 3 * (int64_t)i};
        struct cell *moved = sweep_moved(cell, &point, &error);
        assert_non_null(moved);
        assert_string_equal(moved->name, i == 0 ? "exec--0012" : "exec--0013");
        assert_int_equal(moved->scenario->faults[0].at_us, cases[i].at_us);
        assert_int_equal(moved->scenario->faults[1].at_us, cases[i].second_us);
        assert_int_equal(moved->scenario->faults[0].for_us, 3 * US_PER_S);
        assert_int_equal(moved->scenario->run_for_us, cases[i].run_for_us);
        assert_int_equal(moved->stop, 3 * i);
        cell_free(moved);
    }
    cell_free(cell);
}

// The steps: the silence, the RST, the end of the silence. Breaks with: a step that moves what has its place.
static void test_steps_follow_each_other(void **state)
{
    const struct sweep_point first = {.number = 3, .at_us = 10 * US_PER_S, .stop = 5},
                             second = {.number = 9, .at_us = 10 * US_PER_S + 7, .stop = 8};
    struct error error = {0};
    char words[SWEEP_STEP_SIZE];
    (void)state;
    struct cell *cell = make_scenario_cell(), *moved = sweep_moved(cell, &first, &error);
    assert_int_equal(sweep_steps_placed(cell), 0);
    assert_int_equal(sweep_steps_placed(moved), 1);
    assert_string_equal(sweep_step_words(moved->scenario, 0, words), "silence both");
    assert_string_equal(sweep_step_words(moved->scenario, 2, words), "the end of silence both");
    assert_string_equal(sweep_step_words(moved->scenario, 3, words), "");
    struct cell *calm = sweep_undisturbed(moved, STOP_EVERYWHERE, &error);
    assert_int_equal(calm->scenario->faults_count, 1);
    assert_int_equal(calm->scenario->faults[0].for_us, FAULT_FOREVER);
    assert_int_equal(calm->stop, STOP_EVERYWHERE);
    assert_int_equal(calm->via_count, 1);
    assert_int_equal(calm->via[0].stop, 5);
    struct cell *again = sweep_moved(moved, &second, &error);
    assert_string_equal(again->name, "exec--0003--0009");
    assert_int_equal(again->scenario->faults[0].at_us, 10 * US_PER_S);
    assert_int_equal(again->scenario->faults[1].at_us, second.at_us);
    assert_int_equal(again->scenario->faults[0].for_us, US_PER_S + 7); // as long after the RST as it was
    assert_int_equal(again->via[0].until_us, second.at_us);
    assert_int_equal(again->stop, 8);
    assert_int_equal(sweep_steps_placed(again), 2);
    cell_free(again);
    cell_free(calm);
    cell_free(moved);
    cell_free(cell);
}

// Breaks with: a read that is done again; a key without a retry; the scenario's own cell that is changed.
static void test_writes_are_done_again(void **state)
{
    static const enum sweep_retry retries[] = {SWEEP_RETRY_PLAIN, SWEEP_RETRY_ONCE};
    struct cell *cell = make_scenario_cell();
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct error error = {0};
        struct cell *made = sweep_retried(cell, retries[i], &error);
        assert_non_null(made);
        assert_string_equal(made->name, i == 0 ? "exec--plain" : "exec--once");
        assert_int_equal(made->scenario->workload[0].retries, SWEEP_RETRIES);
        assert_int_equal(made->scenario->workload[0].once, i == 1);
        assert_int_equal(made->scenario->faults_count, 2);
        cell_free(made);
    }
    assert_int_equal(cell->scenario->workload[0].retries, 0);
    struct error error = {0};
    cell->scenario->workload[0].operation = OPERATION_READ;
    assert_null(sweep_retried(cell, SWEEP_RETRY_PLAIN, &error));
    assert_int_equal(error.category, ERROR_INPUT);
    assert_non_null(strstr(error.text, "writes nothing that could be done again"));
    cell_free(cell);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_undisturbed),
        cmocka_unit_test(test_faults_keep_their_distance),
        cmocka_unit_test(test_steps_follow_each_other),
        cmocka_unit_test(test_writes_are_done_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
