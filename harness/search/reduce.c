// One step at a time: the first of the smaller scenarios that fails by the same demand is the next one.
#include "search/reduce.h"

#include "search/smaller.h"

#include <stdlib.h>
#include <string.h>

#define AT_ONCE 4 // run side by side; not --jobs: the same search comes to the same end on any machine

static bool take_copy(char **text, const char *from)
{
    free(*text);
    *text = strdup(from);
    return *text != NULL;
}

static bool accept_smaller(
    struct search_finding *finding, const json_t *scenario, const struct search_probe *probe)
{
    json_decref(finding->scenario);
    finding->scenario = json_deep_copy(scenario);
    memcpy(finding->events_sha256, probe->events_sha256, sizeof(finding->events_sha256));
    memcpy(finding->pcap_sha256, probe->pcap_sha256, sizeof(finding->pcap_sha256));
    return finding->scenario != NULL && take_copy(&finding->cell, probe->cell->name) &&
           take_copy(&finding->words, probe->words);
}

static bool still_fails(const struct search_probe *probe, const struct search_finding *finding)
{
    return probe->ran && probe->proves && probe->demand == finding->demand;
}

// `*next`: the place of the first that still fails; the number of candidates where none does.
static bool try_some(struct search_reduction *reduction, struct search_finding *finding,
    const json_t *candidates, size_t from, size_t *next, struct error *error)
{
    struct search_probes probes = {0};
    size_t total = json_array_size(candidates), until = from + AT_ONCE < total ? from + AT_ONCE : total;
    bool good = true;
    *next = total;
    for (size_t i = from; good && i < until; i++)
        good = search_probe_form(
            &probes, reduction->like, json_array_get(candidates, i), finding->seed, error);
    good = good && search_probe_run(&probes, &reduction->runner, reduction->bar, error);
    for (size_t i = 0; good && i < probes.count && *next == total; i++) {
        reduction->interrupted |= !probes.items[i].ran;
        finding->tried += probes.items[i].ran;
        if (reduction->interrupted || !still_fails(&probes.items[i], finding))
            continue;
        *next = from + i;
        good = accept_smaller(finding, json_array_get(candidates, *next), &probes.items[i]) ||
               error_set(error, ERROR_LAB, "out of memory");
    }
    search_probes_free(&probes);
    return good;
}

// `*smaller`: there was one.
static bool reduce_once(
    struct search_reduction *reduction, struct search_finding *finding, bool *smaller, struct error *error)
{
    json_t *candidates = search_smaller(finding->scenario);
    if (candidates == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    size_t total = json_array_size(candidates), next = total;
    bool good = true;
    for (size_t from = 0; good && !reduction->interrupted && from < total && next == total; from += AT_ONCE)
        good = try_some(reduction, finding, candidates, from, &next, error);
    *smaller = next < total;
    json_decref(candidates);
    return good;
}

bool search_reduce(struct search_reduction *reduction, const struct search_probe *found,
    struct search_finding *finding, bool *proves, struct error *error)
{
    json_t *scenario = scenario_to_json(found->cell->scenario);
    *finding = (struct search_finding){.seed = found->cell->seed, .demand = found->demand};
    finding->entries_before = shape_entries(scenario);
    bool good = accept_smaller(finding, scenario, found) || error_set(error, ERROR_LAB, "out of memory");
    json_decref(scenario);
    *proves = found->proves;
    for (bool smaller = true; good && smaller && !reduction->interrupted;) {
        good = reduce_once(reduction, finding, &smaller, error);
        *proves |= smaller;
    }
    if (good)
        finding->entries = shape_entries(finding->scenario);
    return good;
}

void search_finding_free(struct search_finding *finding)
{
    size_t faults = finding->scenario != NULL ? json_array_size(shape_faults(finding->scenario)) : 0;
    for (size_t i = 0; finding->blames != NULL && i < faults; i++)
        free(finding->blames[i].without);
    free(finding->blames);
    free(finding->cell);
    free(finding->words);
    free(finding->calm);
    free(finding->file);
    json_decref(finding->scenario);
    *finding = (struct search_finding){.scenario = NULL};
}
