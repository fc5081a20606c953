// Reduction and attribution, with a machine in the guests' place that knows by what a scenario fails.
#include "search/reduce.h"

#include "base/duration.h"
#include "search/smaller.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char yaml[] =
    "claim: x\nnetwork: {rtt: 10ms, jitter: 2ms, loss: \"1%\"}\npool: {size: 3, workers: 2}\n"
    "workload: [{at: 5s, read: 9, every: 1s}, {at: 20s, insert: 11, every: 1s}, {at: 50s, read: 1}]\n"
    "faults: [{at: 12s, rst: to-app}, {at: 23.456789s, silence: both, for: 17s}, {at: 70s, rst: to-db},\n"
    "  {at: 80s, silence: to-db, for: 1s}]\n"
    "run_for: 200s\nexpect: {any: {errors: 1}}\n";

// Fails where a silence to both sides stands 7.5 s or longer after an insert was sent.
static bool has_failed(const struct scenario *scenario)
{
    bool inserts = false, silent = false;
    for (size_t i = 0; i < scenario->workload_count; i++)
        inserts |= scenario->workload[i].operation == OPERATION_INSERT;
    for (size_t i = 0; i < scenario->faults_count; i++)
        silent |= strcmp(scenario->faults[i].argument, "both") == 0 &&
                  scenario->faults[i].for_us >= 7500 * US_PER_MS;
    return inserts && silent;
}

static bool run_cells(
    void *whom, struct cell **cells, size_t count, struct run_result **result, struct error *error)
{
    int *left = whom;
    (void)error;
    *result = run_result_new("virtual", NULL, NULL, 7, count);
    for (size_t i = 0; i < count && (*left)-- > 0; i++) {
        struct verdict *verdict = verdict_without_trace(OUTCOME_PASS, "");
        verdict->over = true;
        verdict->impact = has_failed(cells[i]->scenario) ? IMPACT_DATA : IMPACT_CLEAN;
        verdict->metrics.value[METRIC_DUPLICATED] = has_failed(cells[i]->scenario);
        (*result)->cells[i].verdict = verdict;
    }
    return true;
}

struct fixture {
    struct cell *cell;
    struct folder folder;
    struct bar bar;
    struct search_reduction reduction;
    struct search_probes probes;
    int left; // cells until a signal
};

static void begin(struct fixture *fixture, int cells_until_signal)
{
    static char word[] = "/bin/true", *command[] = {word, NULL};
    struct error error = {0};
    *fixture = (struct fixture){.folder = {.fd = -1, .path = "/nowhere"}, .left = cells_until_signal};
    struct scenario *scenario = scenario_parse("scenarios/a/b.yaml", yaml, strlen(yaml), &error);
    assert_string_equal(error.text, "");
    fixture->cell = cell_of_program(scenario, "pool:none", command, 17, LAB_VIRTUAL, &error);
    assert_true(bar_parse(&fixture->bar, "lost,duplicated", &error));
    fixture->reduction = (struct search_reduction){.like = fixture->cell,
        .bar = &fixture->bar,
        .runner = {.run = run_cells, .whom = &fixture->left, .folder = &fixture->folder, .subject = "x"}};
    json_t *json = scenario_to_json(fixture->cell->scenario);
    assert_true(search_probe_seed(&fixture->probes, fixture->cell, json, 17, &error));
    assert_true(search_probe_run(&fixture->probes, &fixture->reduction.runner, &fixture->bar, &error));
    json_decref(json);
}

static void end(struct fixture *fixture, struct search_finding *finding)
{
    search_finding_free(finding);
    search_probes_free(&fixture->probes);
    cell_free(fixture->cell);
}

// Breaks with: a search that is resumed elsewhere, and finds nothing of what it did.
static void test_a_name_does_not_say_where_the_file_lies(void **state)
{
    struct fixture fixture;
    struct search_finding none = {.scenario = NULL};
    struct error error = {0};
    (void)state;
    begin(&fixture, 10000);
    for (int i = 0; i < 3; i++) {
        json_t *json = scenario_to_json(fixture.cell->scenario);
        json_object_set_new(json, "path", json_string(i == 1 ? "/elsewhere/b.yaml" : "/here/b.yaml"));
        if (i == 2)
            shape_set(json, "run_for_us", 150 * US_PER_S);
        assert_true(search_probe_form(&fixture.probes, fixture.cell, json, 17, &error));
        json_decref(json);
    }
    assert_string_equal(fixture.probes.items[1].cell->name, fixture.probes.items[2].cell->name);
    assert_string_not_equal(fixture.probes.items[1].cell->name, fixture.probes.items[3].cell->name);
    end(&fixture, &none);
}

// Each is a cell with a folder of its own, and some run side by side.
static void test_no_scenario_is_offered_twice(void **state)
{
    struct fixture fixture;
    struct search_finding none = {.scenario = NULL};
    (void)state;
    begin(&fixture, 10000);
    json_t *scenario = scenario_to_json(fixture.probes.items[0].cell->scenario);
    shape_set(json_array_get(shape_faults(scenario), 0), "at_us", 12000001); // rounds to 12 s, and to 12.0 s
    json_t *smaller = search_smaller(scenario);
    assert_true(json_array_size(smaller) > 10);
    for (size_t i = 0; i < json_array_size(smaller); i++)
        for (size_t j = 0; j < i; j++)
            assert_false(json_equal(json_array_get(smaller, i), json_array_get(smaller, j)));
    json_decref(smaller);
    json_decref(scenario);
    end(&fixture, &none);
}

static void test_what_is_left_is_the_smallest(void **state)
{
    struct fixture fixture;
    struct search_finding finding;
    struct error error = {0};
    bool proves;
    (void)state;
    begin(&fixture, 10000);
    assert_ptr_equal(fixture.probes.items[0].demand, &fixture.bar.demands[1]);
    assert_true(search_reduce(&fixture.reduction, &fixture.probes.items[0], &finding, &proves, &error));
    assert_true(proves);
    assert_int_equal(finding.entries_before, 7);
    assert_int_equal(finding.entries, 2);
    const json_t *fault = json_array_get(shape_faults(finding.scenario), 0);
    const json_t *item = json_array_get(shape_workload(finding.scenario), 0);
    assert_string_equal(json_string_value(json_object_get(fault, "argument")), "both");
    assert_int_equal(shape_get(fault, "at_us") % US_PER_S, 0);
    assert_int_equal(shape_get(item, "count"), 1);
    assert_int_equal(shape_get(shape_network(finding.scenario), "loss_ppm"), 0);
    assert_int_equal(shape_get(shape_network(finding.scenario), "jitter_us"), 0);
    assert_int_equal(shape_get(json_object_get(finding.scenario, "pool"), "size"), 1);
    end(&fixture, &finding);
}

static void test_the_last_moment_is_found(void **state)
{
    struct fixture fixture;
    struct search_finding finding;
    struct error error = {0};
    bool proves;
    (void)state;
    begin(&fixture, 10000);
    assert_true(search_reduce(&fixture.reduction, &fixture.probes.items[0], &finding, &proves, &error));
    assert_true(search_attribute(&fixture.reduction, &finding, &error));
    const int64_t at_us = shape_get(json_array_get(shape_faults(finding.scenario), 0), "at_us");
    assert_true(finding.blames[0].needed);
    assert_true(finding.blames[0].heals);
    assert_true(finding.blames[0].saved_us < at_us + 7500 * US_PER_MS);
    assert_true(finding.blames[0].doomed_us >= at_us + 7500 * US_PER_MS);
    assert_true(finding.blames[0].doomed_us - finding.blames[0].saved_us <= 2 * US_PER_MS);
    assert_string_equal(finding.calm, "clean: ");
    end(&fixture, &finding);
}

// Breaks with: a cell that did not run being taken for one that does not fail.
static void test_a_signal_ends_it(void **state)
{
    (void)state;
    for (int cells = 1; cells < 40; cells += 7) {
        struct fixture fixture;
        struct search_finding finding;
        struct error error = {0};
        bool proves;
        begin(&fixture, cells);
        assert_true(search_reduce(&fixture.reduction, &fixture.probes.items[0], &finding, &proves, &error));
        if (!fixture.reduction.interrupted)
            assert_true(search_attribute(&fixture.reduction, &finding, &error));
        assert_true(fixture.reduction.interrupted);
        end(&fixture, &finding);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_name_does_not_say_where_the_file_lies),
        cmocka_unit_test(test_no_scenario_is_offered_twice),
        cmocka_unit_test(test_what_is_left_is_the_smallest),
        cmocka_unit_test(test_the_last_moment_is_found),
        cmocka_unit_test(test_a_signal_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
