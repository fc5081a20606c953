// Inside the scenario reader: each section of the YAML has its file. All readers' target is a struct
// scenario.
#ifndef HANGUP_SCENARIO_INTERNAL_H
#define HANGUP_SCENARIO_INTERNAL_H

#include "base/yaml.h"
#include "scenario/conninfo.h"
#include "scenario/scenario.h"

#define WORKLOAD_COUNT_MAX   100000 // operations of one item
#define POOL_CONNECTIONS_MAX 1000   // and workers
#define WORKLOAD_BYTES_MAX   64000000
#define WORKLOAD_THEN_MAX    100 // inserts of one transaction after its pause
#define WORKLOAD_RETRIES_MAX 10

bool scenario_read_network(struct yaml_source *source, const yaml_node_t *node, void *scenario) MUST_CHECK;
bool scenario_read_pool(struct yaml_source *source, const yaml_node_t *node, void *scenario) MUST_CHECK;
bool scenario_read_workload(struct yaml_source *source, const yaml_node_t *node, void *scenario) MUST_CHECK;
bool scenario_read_faults(struct yaml_source *source, const yaml_node_t *node, void *scenario) MUST_CHECK;
bool scenario_read_expect(struct yaml_source *source, const yaml_node_t *node, void *scenario) MUST_CHECK;

// As scenario_parse, of a file for a program (scenario/program.h): no section is required.
struct scenario *scenario_parse_for_program(
    const char *path, const char *yaml, size_t length, struct error *error) MUST_CHECK;

// One item of `faults`, into an empty spec.
bool scenario_read_fault(
    struct yaml_source *source, const yaml_node_t *node, struct fault_spec *spec) MUST_CHECK;

// One option of a fault whose kind is known; and all of them in plan.json: {"when": "next-packet",
// "delay_us": 5000}.
bool scenario_read_fault_option(struct yaml_source *source, const yaml_node_t *key, const yaml_node_t *value,
    struct fault_spec *spec) MUST_CHECK;
json_t *scenario_fault_options_to_json(const struct fault_spec *spec);
bool scenario_fault_options_from_json(
    const json_t *json, struct fault_spec *spec, struct error *error) MUST_CHECK;

// What only the whole can show: that all times lie within run_for, and that a fault finds what it acts on.
bool scenario_check_times(const struct scenario *scenario, struct error *error) MUST_CHECK;

#endif
