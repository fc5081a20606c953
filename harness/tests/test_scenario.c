// Scenarios: what is read, and for each kind of mistake the exact place and reason.
#include "scenario.h"

#include "duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// One section a line, so that a case that replaces one has its mistake in that line.
#define CLAIM    "claim: it hangs\n"
#define NETWORK  "network: {rtt: 10ms}\n"
#define WORKLOAD "workload: [{at: 1s, insert: 1}]\n"
#define RUN_FOR  "run_for: 10s\n"
#define EXPECT   "expect: {any: {lost: 0}}\n"
#define TOP      CLAIM NETWORK WORKLOAD RUN_FOR
#define GOOD     TOP EXPECT

#define PATH "scenarios/idle/x.yaml"

#define FAULTS   "*" // the table of kinds is long and grows
#define TOP_KEYS "claim, reproduces, network, pool, workload, faults, run_for, expect, must_fail"

struct refusal {
    const char *yaml;
    const char *message; // behind the path; a `*` at its end stands for any text
};

static void check_refused(const char *path, const char *yaml, size_t length, const char *message)
{
    struct error error = {0};
    char expected[sizeof(error.text)];
    struct scenario *scenario = scenario_parse(path, yaml, length, &error);
    if (scenario != NULL)
        fail_msg("was read:\n%s", yaml);
    snprintf(expected, sizeof(expected), "%s:%s", path, message);
    size_t length_known = strcspn(expected, "*");
    if (strncmp(error.text, expected, expected[length_known] == '*' ? length_known : sizeof(expected)) != 0)
        fail_msg("\n%sexpected: %s\nactual:   %s", yaml, expected, error.text);
    assert_int_equal(error.category, ERROR_INPUT);
}

static void check_all_refused(const struct refusal *cases, size_t count)
{
    for (size_t i = 0; i < count; i++)
        check_refused(PATH, cases[i].yaml, strlen(cases[i].yaml), cases[i].message);
}

#define CHECK_ALL_REFUSED(cases) check_all_refused(cases, sizeof(cases) / sizeof(*(cases)))

static struct scenario *parse(const char *path, const char *yaml)
{
    struct error error = {0};
    struct scenario *scenario = scenario_parse(path, yaml, strlen(yaml), &error);
    assert_string_equal(error.text, "");
    return scenario;
}

static const char full[] =
    "claim: everything at once\n"
    "reproduces: [https://example.org/1, https://example.org/2]\n"
    "network: {rtt: 10ms, jitter: 5ms, loss: 0.1%, duplicate: 1%, reorder: 25%, corrupt: 0.0001%, rate: "
    "1.5mbit, flow_table: {idle: 350s, then: rst-both}}\n"
    "pool: {size: 3, workers: 2, conninfo: tcp_user_timeout=5000 keepalives_idle=10}\n"
    "workload:\n"
    "  - {at: 0s, insert: 5, every: 100ms}\n"
    "  - {at: 1s, insert: 1}\n"
    "  - {at: 1s, wait: 1, takes: 2s}\n"
    "  - {at: 1s, transaction: 1, pause: 50ms}\n"
    "  - {at: 1s, bulk: 1, size: 2mb}\n"
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
static void check_network(const struct network *actual, const struct network *expected)
{
    assert_memory_equal(actual, expected, offsetof(struct network, flow_table));
    assert_int_equal(actual->flow_table.idle_us, expected->flow_table.idle_us);
    assert_int_equal(actual->flow_table.then, expected->flow_table.then);
}

static void check_full(const struct scenario *scenario)
{
    assert_string_equal(scenario->claim, "everything at once");
    assert_int_equal(scenario->reproduces_count, 2);
    assert_string_equal(scenario->reproduces[1], "https://example.org/2");
    const struct network network = {
        10000, 5000, 1000, 10000, 250000, 1, 1500000, {350 * US_PER_S, FLOW_TABLE_RST_BOTH}};
    check_network(&scenario->network, &network);
    assert_int_equal(scenario->pool.size, 3);
    assert_int_equal(scenario->pool.workers, 2);
    assert_string_equal(scenario->pool.conninfo, "tcp_user_timeout=5000 keepalives_idle=10");
    static const struct workload_item expected[] = {
        {0, 100000, OPERATION_INSERT, 5, 6, 5, 0, 0, 0},
        {US_PER_S, 0, OPERATION_INSERT, 1, 7, 5, 0, 0, 0},
        {US_PER_S, 0, OPERATION_WAIT, 1, 8, 5, 2 * US_PER_S, 0, 0},
        {US_PER_S, 0, OPERATION_TRANSACTION, 1, 9, 5, 0, 50000, 0},
        {US_PER_S, 0, OPERATION_BULK, 1, 10, 5, 0, 0, 2000000},
        {US_PER_S, 0, OPERATION_FETCH, 1, 11, 5, 0, 0, 3000},
        {US_PER_S, 0, OPERATION_READ, 1, 12, 5, 0, 0, 0},
    };
    assert_int_equal(scenario->workload_count, sizeof(expected) / sizeof(*expected));
    assert_memory_equal(scenario->workload, expected, sizeof(expected));
    assert_int_equal(scenario->run_for_us, 5 * US_PER_S);
}

// Sorted by time; those of the same time stay as written.
static void check_full_faults(const struct scenario *scenario)
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

static void check_full_expectations(const struct scenario *scenario)
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

static void test_everything_is_read(void **state)
{
    (void)state;
    struct scenario *scenario = parse(PATH, full);
    check_full(scenario);
    check_full_faults(scenario);
    check_full_expectations(scenario);
    scenario_free(scenario);
}

static void test_json_gives_the_same_scenario(void **state)
{
    (void)state;
    struct error error = {0};
    struct scenario *scenario = parse("x/selftest/full.yaml", full), *again;
    scenario->must_fail = true;
    json_t *json = scenario_to_json(scenario);
    assert_non_null(json);
    again = scenario_from_json(json, &error);
    assert_string_equal(error.text, "");
    assert_string_equal(again->name, scenario->name);
    assert_string_equal(again->path, scenario->path);
    assert_true(again->must_fail);
    check_full(again);
    check_full_faults(again);
    check_full_expectations(again);
    json_t *json_again = scenario_to_json(again);
    assert_true(json_equal(json, json_again));
    json_decref(json);
    json_decref(json_again);
    scenario_free(scenario);
    scenario_free(again);
}

static void test_defaults(void **state)
{
    (void)state;
    struct scenario *scenario = parse(PATH, GOOD);
    const struct network network = {.rtt_us = 10000};
    check_network(&scenario->network, &network);
    assert_int_equal(scenario->pool.size, 2);
    assert_int_equal(scenario->pool.workers, 1);
    assert_int_equal(scenario->faults_count, 0);
    assert_int_equal(scenario->reproduces_count, 0);
    assert_false(scenario->must_fail);
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
        struct scenario *scenario = parse(cases[i].path, GOOD);
        assert_string_equal(scenario->name, cases[i].name);
        assert_string_equal(scenario->path, cases[i].path);
        scenario_free(scenario);
    }
    check_refused("a b.yaml", GOOD, strlen(GOOD),
        " a scenario's file name consists of letters, digits, '-', '_' and '.'");
    check_refused(
        "/tmp/", GOOD, strlen(GOOD), " a scenario's file name consists of letters, digits, '-', '_' and '.'");
}

static void test_must_fail_is_for_controls(void **state)
{
    (void)state;
    struct scenario *scenario = parse("scenarios/selftest/x.yaml", GOOD "must_fail: true\n");
    assert_true(scenario->must_fail);
    scenario_free(scenario);
    scenario = parse("selftest/x.yaml", GOOD "must_fail: false\n");
    assert_false(scenario->must_fail);
    scenario_free(scenario);
    static const char refused[] = "6:12: must_fail is for negative controls: expected a file below selftest/";
    static const char yaml[] = GOOD "must_fail: true\n";
    check_refused(PATH, yaml, strlen(yaml), refused);
    check_refused("scenarios/noselftest/x.yaml", yaml, strlen(yaml), refused);
    static const char wrong[] = GOOD "must_fail: yes\n";
    check_refused("selftest/x.yaml", wrong, strlen(wrong), "6:12: 'yes': expected true or false");
}

static void test_yaml_mistakes(void **state)
{
    static const struct refusal cases[] = {
        {"", "1:1: the file is empty"},
        {"# nothing\n", "1:1: the file is empty"},
        {"- a\n", "1:1: expected a mapping, found a list"},
        {"text\n", "1:1: expected a mapping, found text"},
        {"{}\n", "1:1: the mapping is empty"},
        {CLAIM "network: {rtt: 10ms\n",
            "3:1: not valid YAML: while parsing a flow mapping: did not find expected ',' or '}'"},
        {CLAIM "\tnetwork: x\n", "2:1: not valid YAML: while scanning a plain scalar: found a tab character "
                                 "that violates indentation"},
        {CLAIM "network: \xff\n", "2:10: not valid YAML: invalid leading UTF-8 octet"},
        {GOOD "---\n" GOOD, "6:1: a second document: expected one"},
        {CLAIM "network: &path {rtt: 10ms}\n", "2:10: an anchor: expected the mapping alone"},
        {CLAIM "workload: &w [{at: 0s}]\n", "2:11: an anchor: expected the list alone"},
        {CLAIM "run_for: &r 10s\n", "2:10: an anchor: expected the value alone"},
        {CLAIM "run_for: *r\n", "2:10: an alias: expected the value itself"},
        {CLAIM "run_for: !!str 10s\n", "2:10: a tag: expected the value alone"},
        {CLAIM "workload: !!set [a]\n", "2:11: a tag: expected the list alone"},
        {CLAIM "network: !!map {rtt: 1s}\n", "2:10: a tag: expected the mapping alone"},
        {CLAIM "? [a]\n: b\n", "2:3: expected text, found a list"},
    };
    (void)state;
    CHECK_ALL_REFUSED(cases);
}

static void test_keys(void **state)
{
    static const struct refusal cases[] = {
        {TOP "exepct: {any: {lost: 0}}\n",
            "5:1: unknown key 'exepct' (did you mean 'expect'?): expected one of " TOP_KEYS},
        {CLAIM "colour: red\n", "2:1: unknown key 'colour': expected one of " TOP_KEYS},
        {"Claim: x\n", "1:1: unknown key 'Claim' (did you mean 'claim'?): expected one of " TOP_KEYS},
        {"\"a\\nb\": x\n", "1:1: 'a?b': expected one line without control characters"},
        {"\"\": x\n", "1:1: expected text, found nothing"},
        {GOOD "claim: again\n", "6:1: duplicate key 'claim': it stands in line 1 already"},
        {TOP "expect: {none: {lost: 0}, none: {lost: 0}}\n",
            "5:27: duplicate key 'none': it stands in line 5 already"},
        {TOP "expect: {any: {lost: 0, lost: 1}}\n",
            "5:25: duplicate key 'lost': it stands in line 5 already"},
        {NETWORK WORKLOAD RUN_FOR EXPECT, "1:1: missing key 'claim'"},
        {CLAIM WORKLOAD RUN_FOR EXPECT, "1:1: missing key 'network'"},
        {CLAIM NETWORK RUN_FOR EXPECT, "1:1: missing key 'workload'"},
        {CLAIM NETWORK WORKLOAD EXPECT, "1:1: missing key 'run_for'"},
        {"# comment\n" TOP, "2:1: missing key 'expect'"},
        {CLAIM "colour: red\ncolour: blue\n", "2:1: unknown key 'colour': expected one of " TOP_KEYS},
    };
    (void)state;
    CHECK_ALL_REFUSED(cases);
}

static void test_top(void **state)
{
    static const struct refusal cases[] = {
        {"claim:\n", "1:7: expected text, found nothing"},
        {"claim: ''\n", "1:8: expected text, found nothing"},
        {"claim: [a]\n", "1:8: expected text, found a list"},
        {"claim: {a: b}\n", "1:8: expected text, found a mapping"},
        {"claim: \"a\\0b\"\n", "1:8: 'a': expected one line without control characters"},
        {"claim: |\n  a\n  b\n", "1:8: 'a?b?': expected one line without control characters"},
        {GOOD "reproduces: https://example.org\n", "6:13: expected a list, found text"},
        {GOOD "reproduces: []\n", "6:13: the list is empty"},
        {GOOD "reproduces: [a]\n", "6:14: 'a': expected a link that starts with https://"},
        {GOOD "pool: {size: 0}\n", "6:14: '0': expected a whole number from 1 to 1000"},
        {GOOD "pool: {size: 1001}\n", "6:14: '1001': expected a whole number from 1 to 1000"},
        {GOOD "pool: {workers: -1}\n", "6:17: '-1': expected a whole number from 1 to 1000"},
        {GOOD "pool: {workers: 1.5}\n", "6:17: '1.5': expected a whole number from 1 to 1000"},
        {GOOD "pool: {szie: 1}\n",
            "6:8: unknown key 'szie' (did you mean 'size'?): expected one of size, workers, conninfo"},
        {GOOD "pool: {conninfo: sslmode=disable}\n", "6:18: 'sslmode=disable': 'sslmode' is set by the lab"},
        {GOOD "pool: {conninfo: keepalife=1}\n",
            "6:18: 'keepalife=1': invalid connection option \"keepalife\""},
        {GOOD "pool: {conninfo: what}\n",
            "6:18: 'what': missing \"=\" after \"what\" in connection info string"},
        {GOOD "pool: 2\n", "6:7: expected a mapping, found text"},
        {CLAIM "run_for: 10\n", "2:10: '10': the unit is missing: expected us, ms, s, min or h"},
        {CLAIM "run_for: -10s\n", "2:10: '-10s': expected a duration of 0 or more"},
        {CLAIM "run_for: 0s\n", "2:10: '0s': expected a duration above 0"},
    };
    (void)state;
    CHECK_ALL_REFUSED(cases);
}

static void test_network(void **state)
{
    static const struct refusal cases[] = {
        {"network: {jitter: 1ms}\n", "1:10: missing key 'rtt'"},
        {"network: {rtt: 10}\n", "1:16: '10': the unit is missing: expected us, ms, s, min or h"},
        {"network: {rtt: [10ms]}\n", "1:16: expected text, found a list"},
        {"network: {rtt: 10ms, jitter: 6ms}\n",
            "1:30: '6ms': expected at most half of rtt: it is added to the delay of one direction"},
        {"network: {reorder: 1%, rtt: 0s}\n",
            "1:20: '1%': expected an rtt above 0: a packet overtakes those that are delayed"},
        {"network: {loss: 1}\n", "1:17: '1': the unit is missing: expected %"},
        {"network: {loss: 1ppm}\n", "1:17: '1ppm': unknown unit: expected %"},
        {"network: {loss: -1%}\n", "1:17: '-1%': expected a percentage of 0 or more"},
        {"network: {loss: much}\n", "1:17: 'much': expected a percentage such as 0.1%"},
        {"network: {duplicate: 100.1%}\n", "1:22: '100.1%': expected at most 100%"},
        {"network: {corrupt: 0.00001%}\n", "1:20: '0.00001%': expected at most four decimals"},
        {"network: {rate: 10}\n", "1:17: '10': the unit is missing: expected bit, kbit, mbit or gbit"},
        {"network: {rate: 10Mbit}\n", "1:17: '10Mbit': unknown unit: expected bit, kbit, mbit or gbit"},
        {"network: {rate: fast}\n", "1:17: 'fast': expected a rate such as 512kbit, 10mbit or 1gbit"},
        {"network: {rate: 0bit}\n", "1:17: '0bit': expected a rate above 0"},
        {"network: {rate: -1bit}\n", "1:17: '-1bit': expected a rate above 0"},
        {"network: {rate: 0.5bit}\n", "1:17: '0.5bit': expected whole bits per second"},
        {"network: {rate: 1001gbit}\n", "1:17: '1001gbit': expected at most 1000gbit"},
        {"network: {delay: 10ms}\n", "1:11: unknown key 'delay': expected one of rtt, jitter, loss, "
                                     "duplicate, reorder, corrupt, rate, flow_table"},
        {"network: {flow_table: {then: rst}}\n", "1:23: missing key 'idle'"},
        {"network: {flow_table: {idle: 5s}}\n", "1:23: missing key 'then'"},
        {"network: {flow_table: {idle: 0s}}\n",
            "1:30: '0s': expected whole seconds above 0: the kernel's flow table knows no less"},
        {"network: {flow_table: {idle: 1500ms}}\n",
            "1:30: '1500ms': expected whole seconds above 0: the kernel's flow table knows no less"},
        {"network: {flow_table: {then: nap}}\n",
            "1:30: unknown value of then 'nap': expected one of silence, rst, rst-both"},
    };
    (void)state;
    CHECK_ALL_REFUSED(cases);
}

static void test_workload(void **state)
{
    static const struct refusal cases[] = {
        {"workload: {at: 0s}\n", "1:11: expected a list, found a mapping"},
        {"workload: []\n", "1:11: the list is empty"},
        {"workload: [5]\n", "1:12: expected a mapping, found text"},
        {"workload: [{at: 0s}]\n",
            "1:12: no operation: expected one of insert, read, wait, transaction, bulk, fetch, connect"},
        {"workload: [{insert: 1}]\n", "1:12: missing key 'at'"},
        {"workload: [{at: 0s, insert: 2}]\n",
            "1:12: missing key 'every': 2 of 'insert' need a distance in time"},
        {"workload: [{at: 0s, insert: 0}]\n", "1:29: '0': expected a whole number from 1 to 100000"},
        {"workload: [{at: 0s, insert: one}]\n", "1:29: 'one': expected a whole number from 1 to 100000"},
        {"workload: [{at: 0s, select: 1}]\n", "1:21: unknown key or operation 'select': expected one of at, "
                                              "every, takes, pause, size, insert, read, "
                                              "wait, transaction, bulk, fetch, connect"},
        {"workload: [{at: 0s, read: 1, insert: 1}]\n",
            "1:30: a second operation 'insert': this item is 'read' already"},
        {"workload: [{at: 0s, wait: 1}]\n", "1:12: missing key 'takes': 'wait' needs it"},
        {"workload: [{at: 0s, wait: 1, pause: 1s}]\n", "1:12: missing key 'takes': 'wait' needs it"},
        {"workload: [{at: 0s, insert: 1, pause: 1s}]\n", "1:39: 'insert' takes no 'pause'"},
        {"workload: [{at: 0s, transaction: 1}]\n", "1:12: missing key 'pause': 'transaction' needs it"},
        {"workload: [{at: 0s, bulk: 1, size: 1}]\n", "1:36: '1': the unit is missing: expected b, kb or mb"},
        {"workload: [{at: 0s, bulk: 1, size: 0b}]\n", "1:36: '0b': expected a size from 1b to 64mb"},
        {"workload: [{at: 0s, fetch: 1, size: 65mb}]\n", "1:37: '65mb': expected a size from 1b to 64mb"},
        {"workload: [{at: -1s, insert: 1}]\n", "1:17: '-1s': expected a duration of 0 or more"},
    };
    (void)state;
    CHECK_ALL_REFUSED(cases);
}

static void test_faults(void **state)
{
    static const struct refusal cases[] = {
        {"faults: [{silence: both}]\n", "1:10: missing key 'at'"},
        {"faults: [{at: 1s}]\n", "1:10: no fault: expected one of " FAULTS},
        {"faults: [{at: 1s, silense: both}]\n", "1:19: unknown key or fault 'silense' (did you mean "
                                                "'silence'?): expected one of at, for, " FAULTS},
        {"faults: [{at: 1s, when: now}]\n", "1:10: no fault: expected one of " FAULTS},
        {"faults: [{at: 1s, when: now, rts: both}]\n",
            "1:30: unknown key or fault 'rts' (did you mean 'rst'?): expected one of at, for, " FAULTS},
        {"faults: [{at: 1s, rst: both, when: now, after: 2}]\n",
            "1:24: 'after' and 'when' are two moments of one rst: expected one"},
        {"faults: [{at: 1s, syn: slow}]\n",
            "1:24: syn: slow needs a delay: how long the handshake is held up"},
        {"faults: [{at: 1s, syn: lost, delay: 1s}]\n", "1:24: syn: lost takes no delay: that is syn: slow"},
        {"faults: [{at: 1s, tls: junk, for: 5s}]\n",
            "1:24: only a stall can be over: 'for' needs 'then: stall'"},
        {"faults: [{at: 1s, tls: close-notify, then: rst}]\n",
            "1:24: tls: close-notify takes no 'then': it ends with a FIN"},
        {"faults: [{at: 1s, rst: both, server: kill-backend}]\n",
            "1:30: a second fault 'server': this item is 'rst' already"},
        {"faults: [{at: 1s, silence: up}]\n",
            "1:28: unknown silence argument 'up': expected one of to-app, to-db, both"},
        {"faults: [{at: 1s, server: nap}]\n",
            "1:27: unknown server argument 'nap': expected one of close-sockets, crash, destroy-sockets, "
            "freeze, freeze-backend, freeze-postmaster, kill-backend, shutting-down, starting-up, stop-fast, "
            "stop-immediate, terminate, too-many-clients, vanish"},
        {"faults: [{at: 1s, server: terminate, for: 1s}]\n",
            "1:27: 'terminate' happens at once and takes no 'for'"},
        {"faults: [{at: 1s, silence: [both]}]\n", "1:28: expected text, found a list"},
        {"faults: [{at: 1s, rst: both, for: 1s}]\n", "1:35: 'rst' happens at once and takes no 'for'"},
        {"faults: [{at: 1s, silence: both, when: now}]\n",
            "1:34: unknown silence option 'when': expected one of at, for"},
        {"faults: [{at: 1s, rst: both, wehn: now}]\n",
            "1:30: unknown rst option 'wehn' (did you mean 'when'?): expected one of at, when, after, "
            "connections"},
        {"faults: [{at: 1s, silence: both, for: 0s}]\n", "1:39: '0s': expected a duration above 0"},
        {"faults: [{at: 1s, rst: both, when: later}]\n",
            "1:36: unknown value of when 'later': expected one of now, next-packet"},
        {"faults: [{at: 1s, degrade: both}]\n", "1:28: degrade needs at least one option: what gets worse"},
        {"faults: [{at: 1s, degrade: both, burst_start: 1%}]\n",
            "1:28: degrade needs both of burst_start and burst_end, or none"},
        {"faults: [{at: 1s, degrade: both, burst_start: 1%, burst_end: 9%, loss: 1%}]\n",
            "1:28: degrade takes loss or burst_start, not both: netem has one model"},
        {"faults: [{at: 1s, degrade: both, delay: 0s}]\n", "1:41: '0s': expected a duration above 0"},
        {"faults: [{at: 1s, degrade: both, loss: 0%}]\n", "1:40: '0%': expected a percentage above 0"},
        {"faults: [{at: 1s, degrade: both, rate: 1}]\n",
            "1:40: '1': the unit is missing: expected bit, kbit, mbit or gbit"},
        {"faults: [{at: 1s, flap: both, down: 1s}]\n",
            "1:25: flap needs both durations: how long the path is down, and up"},
        {"faults: [{at: 1s, mtu: both}]\n", "1:24: mtu needs a size of 68b or more: larger packets vanish"},
        {"faults: [{at: 1s, mtu: both, size: 1200}]\n",
            "1:36: '1200': the unit is missing: expected b, kb or mb"},
        {"faults: [{at: 1s, icmp: both, type: host-unreachible}]\n",
            "1:37: unknown value of type 'host-unreachible' (did you mean 'host-unreachable'?): *"},
        {"faults: []\n", "1:9: the list is empty"},
    };
    (void)state;
    CHECK_ALL_REFUSED(cases);
}

static void test_expect(void **state)
{
    static const struct refusal cases[] = {
        {"expect: {}\n", "1:9: the mapping is empty"},
        {"expect: []\n", "1:9: expected a mapping, found a list"},
        {"expect:\n", "1:8: expected a mapping, found nothing"},
        {"expect: {none: {}}\n", "1:16: the mapping is empty"},
        {"expect: {lost: 0}\n", "1:16: expected a mapping, found text"},
        {"expect: {pre_ping: {lost: 0}}\n",
            "1:10: 'pre_ping': expected a strategy: a word of a-z, 0-9 and '-'"},
        {"expect: {any: {last: 0}}\n",
            "1:16: unknown metric 'last' (did you mean 'lost'?): expected one of says, ops, ok, errors, "
            "hung, "
            "slowest, median, recovery, pings, connects, lost, duplicated, in_doubt, leaked_backends, "
            "rst_to_app, rst_to_db, fin_to_app, fin_to_db, swallowed*"},
        {"expect: {any: {lost: [0]}}\n", "1:22: expected text, found a list"},
        {"expect: {any: {lost: none}}\n", "1:22: 'none': expected N, <N, <=N, >N, >=N or N..N"},
        {"expect: {any: {slowest: <3}}\n", "1:25: '<3': the unit is missing: expected us, ms, s, min or h"},
        {"expect: {any: {says: ''}}\n", "1:22: expected text, found nothing"},
        {"expect: {any: {says: []}}\n", "1:22: the list is empty"},
        {"expect: {any: {says: [a, {b: c}]}}\n", "1:26: expected text, found a mapping"},
    };
    (void)state;
    CHECK_ALL_REFUSED(cases);
}

static void test_times(void **state)
{
    static const struct refusal cases[] = {
        {CLAIM NETWORK "workload: [{at: 10s, insert: 1}]\n" RUN_FOR EXPECT,
            "3:12: starts at 10s, but the scenario ends at 10s (run_for)"},
        {CLAIM NETWORK "workload: [{at: 1s, insert: 1}, {at: 4s, insert: 4, every: 2s}]\n" RUN_FOR EXPECT,
            "3:33: its last one starts at 10s, but the scenario ends at 10s (run_for)"},
        {CLAIM NETWORK "workload: [{at: 0s, insert: 100000, every: 10000h}]\n" RUN_FOR EXPECT,
            "3:12: its last one starts at 3599964000000s, but the scenario ends at 10s (run_for)"},
        {GOOD "faults: [{at: 10s, rst: both}]\n",
            "6:10: happens at 10s, but the scenario ends at 10s (run_for)"},
        {GOOD "faults: [{at: 6s, silence: both, for: 5s}]\n",
            "6:10: is over at 11s, but the scenario ends at 10s (run_for)"},
        {GOOD "faults: [{at: 1s, flow_table: flush}]\n",
            "6:10: 'flow_table: flush' needs a flow_table in the network section"},
    };
    (void)state;
    CHECK_ALL_REFUSED(cases);
    scenario_free(parse(PATH, GOOD "faults: [{at: 6s, silence: both, for: 4s}]\n"));
    scenario_free(parse(PATH, CLAIM NETWORK "workload: [{at: 1s, insert: 9, every: 1s}]\n" RUN_FOR EXPECT));
}

// A long foreign word is cut between characters, with its beginning shown.
static void test_long_values(void **state)
{
    (void)state;
    static const char yaml[] = "run_for: aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeäää\n";
    check_refused(PATH, yaml, strlen(yaml),
        "1:10: 'aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeee...': expected a duration such as 10ms, 350s or "
        "2h");
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
    struct scenario *scenario = parse(PATH, full);
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

static void check_schema_of_fault(const json_t *properties, const struct fault_kind *kind)
{
    if (json_object_get(properties, kind->name) == NULL)
        fail_msg("schema.json does not know '%s'", kind->name);
    const json_t *arguments = json_object_get(json_object_get(properties, kind->name), "enum");
    for (size_t i = 0; kind->arguments[i] != NULL; i++) {
        const char *word = json_string_value(json_array_get(arguments, i));
        if (word == NULL || strcmp(word, kind->arguments[i]) != 0)
            fail_msg("schema.json does not know '%s: %s'", kind->name, kind->arguments[i]);
    }
    for (const struct fault_option_kind *option = kind->options; option != NULL && option->name; option++)
        if (json_object_get(properties, option->name) == NULL)
            fail_msg("schema.json does not know '%s' of '%s'", option->name, kind->name);
}

// Editors are told of the same keys and metrics as the parser knows.
static void test_schema_is_in_step(void **state)
{
    (void)state;
    json_t *schema = json_load_file("scenarios/schema.json", 0, NULL);
    assert_non_null(schema);
    const json_t *properties = json_object_get(schema, "properties");
    char keys[sizeof(TOP_KEYS)] = TOP_KEYS, *rest = keys;
    size_t count = 0;
    for (const char *key; (key = strtok_r(rest, ", ", &rest)) != NULL; count++) {
        if (json_object_get(properties, key) == NULL)
            fail_msg("schema.json does not know '%s'", key);
    }
    assert_int_equal(json_object_size(properties), count);
    const json_t *metrics = json_object_get(json_object_get(schema, "$defs"), "expectations");
    metrics = json_object_get(metrics, "properties");
    for (int i = 0; i < METRIC_KINDS; i++) {
        if (json_object_get(metrics, metric_name((enum metric)i)) == NULL)
            fail_msg("schema.json does not know '%s'", metric_name((enum metric)i));
    }
    assert_int_equal(json_object_size(metrics), METRIC_KINDS + 1); // and `says`
    const json_t *fault = json_object_get(json_object_get(schema, "$defs"), "fault");
    for (size_t i = 0; fault_kinds[i] != NULL; i++)
        check_schema_of_fault(json_object_get(fault, "properties"), fault_kinds[i]);
    json_decref(schema);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_everything_is_read),
        cmocka_unit_test(test_json_gives_the_same_scenario),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_must_fail_is_for_controls),
        cmocka_unit_test(test_yaml_mistakes),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_top),
        cmocka_unit_test(test_network),
        cmocka_unit_test(test_workload),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_expect),
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_long_values),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_broken_json),
        cmocka_unit_test(test_operations),
        cmocka_unit_test(test_schema_is_in_step),
    };
    return cmocka_run_group_tests_name("scenario", tests, NULL, NULL);
}
