// Verdict, last step: what the scenario expects against what was measured.
#include "verdict/internal.h"

#include "base/duration.h"
#include "scenario/strategy_class.h"
#include "verdict/texts.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TEXTS_SHOWN 3

static void format_actual(enum metric metric, int64_t value, char text[static DURATION_TEXT_SIZE])
{
    if (value == METRIC_ABSENT)
        snprintf(text, DURATION_TEXT_SIZE, "none");
    else if (value == METRIC_NEVER && metric_never(metric) != NULL)
        snprintf(text, DURATION_TEXT_SIZE, "%s", metric_never(metric));
    else if (metric_unit(metric) == RANGE_DURATION)
        duration_format(value, text);
    else
        snprintf(text, DURATION_TEXT_SIZE, "%" PRId64, value);
}

static bool is_in_range(struct judgement *judgement, const struct expectation *expectation)
{
    return metric_is_in(judgement->verdict->metrics.value[expectation->metric], expectation->range);
}

static void fail_range(struct judgement *judgement, const char *path, const struct expectation *expectation)
{
    char expected[RANGE_TEXT_SIZE], actual[DURATION_TEXT_SIZE];
    format_actual(expectation->metric, judgement->verdict->metrics.value[expectation->metric], actual);
    judgement_fail(judgement, "%s:%d: %s: %s: expected %s, actual %s", path, expectation->line,
        expectation->strategy, expectation_key(expectation),
        metric_range_format(expectation->metric, expectation->range, expected), actual);
}

// `2x "text", 1x "text" and 4 more`. The caller frees it; NULL: out of memory.
static char *list_texts(const struct error_texts *texts)
{
    char *list = NULL;
    size_t length;
    FILE *memory = open_memstream(&list, &length);
    if (!memory)
        return NULL;
    if (texts->count == 0)
        fputs("no error", memory);
    for (size_t i = 0; i < texts->count && i < TEXTS_SHOWN; i++)
        fprintf(
            memory, "%s%" PRId64 "x \"%s\"", i > 0 ? ", " : "", texts->items[i].count, texts->items[i].text);
    if (texts->count > TEXTS_SHOWN)
        fprintf(memory, " and %zu more", texts->count - TEXTS_SHOWN);
    if (fclose(memory) == 0)
        return list;
    free(list);
    return NULL;
}

// Errors are kept as one line, so what is looked for has to be one line as well.
static bool is_said(struct judgement *judgement, const struct expectation *expectation)
{
    const struct verdict *verdict = judgement->verdict;
    char *wanted = judgement_copy(judgement, expectation->text);
    bool found = false;
    for (size_t i = 0; wanted && !found && i < verdict->errors_count; i++)
        found = verdict->errors[i].text && strstr(verdict->errors[i].text, wanted);
    free(wanted);
    return found;
}

static void fail_says(struct judgement *judgement, const char *path, const struct expectation *expectation)
{
    struct error_texts texts = {0};
    char *seen = error_texts_collect(judgement->verdict, &texts) ? list_texts(&texts) : NULL;
    if (seen)
        judgement_fail(judgement, "%s:%d: %s: %s: expected \"%s\", actual %s", path, expectation->line,
            expectation->strategy, expectation_key(expectation), expectation->text, seen);
    else
        judgement->out_of_memory = true;
    free(seen);
    error_texts_clear(&texts);
}

// What an expectation of each kind comes to.
static const struct {
    bool (*holds)(struct judgement *judgement, const struct expectation *expectation);
    void (*fail)(struct judgement *judgement, const char *path, const struct expectation *expectation);
} kinds[] = {
    [EXPECT_RANGE] = {is_in_range, fail_range},
    [EXPECT_SAYS] = {is_said, fail_says},
};
_Static_assert(sizeof(kinds) / sizeof(kinds[0]) == EXPECTATION_KINDS, "each kind has a row");

// `path` is where it is written.
static void expect(struct judgement *judgement, const char *path, const struct expectation *expectation)
{
    if (!kinds[expectation->kind].holds(judgement, expectation) && !judgement->out_of_memory)
        kinds[expectation->kind].fail(judgement, path, expectation);
}

// Nobody has to say it in libpq's words, and what a class expects may be counted in libpq's round trips.
static bool concerns_as(const char *strategy, const struct expectation *expectation, const struct cell *cell)
{
    bool text = expectation->kind != EXPECT_RANGE, any = strcmp(expectation->strategy, "any") == 0;
    for (char **differs = cell->differs; (text || !any) && *differs != NULL; differs++)
        if (strcmp(*differs, expectation_key(expectation)) == 0)
            return false;
    return strcmp(expectation->strategy, strategy) == 0;
}

// Of the same metric, or by the same word: texts stand for each other as the ranges of a metric do.
static bool are_alike(const struct expectation *a, const struct expectation *b)
{
    return a->kind == b->kind && (a->kind != EXPECT_RANGE || a->metric == b->metric);
}

// What `any` expects of a metric holds for everyone whose class expects nothing else of it. Scenarios quote
// libpq: a client with a protocol of its own has its own words for the same; its numbers count.
static bool concerns(const struct expectation *expectation, const struct judgement *judgement)
{
    const struct cell *cell = judgement->cell;
    const struct scenario *scenario = cell->scenario;
    if (strategy_class_is_none(cell->strategy_class))
        return false;
    bool text = expectation->kind != EXPECT_RANGE;
    if (text && judgement->other_client)
        return false;
    if (concerns_as(cell->strategy_class, expectation, cell))
        return true;
    for (size_t i = 0; !text && i < scenario->expectations_count; i++) {
        const struct expectation *own = &scenario->expectations[i];
        if (are_alike(own, expectation) && concerns_as(cell->strategy_class, own, cell))
            return false;
    }
    return concerns_as("any", expectation, cell);
}

bool verdict_is_of_class(
    const struct cell *cell, const struct verdict *verdict, const char *class, char **why)
{
    struct cell as = *cell;
    struct verdict tried = {
        .metrics = verdict->metrics, .errors = verdict->errors, .errors_count = verdict->errors_count};
    struct judgement judgement = {.cell = &as,
        .verdict = &tried,
        .other_client = verdict->driver && strstr(verdict->driver, "libpq") == NULL};
    as.strategy_class = (char *)class;
    judgement_expect(&judgement);
    *why = NULL;
    for (size_t i = 0; i < tried.reasons_count; i++) {
        if (i == 0)
            *why = tried.reasons[i];
        else
            free(tried.reasons[i]);
    }
    free(tried.reasons);
    return tried.outcome == OUTCOME_PASS;
}

static void fail_hits(struct judgement *judgement, const struct fault_spec *spec, int64_t hits)
{
    char expected[RANGE_TEXT_SIZE];
    judgement_fail(judgement, "%s:%d: %s %s: hits: expected %s, actual %" PRId64,
        judgement->cell->scenario->path, spec->line, spec->kind->name, spec->argument,
        range_format(spec->hits, RANGE_COUNT, expected), hits);
}

// What a fault was meant to meet: nothing, or so much. Of a pool without a class nothing is expected.
static void expect_hits(struct judgement *judgement)
{
    const struct scenario *scenario = judgement->cell->scenario;
    const size_t count = judgement->faults == NULL || strategy_class_is_none(judgement->cell->strategy_class)
                             ? 0
                             : scenario->faults_count;
    for (size_t i = 0; i < count; i++) {
        const struct fault_spec *spec = &scenario->faults[i];
        if (spec->claims_hits && !range_contains(spec->hits, judgement->faults[i].hits))
            fail_hits(judgement, spec, judgement->faults[i].hits);
    }
}

void judgement_expect(struct judgement *judgement)
{
    const struct cell *cell = judgement->cell;
    for (size_t i = 0; i < cell->scenario->expectations_count; i++) {
        const struct expectation *expectation = &cell->scenario->expectations[i];
        if (concerns(expectation, judgement))
            expect(judgement, cell->scenario->path, expectation);
    }
    expect_hits(judgement);
}
