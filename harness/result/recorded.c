#include "result/recorded.h"

#include "base/duration.h"
#include "base/json_number.h"
#include "base/parse_uint.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define SEED_MAX INT64_MAX

static int64_t recorded_value(enum metric metric, const json_t *value)
{
    int64_t number;
    if (json_is_string(value))
        return METRIC_NEVER;
    if (metric_unit(metric) == RANGE_DURATION)
        return json_number_duration(value, US_PER_MS, &number) ? number : METRIC_ABSENT;
    return json_number_count(value, &number) ? number : METRIC_ABSENT;
}

static struct verdict *recorded_verdict(const json_t *json)
{
    struct verdict *verdict = verdict_without_trace(OUTCOME_PASS, "recorded");
    const char *impact = json_string_value(json_object_get(json, "impact"));
    if (verdict == NULL)
        return NULL;
    if (impact == NULL || !impact_by_name(impact, &verdict->impact))
        verdict->impact = IMPACT_UNKNOWN;
    for (int i = 0; i < METRIC_KINDS; i++)
        verdict->metrics.value[i] = recorded_value(
            (enum metric)i, json_object_get(json, metric_json_name((enum metric)i)));
    return verdict;
}

static void take_says(struct error_texts *texts, const json_t *says)
{
    texts->items = calloc(json_array_size(says) + 1, sizeof(*texts->items));
    for (size_t i = 0; texts->items != NULL && i < json_array_size(says); i++) {
        const char *said = json_string_value(json_array_get(says, i));
        char *text = said != NULL ? text_one_line(said) : NULL;
        if (text != NULL)
            texts->items[texts->count++] = (struct error_text){text, 1};
    }
}

// As the folder of a cell is called.
static char *folder_name_of(const char *key)
{
    char *name = NULL;
    size_t length;
    FILE *file = open_memstream(&name, &length);
    for (; file != NULL && *key != '\0'; key++) {
        if (*key == ' ')
            fputs("--", file);
        else
            putc(*key == '/' || *key == ':' ? '-' : *key, file);
    }
    if (file != NULL && fclose(file) == 0)
        return name;
    free(name);
    return NULL;
}

// "idle/silence pqpool:none 7". False: no memory.
static bool take_recorded(struct run_result *run, const char *key, const json_t *json)
{
    const char *subject = strchr(key, ' '), *seed = strrchr(key, ' ');
    struct cell_result *cell = &run->cells[run->cells_count];
    uint64_t number;
    if (subject == NULL || subject == seed || !whole_number_parse(seed + 1, 0, SEED_MAX, &number))
        return true;
    *cell = (struct cell_result){.scenario = strndup(key, (size_t)(subject - key)),
        .subject = strndup(subject + 1, (size_t)(seed - subject - 1)),
        .claim = strdup(""),
        .dir = folder_name_of(key),
        .seed = number,
        .verdict = recorded_verdict(json)};
    take_says(&cell->texts, json_object_get(json, "says"));
    run->cells_count++;
    return cell->scenario != NULL && cell->subject != NULL && cell->claim != NULL && cell->dir != NULL &&
           cell->verdict != NULL && cell->texts.items != NULL;
}

struct run_result *recorded_run(const json_t *baseline, struct error *error)
{
    const char *key;
    json_t *cell, *cells = json_object_get(baseline, "cells");
    struct run_result *run = run_result_new("virtual", NULL, NULL, 0, json_object_size(cells));
    bool room = run != NULL;
    if (room)
        run->cells_count = 0;
    json_object_foreach(cells, key, cell) room = room && take_recorded(run, key, cell);
    if (room && run->cells_count > 0)
        run->seed = run->cells[0].seed;
    if (room)
        return run;
    run_result_free(run);
    (void)error_set(error, ERROR_LAB, "out of memory");
    return NULL;
}
