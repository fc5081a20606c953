// Scenarios: the mistakes of each section but the faults, with their places and reasons.
#include "tests/unit/scenario/scenario_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

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
            "6:8: unknown key 'szie' (did you mean 'size'?): expected one of size, workers, conninfo, sslmode"},
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
    ASSERT_ALL_REFUSED(cases);
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
        {"network: {delay: 10ms}\n",
            "1:11: unknown key 'delay': expected one of rtt, jitter, loss, duplicate, reorder, corrupt, rate, flow_table, proxy, pooler"},
        {"network: {flow_table: {then: rst}}\n", "1:23: missing key 'idle'"},
        {"network: {flow_table: {idle: 5s}}\n", "1:23: missing key 'then'"},
        {"network: {flow_table: {idle: 0s}}\n",
            "1:30: '0s': expected whole seconds above 0: the kernel's flow table knows no less"},
        {"network: {flow_table: {idle: 1500ms}}\n",
            "1:30: '1500ms': expected whole seconds above 0: the kernel's flow table knows no less"},
        {"network: {flow_table: {then: nap}}\n",
            "1:30: unknown value of then 'nap': expected one of silence, rst, rst-both, fin"},
        {"network: {flow_table: {size: 0}}\n", "1:30: '0': expected a whole number from 1 to 10000"},
        {"network: {flow_table: {age: 1500ms}}\n",
            "1:29: '1500ms': expected whole seconds above 0: the kernel's flow table knows no less"},
    };
    (void)state;
    ASSERT_ALL_REFUSED(cases);
}

static void test_workload(void **state)
{
    static const struct refusal cases[] = {
        {"workload: {at: 0s}\n", "1:11: expected a list, found a mapping"},
        {"workload: []\n", "1:11: the list is empty"},
        {"workload: [5]\n", "1:12: expected a mapping, found text"},
        {"workload: [{at: 0s}]\n",
            "1:12: no operation: expected one of insert, read, wait, transaction, bulk, fetch, connect, lock, notify, listen"},
        {"workload: [{insert: 1}]\n", "1:12: missing key 'at'"},
        {"workload: [{at: 0s, insert: 2}]\n",
            "1:12: missing key 'every': 2 of 'insert' need a distance in time"},
        {"workload: [{at: 0s, insert: 0}]\n", "1:29: '0': expected a whole number from 1 to 100000"},
        {"workload: [{at: 0s, insert: one}]\n", "1:29: 'one': expected a whole number from 1 to 100000"},
        {"workload: [{at: 0s, select: 1}]\n",
            "1:21: unknown key or operation 'select': expected one of at, every, takes, pause, size, then, within, retries, once, insert, read, wait, transaction, bulk, fetch, connect, lock, notify, listen"},
        {"workload: [{at: 0s, read: 1, insert: 1}]\n",
            "1:30: a second operation 'insert': this item is 'read' already"},
        {"workload: [{at: 0s, wait: 1}]\n", "1:12: missing key 'takes': 'wait' needs it"},
        {"workload: [{at: 0s, wait: 1, pause: 1s}]\n", "1:12: missing key 'takes': 'wait' needs it"},
        {"workload: [{at: 0s, insert: 1, pause: 1s}]\n", "1:39: 'insert' takes no 'pause'"},
        {"workload: [{at: 0s, insert: 1, then: 1}]\n", "1:38: 'insert' takes no 'then'"},
        {"workload: [{at: 0s, listen: 1, takes: 1s, within: 1s}]\n",
            "1:51: 'listen' takes no 'within': it ends by itself, after 'takes'"},
        {"workload: [{at: 0s, read: 1, within: 10us}]\n",
            "1:38: '10us': expected whole milliseconds above 0"},
        {"workload: [{at: 0s, insert: 1, retries: 0}]\n", "1:41: '0': expected a whole number from 1 to 10"},
        {"workload: [{at: 0s, insert: 1, retries: 11}]\n",
            "1:41: '11': expected a whole number from 1 to 10"},
        {"workload: [{at: 0s, read: 1, once: true}]\n",
            "1:36: 'read' takes no 'once': expected insert, transaction or bulk"},
        {"workload: [{at: 0s, notify: 1, once: true}]\n",
            "1:38: 'notify' takes no 'once': expected insert, transaction or bulk"},
        {"workload: [{at: 0s, transaction: 1}]\n", "1:12: missing key 'pause': 'transaction' needs it"},
        {"workload: [{at: 0s, bulk: 1, size: 1}]\n", "1:36: '1': the unit is missing: expected b, kb or mb"},
        {"workload: [{at: 0s, bulk: 1, size: 0b}]\n", "1:36: '0b': expected a size from 1b to 64mb"},
        {"workload: [{at: 0s, fetch: 1, size: 65mb}]\n", "1:37: '65mb': expected a size from 1b to 64mb"},
        {"workload: [{at: -1s, insert: 1}]\n", "1:17: '-1s': expected a duration of 0 or more"},
    };
    (void)state;
    ASSERT_ALL_REFUSED(cases);
}

static void test_expect(void **state)
{
    static const struct refusal cases[] = {
        {"expect: {}\n", "1:9: the mapping is empty"},
        {"expect: []\n", "1:9: expected a mapping, found a list"},
        {"expect:\n", "1:8: expected a mapping, found nothing"},
        {"expect: {none: {}}\n", "1:16: the mapping is empty"},
        {"expect: {lost: 0}\n", "1:10: unknown class 'lost': expected one of any, none, *"},
        {"expect: {none: 0}\n", "1:16: expected a mapping, found text"},
        {"expect: {pre_ping: {lost: 0}}\n",
            "1:10: unknown class 'pre_ping' (did you mean 'pre-ping'?): expected one of any, none, *"},
        {"expect: {any: {last: 0}}\n",
            "1:16: unknown metric 'last' (did you mean 'lost'?): expected one of says*"},
        {"expect: {any: {lost: [0]}}\n", "1:22: expected text, found a list"},
        {"expect: {any: {lost: none}}\n", "1:22: 'none': expected N, <N, <=N, >N, >=N or N..N"},
        {"expect: {any: {slowest: <3}}\n", "1:25: '<3': the unit is missing: expected us, ms, s, min or h"},
        {"expect: {any: {says: ''}}\n", "1:22: expected text, found nothing"},
        {"expect: {any: {says: []}}\n", "1:22: the list is empty"},
        {"expect: {any: {says: [a, {b: c}]}}\n", "1:26: expected text, found a mapping"},
    };
    (void)state;
    ASSERT_ALL_REFUSED(cases);
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
    ASSERT_ALL_REFUSED(cases);
    scenario_free(scenario_of_yaml(PATH, GOOD "faults: [{at: 6s, silence: both, for: 4s}]\n"));
    scenario_free(
        scenario_of_yaml(PATH, CLAIM NETWORK "workload: [{at: 1s, insert: 9, every: 1s}]\n" RUN_FOR EXPECT));
}

// Breaks with: a leg where there is only one, a fault of the server's name that a proxy would never hear of.
static void test_legs(void **state)
{
    static const struct refusal cases[] = {
        {CLAIM "network: {rtt: 10ms, proxy: {idle: 5s}}\n" WORKLOAD RUN_FOR EXPECT,
            "2:29: missing key 'then'"},
        {CLAIM "network: {rtt: 10ms, proxy: {idle: 5s, then: nap}}\n" WORKLOAD RUN_FOR EXPECT,
            "2:46: unknown value of then 'nap'*"},
        {CLAIM "network: {rtt: 10ms, pooler: odyssey}\n" WORKLOAD RUN_FOR EXPECT,
            "2:30: unknown pooler 'odyssey'*"},
        {CLAIM
            "network: {rtt: 10ms, proxy: {idle: 5s, then: fin}, pooler: pgbouncer}\n" WORKLOAD RUN_FOR EXPECT,
            "2:60: expected a proxy or a pooler, not both"},
        {CLAIM "network: {rtt: 10ms, flow_table: {idle: 5s, then: rst}, pooler: pgbouncer}\n" WORKLOAD RUN_FOR
                EXPECT,
            "2:34: expected a flow_table, or a proxy or pooler: not both"},
        {GOOD "faults: [{at: 1s, silence: both, leg: db}]\n",
            "6:10: 'silence: both' has a leg: that needs a proxy or a pooler in the network section"},
        {PROXIED "faults: [{at: 1s, name: unknown}]\n",
            "6:10: 'name: unknown' has no meaning with a proxy or a pooler, which knows the server by its address"},
        {PROXIED "faults: [{at: 1s, degrade: both, loss: 1%, leg: db}]\n",
            "6:28: degrade takes a leg for one connection only*"},
    };
    (void)state;
    ASSERT_ALL_REFUSED(cases);
    struct scenario *scenario = scenario_of_yaml(PATH, PROXIED "faults: [{at: 1s, rst: both, leg: db}]\n");
    assert_int_equal(scenario->network.proxy.idle_us, 5000000);
    assert_int_equal(scenario->network.proxy.then, PROXY_SILENCE);
    assert_true(network_has_legs(&scenario->network));
    scenario_free(scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_top),
        cmocka_unit_test(test_network),
        cmocka_unit_test(test_legs),
        cmocka_unit_test(test_workload),
        cmocka_unit_test(test_expect),
        cmocka_unit_test(test_times),
    };
    return cmocka_run_group_tests_name("scenario_sections", tests, NULL, NULL);
}
