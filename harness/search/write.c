#include "search/write.h"

#include "base/duration.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_quoted(FILE *file, const char *text)
{
    fputc('"', file);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', file);
        fputc((unsigned char)*text < ' ' ? ' ' : *text, file);
    }
    fputc('"', file);
}

static void write_comment(FILE *file, const char *comment)
{
    while (*comment != '\0') {
        size_t length = strcspn(comment, "\n");
        fprintf(file, "#%s%.*s\n", length > 0 ? " " : "", (int)length, comment);
        comment += length + (comment[length] == '\n');
    }
}

static void write_duration(FILE *file, const char *key, int64_t duration_us)
{
    char text[DURATION_TEXT_SIZE];
    fprintf(file, ", %s: %s", key, duration_format(duration_us, text));
}

// Exact: a part of a million is the fourth digit of a percentage.
static void write_percent(FILE *file, const char *key, int64_t ppm)
{
    char text[32];
    snprintf(text, sizeof(text), "%" PRId64 ".%04" PRId64, ppm / 10000, ppm % 10000);
    size_t length = strlen(text);
    while (text[length - 1] == '0')
        length--;
    length -= text[length - 1] == '.';
    fprintf(file, ", %s: \"%.*s%%\"", key, (int)length, text);
}

static void write_flow_table(FILE *file, const struct flow_table *table)
{
    char text[DURATION_TEXT_SIZE];
    fprintf(file, ", flow_table: {idle: %s, then: %s", duration_format(table->idle_us, text),
        flow_table_then_names[table->then]);
    if (table->age_us > 0)
        write_duration(file, "age", table->age_us);
    if (table->size > 0)
        fprintf(file, ", size: %" PRId64, table->size);
    fputc('}', file);
}

static void write_network(FILE *file, const struct network *network)
{
    const struct {
        const char *key;
        int64_t ppm;
    } fractions[] = {{"loss", network->loss_ppm}, {"duplicate", network->duplicate_ppm},
        {"reorder", network->reorder_ppm}, {"corrupt", network->corrupt_ppm}};
    char text[DURATION_TEXT_SIZE];
    fprintf(file, "network: {rtt: %s", duration_format(network->rtt_us, text));
    if (network->jitter_us > 0)
        write_duration(file, "jitter", network->jitter_us);
    for (size_t i = 0; i < sizeof(fractions) / sizeof(fractions[0]); i++)
        if (fractions[i].ppm > 0)
            write_percent(file, fractions[i].key, fractions[i].ppm);
    if (network->rate_bps > 0)
        fprintf(file, ", rate: %" PRId64 "bit", network->rate_bps);
    if (network->flow_table.idle_us > 0)
        write_flow_table(file, &network->flow_table);
    if (network->proxy.idle_us > 0)
        fprintf(file, ", proxy: {idle: %s, then: %s}", duration_format(network->proxy.idle_us, text),
            proxy_then_names[network->proxy.then]);
    if (network->pooler != POOLER_NONE)
        fprintf(file, ", pooler: %s", pooler_names[network->pooler]);
    fputs("}\n", file);
}

static void write_pool(FILE *file, const struct pool_settings *pool)
{
    fprintf(file, "pool: {size: %d, workers: %d", pool->size, pool->workers);
    if (pool->conninfo != NULL) {
        fputs(", conninfo: ", file);
        write_quoted(file, pool->conninfo);
    }
    fputs("}\n", file);
}

static void write_item(FILE *file, const struct workload_item *item)
{
    char text[DURATION_TEXT_SIZE];
    fprintf(file, "  - {at: %s, %s: %d", duration_format(item->at_us, text), operation_name(item->operation),
        item->count);
    if (item->every_us > 0 || item->count > 1)
        write_duration(file, "every", item->every_us);
    if (item->takes_us > 0)
        write_duration(file, "takes", item->takes_us);
    if (item->pause_us > 0)
        write_duration(file, "pause", item->pause_us);
    if (item->size_bytes > 0)
        fprintf(file, ", size: %" PRId64 "b", item->size_bytes);
    if (item->then > 0)
        fprintf(file, ", then: %d", item->then);
    if (item->within_us > 0)
        write_duration(file, "within", item->within_us);
    if (item->retries > 0)
        fprintf(file, ", retries: %d", item->retries);
    fputs(item->once ? ", once: true}\n" : "}\n", file);
}

static void write_option(FILE *file, const struct fault_option *option)
{
    const char *name = option->kind->name;
    switch (option->kind->type) {
    case FAULT_OPTION_DURATION: write_duration(file, name, option->number); break;
    case FAULT_OPTION_PERCENT: write_percent(file, name, option->number); break;
    case FAULT_OPTION_COUNT: fprintf(file, ", %s: %" PRId64, name, option->number); break;
    case FAULT_OPTION_RATE: fprintf(file, ", %s: %" PRId64 "bit", name, option->number); break;
    case FAULT_OPTION_SIZE: fprintf(file, ", %s: %" PRId64 "b", name, option->number); break;
    case FAULT_OPTION_WORD: fprintf(file, ", %s: %s", name, option->word); break;
    case FAULT_OPTION_TYPES: break;
    }
}

static void write_fault(FILE *file, const struct fault_spec *spec)
{
    char text[DURATION_TEXT_SIZE];
    fprintf(
        file, "  - {at: %s, %s: %s", duration_format(spec->at_us, text), spec->kind->name, spec->argument);
    if (spec->for_us != FAULT_FOREVER)
        write_duration(file, "for", spec->for_us);
    for (size_t i = 0; i < spec->options_count; i++)
        write_option(file, &spec->options[i]);
    fputs("}\n", file);
}

// That the demand is not met. What no range says (stuck, worse) is no expectation of one metric: then every
// answer comes.
static void write_expectation(FILE *file, const struct bar_demand *demand)
{
    char text[RANGE_TEXT_SIZE];
    struct range below = {INT64_MIN, 0};
    if (demand == NULL || demand->kind != BAR_METRIC || demand->range.low <= 0) {
        fputs("expect:\n  any: {hung: 0}\n", file);
        return;
    }
    below.high = demand->range.low - 1;
    if (metric_unit(demand->metric) == RANGE_DURATION && below.high > DURATION_MAX_US)
        below.high = DURATION_MAX_US; // of `never`
    if (metric_unit(demand->metric) == RANGE_COUNT && below.high == 0)
        below.low = 0;
    fprintf(file, "expect:\n  any: {%s: \"%s\"}\n", metric_name(demand->metric),
        metric_range_format(demand->metric, below, text));
}

char *scenario_write(const struct scenario *scenario, const struct scenario_file *around)
{
    char *text = NULL, run_for[DURATION_TEXT_SIZE];
    size_t size;
    FILE *file = open_memstream(&text, &size);
    if (file == NULL)
        return NULL;
    write_comment(file, around->comment);
    fputs("claim: ", file);
    write_quoted(file, around->claim);
    fputc('\n', file);
    write_network(file, &scenario->network);
    write_pool(file, &scenario->pool);
    fputs("workload:\n", file);
    for (size_t i = 0; i < scenario->workload_count; i++)
        write_item(file, &scenario->workload[i]);
    if (scenario->faults_count > 0)
        fputs("faults:\n", file);
    for (size_t i = 0; i < scenario->faults_count; i++)
        write_fault(file, &scenario->faults[i]);
    fprintf(file, "run_for: %s\n", duration_format(scenario->run_for_us, run_for));
    write_expectation(file, around->demand);
    if (fclose(file) == 0)
        return text;
    free(text);
    return NULL;
}
