// What tests of scenarios start from.
#include "tests/unit/scenario/scenario_fixture.h"

#include "base/duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

void assert_refused(const char *path, const char *yaml, const char *message)
{
    struct error error = {0};
    char expected[sizeof(error.text)];
    struct scenario *scenario = scenario_parse(path, yaml, strlen(yaml), &error);
    if (scenario != NULL)
        fail_msg("was read:\n%s", yaml);
    snprintf(expected, sizeof(expected), "%s:%s", path, message);
    size_t length_known = strcspn(expected, "*");
    if (strncmp(error.text, expected, expected[length_known] == '*' ? length_known : sizeof(expected)) != 0)
        fail_msg("\n%sexpected: %s\nactual:   %s", yaml, expected, error.text);
    assert_int_equal(error.category, ERROR_INPUT);
}

void assert_all_refused(const struct refusal *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_refused(PATH, cases[i].yaml, cases[i].message);
}

struct scenario *scenario_of_yaml(const char *path, const char *yaml)
{
    struct error error = {0};
    struct scenario *scenario = scenario_parse(path, yaml, strlen(yaml), &error);
    assert_string_equal(error.text, "");
    return scenario;
}

const char scenario_full[] =
    "claim: everything at once\n"
    "reproduces: [https://example.org/1, https://example.org/2]\n"
    "network: {rtt: 10ms, jitter: 5ms, loss: 0.1%, duplicate: 1%, reorder: 25%, corrupt: 0.0001%, rate: 1.5mbit, flow_table: {idle: 350s, then: rst-both, age: 600s, size: 64}}\n"
    "pool: {size: 3, workers: 2, conninfo: tcp_user_timeout=5000 keepalives_idle=10}\n"
    "workload:\n"
    "  - {at: 0s, insert: 5, every: 100ms}\n"
    "  - {at: 1s, insert: 1}\n"
    "  - {at: 1s, wait: 1, takes: 2s}\n"
    "  - {at: 1s, transaction: 1, pause: 50ms}\n"
    "  - {at: 1s, bulk: 1, size: 2mb, retries: 3, once: true}\n"
    "  - {at: 1s, fetch: 1, size: 3kb}\n"
    "  - {at: 1s, read: 1}\n"
    "faults:\n"
    "  - {at: 3s, silence: to-db, for: 2s}\n"
    "  - {at: 2s, when: next-packet, rst: both, connections: oldest}\n"
    "  - {at: 2s, server: kill-backend}\n"
    "run_for: 5s\n"
    "expect:\n"
    "  any: {lost: 0, slowest: <3s}\n"
    "  none:\n"
    "    says: [first, 'second: text']\n"
    "    errors: \">=1\"\n";

// Field by field: there is padding behind the last.
void assert_network(const struct network *actual, const struct network *expected)
{
    assert_memory_equal(actual, expected, offsetof(struct network, flow_table));
    assert_int_equal(actual->flow_table.idle_us, expected->flow_table.idle_us);
    assert_int_equal(actual->flow_table.then, expected->flow_table.then);
    assert_int_equal(actual->flow_table.age_us, expected->flow_table.age_us);
    assert_int_equal(actual->flow_table.size, expected->flow_table.size);
}

static void assert_head_and_workload(const struct scenario *scenario)
{
    assert_string_equal(scenario->claim, "everything at once");
    assert_int_equal(scenario->reproduces_count, 2);
    assert_string_equal(scenario->reproduces[1], "https://example.org/2");
    const struct network network = {.rtt_us = 10000,
        .jitter_us = 5000,
        .loss_ppm = 1000,
        .duplicate_ppm = 10000,
        .reorder_ppm = 250000,
        .corrupt_ppm = 1,
        .rate_bps = 1500000,
        .flow_table = {350 * US_PER_S, FLOW_TABLE_RST_BOTH, 600 * US_PER_S, 64}};
    assert_network(&scenario->network, &network);
    assert_int_equal(scenario->pool.size, 3);
    assert_int_equal(scenario->pool.workers, 2);
    assert_string_equal(scenario->pool.conninfo, "tcp_user_timeout=5000 keepalives_idle=10");
    static const struct workload_item expected[] = {
        {0, 100000, OPERATION_INSERT, 5, 6, 5, 0, 0, 0, 0, 0, 0, false},
        {US_PER_S, 0, OPERATION_INSERT, 1, 7, 5, 0, 0, 0, 0, 0, 0, false},
        {US_PER_S, 0, OPERATION_WAIT, 1, 8, 5, 2 * US_PER_S, 0, 0, 0, 0, 0, false},
        {US_PER_S, 0, OPERATION_TRANSACTION, 1, 9, 5, 0, 50000, 0, 0, 0, 0, false},
        {US_PER_S, 0, OPERATION_BULK, 1, 10, 5, 0, 0, 2000000, 0, 0, 3, true},
        {US_PER_S, 0, OPERATION_FETCH, 1, 11, 5, 0, 0, 3000, 0, 0, 0, false},
        {US_PER_S, 0, OPERATION_READ, 1, 12, 5, 0, 0, 0, 0, 0, 0, false},
    };
    assert_int_equal(scenario->workload_count, sizeof(expected) / sizeof(*expected));
    for (size_t i = 0; i < scenario->workload_count; i++) { // there is padding behind the last member
        assert_memory_equal(&scenario->workload[i], &expected[i], offsetof(struct workload_item, once));
        assert_int_equal(scenario->workload[i].once, expected[i].once);
    }
    assert_int_equal(scenario->run_for_us, 5 * US_PER_S);
}

// Sorted by time; those of the same time stay as written.
static void assert_faults(const struct scenario *scenario)
{
    const struct fault_spec *faults = scenario->faults;
    assert_int_equal(scenario->faults_count, 3);
    assert_string_equal(faults[0].kind->name, "rst");
    assert_string_equal(faults[0].argument, "both");
    assert_string_equal(fault_option_word(&faults[0], "when", "now"), "next-packet");
    assert_int_equal(fault_option_number(&faults[0], "when", 0), 1);
    assert_string_equal(fault_option_word(&faults[0], "connections", "all"), "oldest");
    assert_int_equal(faults[0].options_count, 2);
    assert_true(faults[0].for_us == FAULT_FOREVER);
    assert_int_equal(faults[0].line, 15);
    assert_string_equal(faults[1].kind->name, "server");
    assert_string_equal(faults[2].kind->name, "silence");
    assert_int_equal(faults[2].at_us, 3 * US_PER_S);
    assert_int_equal(faults[2].for_us, 2 * US_PER_S);
    assert_int_equal(faults[2].options_count, 0);
    assert_string_equal(fault_option_word(&faults[2], "when", "now"), "now");
    assert_int_equal(fault_option_number(&faults[2], "when", 7), 7);
    assert_int_equal(faults[2].line, 14);
    assert_int_equal(faults[2].column, 5);
}

static void assert_expectations(const struct scenario *scenario)
{
    const struct expectation *expectations = scenario->expectations;
    assert_int_equal(scenario->expectations_count, 5);
    assert_string_equal(expectations[1].strategy, "any");
    assert_int_equal(expectations[1].kind, EXPECT_RANGE);
    assert_int_equal(expectations[1].metric, METRIC_SLOWEST);
    assert_int_equal(expectations[1].range.high, 3 * US_PER_S - 1);
    assert_int_equal(expectations[1].line, 19);
    assert_int_equal(expectations[1].column, 18);
    assert_string_equal(expectations[3].strategy, "none");
    assert_int_equal(expectations[3].kind, EXPECT_SAYS);
    assert_string_equal(expectations[3].text, "second: text");
    assert_int_equal(expectations[3].line, 21);
    assert_int_equal(expectations[3].column, 19);
    assert_int_equal(expectations[4].metric, METRIC_ERRORS);
    assert_int_equal(expectations[4].range.low, 1);
    assert_true(expectations[4].range.high == INT64_MAX);
}

void assert_scenario_full(const struct scenario *scenario)
{
    assert_head_and_workload(scenario);
    assert_faults(scenario);
    assert_expectations(scenario);
}
