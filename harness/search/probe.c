#include "search/probe.h"

#include "base/array.h"
#include "sweep/classes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct cell *make_probe_cell(
    const struct cell *like, const json_t *scenario, uint64_t seed, const char *name, struct error *error)
{
    json_t *json = cell_to_json(like), *calm = json_deep_copy(scenario);
    struct cell *cell = NULL;
    if (json == NULL || calm == NULL || json_object_set_new(calm, "expect", json_array()) != 0 ||
        json_object_set_new(json, "scenario", json_incref(calm)) != 0 ||
        json_object_set_new(json, "cell", json_string(name)) != 0 ||
        json_object_set_new(json, "seed", json_integer((json_int_t)seed)) != 0)
        error_set(error, ERROR_LAB, "out of memory");
    else
        cell = cell_from_json(json, error);
    json_decref(calm);
    json_decref(json);
    return cell;
}

static bool add_probe(struct search_probes *probes, struct cell *cell, struct error *error)
{
    if (cell == NULL)
        return false;
    struct search_probe *grown = array_grow(probes->items, probes->count, sizeof(*grown));
    if (grown == NULL) {
        cell_free(cell);
        return error_set(error, ERROR_LAB, "out of memory");
    }
    probes->items = grown;
    probes->items[probes->count++] = (struct search_probe){.cell = cell};
    return true;
}

bool search_probe_seed(struct search_probes *probes, const struct cell *like, const json_t *scenario,
    uint64_t seed, struct error *error)
{
    char name[FOLDER_NAME_MAX + 32];
    snprintf(name, sizeof(name), "%s--s%" PRIu64, like->name, seed);
    return add_probe(probes, make_probe_cell(like, scenario, seed, name, error), error);
}

bool search_probe_form(struct search_probes *probes, const struct cell *like, const json_t *scenario,
    uint64_t seed, struct error *error)
{
    char name[FOLDER_NAME_MAX + 64], digest[DIGEST_TEXT_SIZE];
    json_t *placeless = json_copy(
        (json_t *)scenario); // the same search in another folder gives the same names
    json_object_del(placeless, "path");
    char *text = json_dumps(placeless, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(placeless);
    if (text == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    digest_text(text, digest);
    free(text);
    snprintf(name, sizeof(name), "%s--s%" PRIu64 "--%.12s", like->name, seed, digest);
    return add_probe(probes, make_probe_cell(like, scenario, seed, name, error), error);
}

static bool take_probe(
    struct search_probe *probe, struct cell_result *result, const struct bar *bar, struct error *error)
{
    probe->ran = result->verdict != NULL;
    if (!probe->ran)
        return true;
    probe->proves = result->verdict->outcome != OUTCOME_ERROR && result->verdict->outcome != OUTCOME_SKIP;
    probe->demand = bar_breach(bar, result);
    probe->words = sweep_outcome_words(result->verdict);
    probe->verdict = result->verdict;
    result->verdict = NULL;
    memcpy(probe->events_sha256, result->events_sha256, sizeof(probe->events_sha256));
    memcpy(probe->pcap_sha256, result->pcap_sha256, sizeof(probe->pcap_sha256));
    return probe->words != NULL || error_set(error, ERROR_LAB, "out of memory");
}

bool search_probe_run(struct search_probes *probes, const struct search_runner *runner, const struct bar *bar,
    struct error *error)
{
    struct run_result *result = NULL;
    struct cell **cells = calloc(probes->count + 1, sizeof(struct cell *));
    if (cells == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    for (size_t i = 0; i < probes->count; i++)
        cells[i] = probes->items[i].cell;
    bool ran = probes->count == 0 || runner->run(runner->whom, cells, probes->count, &result, error);
    for (size_t i = 0; ran && i < probes->count; i++)
        ran = take_probe(&probes->items[i], &result->cells[i], bar, error);
    run_result_free(result);
    free(cells);
    return ran;
}

bool search_probe_answers(const struct search_probe *probe, struct error *error)
{
    return !probe->ran || probe->verdict->over ||
           error_set(error, ERROR_LAB, "%s: %s", probe->cell->name, probe->words);
}

void search_probes_free(struct search_probes *probes)
{
    for (size_t i = 0; i < probes->count; i++) {
        cell_free(probes->items[i].cell);
        verdict_free(probes->items[i].verdict);
        free(probes->items[i].words);
    }
    free(probes->items);
    *probes = (struct search_probes){0};
}
