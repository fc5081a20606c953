// Scenarios in YAML for tests: a whole one in pieces, one with everything in it, and what is refused.
#ifndef HANGUP_TESTS_UNIT_SCENARIO_SCENARIO_FIXTURE_H
#define HANGUP_TESTS_UNIT_SCENARIO_SCENARIO_FIXTURE_H

#include "scenario/scenario.h"

// One section a line, so that a case that replaces one has its mistake in that line.
#define CLAIM    "claim: it hangs\n"
#define NETWORK  "network: {rtt: 10ms}\n"
#define WORKLOAD "workload: [{at: 1s, insert: 1}]\n"
#define RUN_FOR  "run_for: 10s\n"
#define EXPECT   "expect: {any: {lost: 0}}\n"
#define TOP      CLAIM NETWORK WORKLOAD RUN_FOR
#define GOOD     TOP EXPECT
#define PROXIED  CLAIM "network: {rtt: 10ms, proxy: {idle: 5s, then: silence}}\n" WORKLOAD RUN_FOR EXPECT

#define PATH "scenarios/idle/x.yaml"

// Of a file and of scenarios/schema.json.
#define TOP_KEYS "claim, reproduces, network, pool, workload, faults, run_for, expect, best, must_fail"

// May not fail.
struct scenario *scenario_of_yaml(const char *path, const char *yaml);

struct refusal {
    const char *yaml;
    const char *message; // behind the path; a `*` at its end stands for any text
};
void assert_refused(const char *path, const char *yaml, const char *message);
// Each in a file of its own, PATH.
void assert_all_refused(const struct refusal *cases, size_t count);
#define ASSERT_ALL_REFUSED(cases) assert_all_refused(cases, sizeof(cases) / sizeof(*(cases)))

void assert_network(const struct network *actual, const struct network *expected);

// A scenario with something in each section, and whether all of it was understood.
extern const char scenario_full[];
void assert_scenario_full(const struct scenario *scenario);

#endif
