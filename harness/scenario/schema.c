// The schema's sections. What the tables do not say (what a key of network, pool or workload is for) is said
// here.
#include "scenario/schema.h"

#include "scenario/internal.h"
#include "scenario/schema_fault.h"

#include <string.h>

#define DURATION "(0|\\d+(\\.\\d+)?(us|ms|s|min|h))"
#define BOUND    "(<|<=|>|>=)?"

// A key of a mapping: what it is, one of the definitions, and what it is for.
struct property {
    const char *name, *definition, *description;
};

static const struct property network[] = {
    {"rtt", "duration", "round-trip time; half of it in each direction"},
    {"jitter", "duration", "at most half of rtt, per direction"},
    {"loss", "percentage", "of the packets are lost"},
    {"duplicate", "percentage", "of the packets come twice"},
    {"reorder", "percentage", "of the packets overtake others"},
    {"corrupt", "percentage", "of the packets have a wrong bit"},
    {"rate", "rate", "bits per second: 10mbit"},
    {"flow_table", "flow_table",
        "the router keeps the state of connections, as NAT gateways, load balancers and firewalls do"},
    {"proxy", "proxy",
        "a TCP proxy between application and server: two connections for each of the application's"},
    {"pooler", "pooler",
        "a pooler between application and server; its connections to the server are its own"},
    {NULL, NULL, NULL},
};

static const struct property proxy[] = {
    {"idle", "duration", "ends the server's connection after so long without data; whole seconds"},
    {"then", "dropped",
        "what the application's connection is sent then: a FIN, an RST, or nothing, and it is acknowledged for ever"},
    {NULL, NULL, NULL},
};

static const struct property flow_table[] = {
    {"idle", "duration", "forgets a connection after so long without a packet; whole seconds"},
    {"then", "forgotten",
        "what becomes of it: its packets vanish, are answered with an RST, or both ends are reset or sent a FIN at once"},
    {"age", "duration", "forgets a connection that is so old, in use or not; whole seconds"},
    {"size", "number", "of connections that it has room for; one more is not let in"},
    {NULL, NULL, NULL},
};

static const struct property pool[] = {
    {"size", "connections", "connections, 2 if not said; all are open when the scenario starts"},
    {"workers", "connections", "operations run side by side, 1 if not said"},
    {"conninfo", "text", "what the application adds to libpq's connection string: tcp_user_timeout=5000"},
    {"sslmode", "sslmode", "as libpq calls it, verify-full if not said; disable: plain TCP"},
    {NULL, NULL, NULL},
};

// The operations come from their own table.
static const struct property workload[] = {
    {"at", "duration", "when the first one starts"},
    {"every", "duration", "time between them; needed for more than one"},
    {"takes", "duration", "how long the query runs (wait), or somebody listens (listen)"},
    {"pause", "duration", "how long the application thinks before it goes on (transaction, lock)"},
    {"size", "size", "of what is sent or fetched: 1mb (bulk, fetch)"},
    {"then", "statements", "inserts after the pause, in the same transaction (transaction)"},
    {"within", "duration", "the deadline that the application gives each, by its library's own means"},
    {"retries", "retries", "how often the application does it again, at once, when it was told an error"},
    {"once", "yes", "with the key as an idempotency key: ON CONFLICT DO NOTHING (insert, transaction, bulk)"},
    {NULL, NULL, NULL},
};

static json_t *properties_of(const struct property *property)
{
    json_t *properties = json_object();
    for (; property->name != NULL; property++)
        json_object_set_new(
            properties, property->name, schema_reference(property->definition, property->description));
    return properties;
}

// A mapping of nothing but these.
static json_t *mapping(json_t *properties)
{
    return json_pack(
        "{s:s, s:b, s:o}", "type", "object", "additionalProperties", 0, "properties", properties);
}

static json_t *network_schema(void)
{
    json_t *schema = mapping(properties_of(network));
    json_object_set_new(schema, "description", json_string("What the path does all the time"));
    json_object_set_new(schema, "required", json_pack("[s]", "rtt"));
    return schema;
}

static json_t *idle_schema(const struct property *properties)
{
    json_t *schema = mapping(properties_of(properties));
    json_object_set_new(schema, "required", json_pack("[s, s]", "idle", "then"));
    return schema;
}

static json_t *pool_schema(void)
{
    json_t *schema = mapping(properties_of(pool));
    json_object_set_new(schema, "description", json_string("The pool under test"));
    json_object_set_new(schema, "minProperties", json_integer(1));
    return schema;
}

static json_t *workload_schema(void)
{
    json_t *properties = properties_of(workload), *choices = json_array();
    for (int i = 0; i < OPERATIONS; i++) {
        const char *name = operation_name((enum operation)i), *needs = operation_needs((enum operation)i);
        json_object_set_new(
            properties, name, schema_reference("number", operation_summary((enum operation)i)));
        json_array_append_new(choices, needs ? json_pack("{s:[s, s]}", "required", name, needs)
                                             : json_pack("{s:[s]}", "required", name));
    }
    json_t *item = mapping(properties);
    json_object_set_new(item, "required", json_pack("[s]", "at"));
    json_object_set_new(item, "oneOf", choices);
    return json_pack("{s:s, s:s, s:i, s:o}", "description", "What the application does", "type", "array",
        "minItems", 1, "items", item);
}

static json_t *expectations_schema(void)
{
    json_t *properties = json_object();
    for (int i = 0; i < METRIC_KINDS; i++) {
        const enum metric metric = (enum metric)i;
        json_object_set_new(properties, metric_name(metric),
            schema_reference(
                metric_unit(metric) == RANGE_DURATION ? "time" : "count", metric_summary(metric)));
    }
    for (int i = EXPECT_RANGE + 1; i < EXPECTATION_KINDS; i++) {
        const enum expectation_kind kind = (enum expectation_kind)i;
        json_object_set_new(properties, expectation_word(kind),
            json_pack("{s:s, s:[{s:s}, {s:s, s:i, s:{s:s}}]}", "description", expectation_word_summary(kind),
                "oneOf", "$ref", "#/$defs/text", "type", "array", "minItems", 1, "items", "$ref",
                "#/$defs/text"));
    }
    json_t *schema = mapping(properties);
    json_object_set_new(schema, "minProperties", json_integer(1));
    return schema;
}

static json_t *pattern(const char *regex, const char *description)
{
    return json_pack("{s:s, s:s, s:s}", "type", "string", "pattern", regex, "description", description);
}

// YAML reads a bare number as one.
static json_t *number_or_pattern(const char *limit, const char *regex, const char *description)
{
    return json_pack("{s:[s, s], s:i, s:s, s:s}", "type", "integer", "string", limit, 0, "pattern", regex,
        "description", description);
}

static json_t *whole_number(int least, int most)
{
    return json_pack("{s:s, s:i, s:i}", "type", "integer", "minimum", least, "maximum", most);
}

static json_t *definitions(void)
{
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", //
        "duration",
        number_or_pattern("maximum", "^" DURATION "$", "A duration with its unit: 10ms, 350s, 2h"),
        "percentage", pattern("^\\d+(\\.\\d{1,4})?%$", "0.1%"),                                         //
        "rate", pattern("^\\d+(\\.\\d+)?(bit|kbit|mbit|gbit)$", "bits per second: 10mbit"),             //
        "size", pattern("^\\d+(\\.\\d+)?(b|kb|mb)$", "bytes: 1200b, 64kb"),                             //
        "text", json_pack("{s:s, s:i}", "type", "string", "minLength", 1),                              //
        "connections", whole_number(1, POOL_CONNECTIONS_MAX),                                           //
        "number", whole_number(1, WORKLOAD_COUNT_MAX),                                                  //
        "statements", whole_number(1, WORKLOAD_THEN_MAX),                                               //
        "retries", whole_number(1, WORKLOAD_RETRIES_MAX), "yes", json_pack("{s:s}", "type", "boolean"), //
        "sslmode", json_pack("{s:o}", "enum", schema_words(sslmode_names)),                             //
        "forgotten", json_pack("{s:o}", "enum", schema_words(flow_table_then_names)),                   //
        "flow_table", idle_schema(flow_table),                                                          //
        "dropped", json_pack("{s:o}", "enum", schema_words(proxy_then_names)),                          //
        "proxy", idle_schema(proxy),                                                                    //
        "pooler", json_pack("{s:o}", "enum", schema_words(pooler_names + POOLER_PGBOUNCER)),            //
        "count",
        number_or_pattern("minimum", "^(" BOUND "\\d+|\\d+\\.\\.\\d+)$", "N, <N, <=N, >N, >=N or N..N"), //
        "time",
        number_or_pattern("maximum", "^(" BOUND DURATION "|" DURATION "\\.\\." DURATION "|none|never|hung)$",
            "as a count, with durations: <3s, 900s..1000s; none: there is nothing to measure; never (recovery), hung (slowest, delay): without an end"),
        "fault", schema_fault(), //
        "expectations", expectations_schema());
}

static json_t *top_properties(void)
{
    json_t *reproduces = json_pack("{s:s, s:s, s:i, s:{s:s, s:s}}", "description",
        "Links to public reports of it", "type", "array", "minItems", 1, "items", "type", "string", "pattern",
        "^https://");
    json_t *faults = json_pack("{s:s, s:s, s:i, s:{s:s}}", "description", "What goes wrong", "type", "array",
        "minItems", 1, "items", "$ref", "#/$defs/fault");
    json_t *expect = json_pack("{s:s, s:s, s:i, s:{s:s}, s:{s:s}}", "description",
        "For each class of strategies, or any (for those whose class expects nothing else of it): the ranges that make the claim true",
        "type", "object", "minProperties", 1, "propertyNames", "pattern", "^[a-z0-9-]+$",
        "additionalProperties", "$ref", "#/$defs/expectations");
    json_t *must_fail = json_pack("{s:s, s:s}", "description",
        "A negative control (only below selftest/): the claim is false, and that must be found out", "type",
        "boolean");
    json_t *best = json_pack("{s:s, s:o}", "description",
        "The best impact that any pool can have here, by the mechanism; clean if not said", "enum",
        schema_words(impact_names));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "claim",
        schema_reference("text", "What this scenario shows, in one line"), "reproduces", reproduces,
        "network", network_schema(), "pool", pool_schema(), "workload", workload_schema(), "faults", faults,
        "run_for", schema_reference("duration", "when the scenario ends"), "expect", expect, "best", best,
        "must_fail", must_fail);
}

json_t *scenario_schema(void)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:b, s:[s, s, s, s, s], s:o, s:o}", "$schema",
        "https://json-schema.org/draft/2020-12/schema", "title", "hangup scenario", "description",
        "One claim about one kind of hang-up. For editors; hangup itself checks more. Made by `hangup schema`.",
        "type", "object", "additionalProperties", 0, "required", "claim", "network", "workload", "run_for",
        "expect", "properties", top_properties(), "$defs", definitions());
}
