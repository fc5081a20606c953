#include "result/bar.h"

#include <inttypes.h>
#include <string.h>

static bool refuse(const char *word, const char *why, struct error *error)
{
    return error_set(error, ERROR_INPUT, "--fail-on %s: %s", word, why);
}

// "delay>5s": what stands in front of the comparison.
static size_t length_of_metric(const char *word)
{
    return strcspn(word, "<>=");
}

static bool parse_metric_demand(struct bar_demand *demand, struct error *error)
{
    char name[sizeof(demand->text)];
    const char *why, *comparison = demand->text + length_of_metric(demand->text);
    snprintf(name, sizeof(name), "%.*s", (int)length_of_metric(demand->text), demand->text);
    demand->kind = BAR_METRIC;
    if (!metric_by_name(name, &demand->metric))
        return refuse(demand->text,
            "expected a metric (errors, hung, lost, delay>5s), never, stuck, skip or worse", error);
    if (*comparison == '\0' && metric_unit(demand->metric) == RANGE_DURATION)
        return refuse(demand->text, "expected a comparison: delay>5s", error);
    if (*comparison == '\0')
        comparison = ">0";
    comparison += *comparison == '=';
    return metric_range_parse(demand->metric, comparison, &demand->range, &why) ||
           refuse(demand->text, why, error);
}

static bool parse_demand(struct bar_demand *demand, struct error *error)
{
    if (strcmp(demand->text, "never") == 0)
        *demand = (struct bar_demand){BAR_METRIC, METRIC_RECOVERY, {METRIC_NEVER, METRIC_NEVER}, "never"};
    else if (strcmp(demand->text, "skip") == 0)
        demand->kind = BAR_SKIP;
    else if (strcmp(demand->text, "worse") == 0)
        demand->kind = BAR_WORSE;
    else if (strcmp(demand->text, impact_name(IMPACT_STUCK)) == 0)
        demand->kind = BAR_STUCK;
    else
        return parse_metric_demand(demand, error);
    return true;
}

bool bar_parse(struct bar *bar, const char *text, struct error *error)
{
    for (;; text++) {
        size_t length = strcspn(text, ",");
        struct bar_demand *demand = &bar->demands[bar->count];
        if (bar->count == BAR_DEMANDS_MAX || length >= sizeof(demand->text))
            return refuse(text, "too long", error);
        *demand = (struct bar_demand){.kind = BAR_METRIC};
        memcpy(demand->text, text, length);
        if (!parse_demand(demand, error))
            return false;
        bar->count++;
        text += length;
        if (*text == '\0')
            return true;
    }
}

static bool demand_is_met(const struct bar_demand *demand, const struct cell_result *cell)
{
    switch (demand->kind) {
    case BAR_SKIP: return cell->verdict->outcome == OUTCOME_SKIP;
    case BAR_WORSE: return cell->verdict->impact > cell->best;
    case BAR_STUCK: return cell->verdict->impact == IMPACT_STUCK;
    case BAR_METRIC: break;
    }
    return metric_is_in(cell->verdict->metrics.value[demand->metric], demand->range);
}

const struct bar_demand *bar_breach(const struct bar *bar, const struct cell_result *cell)
{
    for (size_t i = 0; cell->verdict && !cell->control && i < bar->count; i++)
        if (demand_is_met(&bar->demands[i], cell))
            return &bar->demands[i];
    return NULL;
}

#define BREACH_SIZE 64
// ": errors 2", behind what was demanded.
static const char *describe_breach(
    const struct bar_demand *demand, const struct cell_result *cell, char text[static BREACH_SIZE])
{
    char value[METRIC_TEXT_SIZE];
    const char *impact = impact_name(cell->verdict->impact);
    text[0] = '\0';
    switch (demand->kind) {
    case BAR_SKIP: break;
    case BAR_METRIC:
        snprintf(text, BREACH_SIZE, ": %s %s", metric_name(demand->metric),
            metric_format(demand->metric, cell->verdict->metrics.value[demand->metric], value));
        break;
    case BAR_STUCK: snprintf(text, BREACH_SIZE, ": %s", impact); break;
    case BAR_WORSE: snprintf(text, BREACH_SIZE, ": %s, where %s can be had", impact, impact_name(cell->best));
    }
    return text;
}

// A bar that no pool can keep in this scenario looks like a fault of the pool. "": it is none, or nobody
// knows.
static const char *excuse_of(const struct cell_result *cell)
{
    const enum impact impact = cell->verdict->impact;
    return impact > IMPACT_CLEAN && impact <= cell->best ? "; no pool has a better impact here" : "";
}

void bar_mark(const struct bar *bar, struct run_result *result)
{
    char text[BREACH_SIZE];
    for (size_t i = 0; i < result->cells_count; i++) {
        struct cell_result *cell = &result->cells[i];
        const struct bar_demand *demand = bar_breach(bar, cell);
        if (demand)
            snprintf(cell->fail_on, sizeof(cell->fail_on), "--fail-on %.30s%s%s", demand->text,
                describe_breach(demand, cell, text), excuse_of(cell));
    }
}

size_t bar_print(const struct bar *bar, const struct run_result *result, FILE *file)
{
    size_t breaches = 0;
    char text[BREACH_SIZE];
    for (size_t i = 0; i < result->cells_count; i++) {
        const struct bar_demand *demand = bar_breach(bar, &result->cells[i]);
        if (!demand)
            continue;
        fprintf(file, "--fail-on %s: %s %s%s\n", demand->text, result->cells[i].scenario,
            result->cells[i].subject, describe_breach(demand, &result->cells[i], text));
        breaches++;
    }
    return breaches;
}
