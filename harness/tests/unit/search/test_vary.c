// Variants follow from their seed, are valid scenarios, and each property is varied by some of them.
#include "search/vary.h"

#include "base/duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char yaml[] = "claim: x\nnetwork: {rtt: 10ms}\npool: {size: 1}\n"
                           "workload: [{at: 10s, insert: 1}]\n"
                           "faults: [{at: 12s, silence: both, for: 3s}]\n"
                           "run_for: 60s\nexpect: {any: {errors: 1}}\n";

static int64_t times_us[] = {10 * US_PER_S, 10 * US_PER_S + 5000, 11 * US_PER_S};
static const struct search_moments moments = {.at_us = times_us, .count = 3};

static json_t *make_scenario(void)
{
    struct error error = {0};
    struct scenario *scenario = scenario_parse("scenarios/a/b.yaml", yaml, strlen(yaml), &error);
    assert_string_equal(error.text, "");
    json_t *json = scenario_to_json(scenario);
    scenario_free(scenario);
    return json;
}

static void test_one_seed_is_one_variant(void **state)
{
    json_t *scenario = make_scenario();
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        json_t *varied = search_vary(scenario, &moments, seed, seed % 2 == 1),
               *again = search_vary(scenario, &moments, seed, seed % 2 == 1);
        assert_true(json_equal(varied, again));
        assert_true(shape_is_valid(varied));
        assert_true(shape_get(varied, "run_for_us") - shape_last_us(varied) >= 45 * US_PER_S);
        json_decref(varied);
        json_decref(again);
    }
    json_decref(scenario);
}

// Breaks with: a property that no seed changes.
static void test_everything_is_varied(void **state)
{
    json_t *scenario = make_scenario();
    size_t losses = 0, jitters = 0, kinds = 0, lengths = 0, packets = 0, between = 0, more = 0;
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        json_t *varied = search_vary(scenario, &moments, seed, false);
        const json_t *fault = json_array_get(shape_faults(varied), 0);
        const int64_t at_us = shape_get(fault, "at_us");
        losses += shape_get(shape_network(varied), "loss_ppm") > 0;
        jitters += shape_get(shape_network(varied), "jitter_us") > 0;
        kinds += strcmp(json_string_value(json_object_get(fault, "kind")), "silence") != 0;
        lengths += shape_get(fault, "for_us") != 3 * US_PER_S;
        packets += at_us == times_us[0] || at_us == times_us[1] || at_us == times_us[2];
        between += at_us < times_us[0];
        more += json_array_size(shape_faults(varied)) > 1;
        json_decref(varied);
    }
    assert_in_range(losses, 50, 150);
    assert_in_range(jitters, 50, 150);
    assert_in_range(kinds, 50, 150);
    assert_in_range(lengths, 50, 170);
    assert_in_range(packets, 80, 180);
    assert_in_range(between, 5, 60);
    assert_in_range(more, 30, 120);
    json_decref(scenario);
}

static void test_gently_is_one_thing(void **state)
{
    json_t *scenario = make_scenario();
    (void)state;
    for (uint64_t seed = 0; seed < 100; seed++) {
        json_t *varied = search_vary(scenario, &moments, seed, true);
        bool network = !json_equal(shape_network(varied), shape_network(scenario));
        bool faults = !json_equal(shape_faults(varied), shape_faults(scenario));
        assert_false(network && faults);
        json_decref(varied);
    }
    json_decref(scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_seed_is_one_variant),
        cmocka_unit_test(test_everything_is_varied),
        cmocka_unit_test(test_gently_is_one_thing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
