// What only the whole scenario can show: everything happens within run_for, and the router has what a fault
// needs.
#include "scenario/internal.h"

#include "base/duration.h"

static bool out_of_time(const struct scenario *scenario, int line, int column, const char *what,
    int64_t at_us, struct error *error)
{
    char at[DURATION_TEXT_SIZE], run_for[DURATION_TEXT_SIZE];
    return error_set(error, ERROR_INPUT, "%s:%d:%d: %s at %s, but the scenario ends at %s (run_for)",
        scenario->path, line, column, what, duration_format(at_us, at),
        duration_format(scenario->run_for_us, run_for));
}

static bool check_item(const struct scenario *scenario, const struct workload_item *item, struct error *error)
{
    if (item->at_us >= scenario->run_for_us)
        return out_of_time(scenario, item->line, item->column, "starts", item->at_us, error);
    int64_t repeats = item->count - 1, left_us = scenario->run_for_us - 1 - item->at_us;
    if (repeats == 0 || item->every_us <= left_us / repeats)
        return true;
    return out_of_time(scenario, item->line, item->column, "its last one starts",
        item->at_us + repeats * item->every_us, error);
}

static bool check_fault(const struct scenario *scenario, const struct fault_spec *spec, struct error *error)
{
    if (spec->at_us >= scenario->run_for_us)
        return out_of_time(scenario, spec->line, spec->column, "happens", spec->at_us, error);
    if (!network_suits_fault(&scenario->network, spec, error))
        return error_context(error, "%s:%d:%d", scenario->path, spec->line, spec->column);
    if (spec->for_us == FAULT_FOREVER || spec->for_us <= scenario->run_for_us - spec->at_us)
        return true;
    return out_of_time(scenario, spec->line, spec->column, "is over", spec->at_us + spec->for_us, error);
}

bool scenario_check_times(const struct scenario *scenario, struct error *error)
{
    for (size_t i = 0; i < scenario->workload_count; i++) {
        if (!check_item(scenario, &scenario->workload[i], error))
            return false;
    }
    for (size_t i = 0; i < scenario->faults_count; i++) {
        if (!check_fault(scenario, &scenario->faults[i], error))
            return false;
    }
    return true;
}
