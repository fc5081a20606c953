// A baseline as a run: written as run.json has it, and read in the same way.
#include "result/baseline.h"

#include "base/json_number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// "idle/silence sqlalchemy:pre-ping 7"; of a file that may come from anywhere.
struct key_words {
    const char *scenario, *subject, *seed; // within `text`
    char *text;
};

static bool split_key(const char *key, struct key_words *words)
{
    words->text = strdup(key);
    char *rest = words->text;
    words->scenario = rest ? strsep(&rest, " ") : NULL;
    words->subject = rest ? strsep(&rest, " ") : NULL;
    words->seed = rest;
    return words->seed != NULL;
}

// As the folder of a cell is called; there is none here.
static char *name_place(const char *key)
{
    char *name = NULL;
    size_t length;
    FILE *file = open_memstream(&name, &length);
    for (; file && *key; key++)
        if (*key == ' ')
            fputs("--", file);
        else
            putc(*key == '/' || *key == ':' ? '-' : *key, file);
    if (file && fclose(file) == 0)
        return name;
    free(name);
    return NULL;
}

static json_t *texts_of(const json_t *says)
{
    json_t *texts = json_array();
    const json_t *text;
    size_t i;
    json_array_foreach(says, i, text)
    {
        json_array_append_new(texts, json_pack("{s:s?, s:i}", "text", json_string_value(text), "count", 1));
    }
    return texts;
}

// Members that are no metrics are of no harm among them.
static json_t *metrics_of(json_t *cell)
{
    json_t *metrics = json_copy(cell);
    json_object_set_new(metrics, "wall_s", json_integer(0));
    json_object_set_new(metrics, "virtual_s", json_integer(0));
    return metrics;
}

static json_t *cell_of_record(const json_t *baseline, const char *key, json_t *cell)
{
    struct key_words words;
    json_t *json = NULL;
    char *place = name_place(key);
    if (split_key(key, &words) && place) {
        const json_t *version = json_object_get(json_object_get(baseline, "versions"), words.subject);
        json = json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:s?, s:s?, s:s?, s:o, s:[], s:[], s:o}", "scenario",
            words.scenario, "claim", "", "subject", words.subject, "dir", place, "seed",
            (json_int_t)strtoull(words.seed, NULL, 10), "verdict", "pass", "impact",
            json_string_value(json_object_get(cell, "impact")), "version",
            json_string_value(json_array_get(version, 0)), "driver",
            json_string_value(json_array_get(version, 1)), "metrics", metrics_of(cell), "reasons", "errors",
            "error_texts", texts_of(json_object_get(cell, "says")));
    }
    free(words.text);
    free(place);
    return json;
}

static json_t *cells_of_records(const json_t *baseline, const char **broken)
{
    json_t *array = json_array(), *cell;
    const char *key;
    json_object_foreach(json_object_get(baseline, "cells"), key, cell)
    {
        json_t *json = cell_of_record(baseline, key, cell);
        if (!json || json_array_append_new(array, json) != 0)
            *broken = key;
    }
    return array;
}

// The first seed is the one that pages show. 0: there is no cell.
static json_int_t lowest_seed(const json_t *cells)
{
    json_int_t lowest = 0;
    const json_t *cell;
    size_t i;
    json_array_foreach(cells, i, cell)
    {
        int64_t seed;
        if (json_number_count(json_object_get(cell, "seed"), &seed) && (i == 0 || seed < lowest))
            lowest = seed;
    }
    return lowest;
}

struct run_result *baseline_run(const json_t *baseline, const char *name, struct error *error)
{
    const char *broken = NULL;
    json_t *cells = cells_of_records(baseline, &broken);
    json_t *json = json_pack("{s:s, s:s, s:n, s:n, s:I, s:i, s:i, s:O?, s:o}", "schema", "hangup-run/2",
        "lab", "virtual", "kernel", "started", "seed", lowest_seed(cells), "not_run", 0, "wall_s", 0, "world",
        json_object_get(baseline, "world"), "cells", cells);
    struct run_result *run = NULL;
    if (broken)
        (void)error_set(
            error, ERROR_INPUT, "cells: '%.80s': expected a scenario, a subject and a seed", broken);
    else
        run = run_result_from_json(json, error);
    json_decref(json);
    if (run && *run->world.image == '\0')
        snprintf(run->world.image, sizeof(run->world.image), "%s", name);
    return run;
}
