// Scenarios: the mistakes in a list of faults, with their places and reasons.
#include "tests/unit/scenario/scenario_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define FAULTS "*" // the table of kinds is long and grows

static const struct refusal bad_faults[] = {
    {"faults: [{silence: both}]\n", "1:10: missing key 'at'"},
    {"faults: [{at: 1s}]\n", "1:10: no fault: expected one of " FAULTS},
    {"faults: [{at: 1s, silense: both}]\n",
        "1:19: unknown key or fault 'silense' (did you mean 'silence'?): expected one of at, for, hits, " FAULTS},
    {"faults: [{at: 1s, when: now}]\n", "1:10: no fault: expected one of " FAULTS},
    {"faults: [{at: 1s, when: now, rts: both}]\n",
        "1:30: unknown key or fault 'rts' (did you mean 'rst'?): expected one of at, for, hits, " FAULTS},
    {"faults: [{at: 1s, rst: both, when: now, after: 2}]\n",
        "1:24: 'after' and 'when' are two moments of one rst: expected one"},
    {"faults: [{at: 1s, syn: slow}]\n", "1:24: syn: slow needs a delay: how long the handshake is held up"},
    {"faults: [{at: 1s, syn: lost, delay: 1s}]\n", "1:24: syn: lost takes no delay: that is syn: slow"},
    {"faults: [{at: 1s, tls: junk, for: 5s}]\n", "1:24: only a stall can be over: 'for' needs 'then: stall'"},
    {"faults: [{at: 1s, tls: close-notify, then: rst}]\n",
        "1:24: tls: close-notify takes no 'then': it ends with a FIN"},
    {"faults: [{at: 1s, rst: both, server: kill-backend}]\n",
        "1:30: a second fault 'server': this item is 'rst' already"},
    {"faults: [{at: 1s, silence: up}]\n",
        "1:28: unknown silence argument 'up': expected one of to-app, to-db, both"},
    {"faults: [{at: 1s, server: nap}]\n",
        "1:27: unknown server argument 'nap': expected one of backend-crash, close-sockets, crash, demoted, destroy-sockets, freeze, freeze-backend, freeze-postmaster, idle-in-transaction-timeout, idle-session-timeout, kill-backend, shutting-down, starting-up, stop-fast, stop-immediate, suspended, terminate, too-many-clients, vanish"},
    {"faults: [{at: 1s, server: terminate, for: 1s}]\n",
        "1:27: 'terminate' happens at once and takes no 'for'"},
    {"faults: [{at: 1s, silence: [both]}]\n", "1:28: expected text, found a list"},
    {"faults: [{at: 1s, rst: both, for: 1s}]\n", "1:35: 'rst' happens at once and takes no 'for'"},
    {"faults: [{at: 1s, silence: both, when: now}]\n",
        "1:34: unknown silence option 'when': expected one of at, hits, for, connections, leg"},
    {"faults: [{at: 1s, rst: both, wehn: now}]\n",
        "1:30: unknown rst option 'wehn' (did you mean 'when'?): expected one of at, hits, when, after, connections, leg"},
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
    {"faults: [{at: 1s, degrade: both, connections: oldest, rate: 1mbit}]\n",
        "1:28: degrade takes no 'rate' for one connection: expected delay or loss"},
    {"faults: [{at: 1s, degrade: both, connections: oldest}]\n",
        "1:28: degrade needs at least one option: what gets worse"},
    {"faults: [{at: 1s, client: moved, for: 5s}]\n", "1:27: 'moved' happens at once and takes no 'for'"},
    {"faults: [{at: 1s, client: vanish, answer: rst}]\n",
        "1:27: 'vanish' takes no 'answer': only 'moved' does"},
    {"faults: [{at: 1s, failover: takeover, old: writable}]\n",
        "1:29: takeover takes no 'old': the second machine has its address"},
    {"faults: [{at: 1s, server: suspended}]\n",
        "1:27: 'suspended' needs a delay: how long it takes to wake up"},
    {"faults: [{at: 1s, server: freeze, delay: 1s}]\n",
        "1:27: 'freeze' takes no delay: only 'suspended' does"},
    {"faults: [{at: 1s, name: slow}]\n",
        "1:25: name: slow needs a delay: how long the name server takes to answer"},
    {"faults: [{at: 1s, name: unanswered, delay: 1s}]\n",
        "1:25: name: unanswered takes no delay: that is name: slow"},
    {"faults: [{at: 1s, silence: both, hits: none}]\n", "1:40: 'none': *"},
    {"faults: []\n", "1:9: the list is empty"},
};

static void test_faults(void **state)
{
    (void)state;
    ASSERT_ALL_REFUSED(bad_faults);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults),
    };
    return cmocka_run_group_tests_name("scenario_faults", tests, NULL, NULL);
}
