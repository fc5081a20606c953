// A scenario in its resolved form, as plan.json keeps it.
#include "scenario/internal.h"

static json_t *bound_to_json(int64_t bound, int64_t open)
{
    return bound == open ? json_null() : json_integer(bound);
}

static json_t *workload_item_to_json(const struct workload_item *item)
{
    const struct {
        const char *name;
        int64_t value;
    } measures[] = {{"takes_us", item->takes_us}, {"pause_us", item->pause_us},
        {"size_bytes", item->size_bytes}, {"then", item->then}, {"within_us", item->within_us},
        {"retries", item->retries}};
    json_t *json = json_pack("{s:I, s:s, s:i, s:I, s:i, s:i}", "at_us", (json_int_t)item->at_us, "operation",
        operation_name(item->operation), "count", item->count, "every_us", (json_int_t)item->every_us, "line",
        item->line, "column", item->column);
    for (size_t i = 0; i < sizeof(measures) / sizeof(*measures); i++)
        if (measures[i].value != 0)
            json_object_set_new(json, measures[i].name, json_integer(measures[i].value));
    if (item->once)
        json_object_set_new(json, "once", json_true());
    return json;
}

static json_t *fault_to_json(const struct fault_spec *spec)
{
    json_t *json = json_pack("{s:I, s:s, s:s, s:o, s:o, s:i, s:i}", "at_us", (json_int_t)spec->at_us, "kind",
        spec->kind->name, "argument", spec->argument, "for_us", bound_to_json(spec->for_us, FAULT_FOREVER),
        "options", scenario_fault_options_to_json(spec), "line", spec->line, "column", spec->column);
    if (spec->claims_hits)
        json_object_set_new(json, "hits",
            json_pack("{s:o, s:o}", "low", bound_to_json(spec->hits.low, INT64_MIN), "high",
                bound_to_json(spec->hits.high, INT64_MAX)));
    return json;
}

static json_t *expectation_to_json(const struct expectation *expectation)
{
    if (expectation->kind != EXPECT_RANGE)
        return json_pack("{s:s, s:s, s:i, s:i}", "strategy", expectation->strategy,
            expectation_key(expectation), expectation->text, "line", expectation->line, "column",
            expectation->column);
    bool duration = metric_unit(expectation->metric) == RANGE_DURATION;
    return json_pack("{s:s, s:s, s:o, s:o, s:i, s:i}", "strategy", expectation->strategy, "metric",
        metric_name(expectation->metric), duration ? "low_us" : "low",
        bound_to_json(expectation->range.low, INT64_MIN), duration ? "high_us" : "high",
        bound_to_json(expectation->range.high, INT64_MAX), "line", expectation->line, "column",
        expectation->column);
}

static json_t *flow_table_to_json(const struct flow_table *flow_table)
{
    if (flow_table->idle_us == 0)
        return json_null();
    json_t *json = json_pack("{s:I, s:s}", "idle_us", (json_int_t)flow_table->idle_us, "then",
        flow_table_then_names[flow_table->then]);
    if (flow_table->age_us != 0)
        json_object_set_new(json, "age_us", json_integer(flow_table->age_us));
    if (flow_table->size != 0)
        json_object_set_new(json, "size", json_integer(flow_table->size));
    return json;
}

static void add_legs(json_t *json, const struct network *network)
{
    if (network->proxy.idle_us != 0)
        json_object_set_new(json, "proxy",
            json_pack("{s:I, s:s}", "idle_us", (json_int_t)network->proxy.idle_us, "then",
                proxy_then_names[network->proxy.then]));
    if (network->pooler != POOLER_NONE)
        json_object_set_new(json, "pooler", json_string(pooler_names[network->pooler]));
}

static json_t *network_to_json(const struct network *network)
{
    json_t *json = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "rtt_us",
        (json_int_t)network->rtt_us, "jitter_us", (json_int_t)network->jitter_us, "loss_ppm",
        (json_int_t)network->loss_ppm, "duplicate_ppm", (json_int_t)network->duplicate_ppm, "reorder_ppm",
        (json_int_t)network->reorder_ppm, "corrupt_ppm", (json_int_t)network->corrupt_ppm, "rate_bps",
        (json_int_t)network->rate_bps, "flow_table", flow_table_to_json(&network->flow_table));
    add_legs(json, network);
    return json;
}

static json_t *pool_to_json(const struct pool_settings *pool)
{
    return json_pack("{s:i, s:i, s:s*, s:s*}", "size", pool->size, "workers", pool->workers, "conninfo",
        pool->conninfo, "sslmode",
        pool->sslmode != SSLMODE_VERIFY_FULL ? sslmode_names[pool->sslmode] : NULL);
}

json_t *scenario_to_json(const struct scenario *scenario)
{
    json_t *reproduces = json_array(), *workload = json_array(), *faults = json_array(),
           *expect = json_array();
    for (size_t i = 0; i < scenario->reproduces_count; i++)
        json_array_append_new(reproduces, json_string(scenario->reproduces[i]));
    for (size_t i = 0; i < scenario->workload_count; i++)
        json_array_append_new(workload, workload_item_to_json(&scenario->workload[i]));
    for (size_t i = 0; i < scenario->faults_count; i++)
        json_array_append_new(faults, fault_to_json(&scenario->faults[i]));
    for (size_t i = 0; i < scenario->expectations_count; i++)
        json_array_append_new(expect, expectation_to_json(&scenario->expectations[i]));
    return json_pack("{s:s, s:s, s:s, s:b, s:s, s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "name", scenario->name,
        "path", scenario->path, "claim", scenario->claim, "must_fail", scenario->must_fail, "best",
        impact_name(scenario->best), "reproduces", reproduces, "network", network_to_json(&scenario->network),
        "pool", pool_to_json(&scenario->pool), "workload", workload, "faults", faults, "run_for_us",
        (json_int_t)scenario->run_for_us, "expect", expect);
}
