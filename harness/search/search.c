#include "search/search.h"

#include "base/array.h"
#include "search/chance.h"
#include "search/found.h"
#include "sweep/cells.h"
#include "verdict/verdict.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define AT_ONCE 8 // seeds between two looks at what they showed; not --jobs: the same on any machine

static bool no_search_memory(struct error *error)
{
    return error_set(error, ERROR_LAB, "out of memory");
}

static void tell_search(const struct search *search, const char *words)
{
    if (search->tell != NULL)
        search->tell(search->whom, search, words);
}

static bool read_moments(struct search *search, const char *name, struct error *error)
{
    struct folder folder;
    struct sweep_points points;
    if (!folder_enter(search->runner.folder, name, &folder, ERROR_LAB, error))
        return false;
    bool read = sweep_points_read_in(&folder, &points, error);
    folder_close(&folder);
    if (!read)
        return false;
    search->moments.at_us = calloc(points.count, sizeof(*search->moments.at_us));
    for (size_t i = 0; search->moments.at_us != NULL && i < points.count; i++)
        search->moments.at_us[search->moments.count++] = points.items[i].at_us;
    sweep_points_free(&points);
    return search->moments.at_us != NULL || no_search_memory(error);
}

static bool check_undisturbed(struct search *search, const struct search_probe *probe, struct error *error)
{
    search->interrupted = !probe->ran;
    if (search->interrupted)
        return true;
    if (!probe->proves)
        return error_set(error, ERROR_LAB, "%s, undisturbed: %s", search->cell->subject, probe->words);
    if (probe->demand != NULL)
        return error_set(error, ERROR_INPUT,
            "--fail-on %s is met by the undisturbed workload already (%s): there is nothing to search",
            probe->demand->text, probe->words);
    return read_moments(search, probe->cell->name, error);
}

static bool probe_undisturbed(struct search *search, struct error *error)
{
    struct search_probes probes = {.items = calloc(1, sizeof(*probes.items))};
    if (probes.items == NULL)
        return no_search_memory(error);
    probes.items[0].cell = sweep_undisturbed(search->cell, 0, error);
    probes.count = 1;
    bool good = probes.items[0].cell != NULL &&
                search_probe_run(&probes, &search->runner, search->bar, error) &&
                check_undisturbed(search, &probes.items[0], error);
    search_probes_free(&probes);
    return good;
}

// With --coverage mostly what showed something new; a quarter of the seeds begin afresh.
static json_t *variant_of(const struct search *search, uint64_t seed)
{
    struct chance chance = chance_of(~seed);
    size_t grounds = json_array_size(search->grounds);
    if (grounds == 0 || chance_below(&chance, 4) == 0)
        return search_vary(search->scenario, &search->moments, seed, false);
    return search_vary(json_array_get(search->grounds, (size_t)chance_below(&chance, grounds)),
        &search->moments, seed, true);
}

static bool look_for_novelty(struct search *search, const struct search_probe *probe, struct error *error)
{
    struct folder folder;
    struct error unreadable = {0};
    size_t added = 0;
    if (!folder_enter(search->runner.folder, probe->cell->name, &folder, ERROR_LAB, &unreadable))
        return true;
    bool taken = search_novelty_take(&search->novelty, &folder, probe->verdict, &added);
    folder_close(&folder);
    if (!taken)
        return no_search_memory(error);
    return added == 0 ||
           json_array_append_new(search->grounds, scenario_to_json(probe->cell->scenario)) == 0 ||
           no_search_memory(error);
}

// In which way it failed: numbers aside. False: in that way another did already.
static bool is_new_way(struct search *search, const struct search_probe *probe)
{
    char way[512];
    size_t length = (size_t)snprintf(way, sizeof(way), "%s ", probe->demand->text);
    for (const char *from = probe->words; *from != '\0' && length + 1 < sizeof(way); from++)
        if (!isdigit((unsigned char)*from))
            way[length++] = *from;
    way[length < sizeof(way) ? length : sizeof(way) - 1] = '\0';
    if (json_object_get(search->ways, way) != NULL)
        return false;
    json_object_set_new(search->ways, way, json_true());
    return true;
}

static bool keep_search_finding(struct search *search, struct search_finding *finding, struct error *error)
{
    struct search_finding *grown = array_grow(search->findings, search->findings_count, sizeof(*grown));
    if (grown == NULL) {
        search_finding_free(finding);
        return no_search_memory(error);
    }
    search->findings = grown;
    search->findings[search->findings_count++] = *finding;
    return true;
}

static bool tell_reduction(struct search *search, const struct search_probe *probe)
{
    char words[160];
    snprintf(words, sizeof(words), "seed %" PRIu64 " meets --fail-on %s; reducing it", probe->cell->seed,
        probe->demand->text);
    tell_search(search, words);
    return true;
}

// Reduced, attributed, written and run once more from its file.
static bool take_failure(struct search *search, const struct search_probe *probe, struct error *error)
{
    struct search_finding finding;
    struct search_reduction reduction = {.like = search->cell, .bar = search->bar, .runner = search->runner};
    bool proves = false;
    tell_reduction(search, probe);
    bool good = search_reduce(&reduction, probe, &finding, &proves, error);
    if (good && proves && !reduction.interrupted) {
        tell_search(search, "looking for what it is");
        good = search_attribute(&reduction, &finding, error) &&
               (reduction.interrupted || search_found_write(&reduction, &finding, error));
    }
    search->interrupted |= reduction.interrupted;
    if (good && proves && !reduction.interrupted)
        return keep_search_finding(search, &finding, error);
    search_finding_free(&finding);
    return good;
}

static bool take_seed_probe(struct search *search, const struct search_probe *probe, struct error *error)
{
    search->interrupted |= !probe->ran;
    if (search->interrupted)
        return true;
    search->ran++;
    search->proved_nothing += !probe->proves;
    search->next = probe->cell->seed + 1;
    if (search->coverage && !look_for_novelty(search, probe, error))
        return false;
    if (probe->demand == NULL || probe->verdict->outcome == OUTCOME_SKIP || !probe->verdict->over)
        return true;
    search->failed++;
    if (is_new_way(search, probe))
        return take_failure(search, probe, error);
    search->alike++;
    return true;
}

static bool is_done(const struct search *search)
{
    return search->interrupted || search->next > search->last || (search->findings_count > 0 && !search->all);
}

static bool add_seed(
    const struct search *search, struct search_probes *probes, uint64_t seed, struct error *error)
{
    json_t *scenario = variant_of(search, seed);
    bool added = scenario != NULL ? search_probe_seed(probes, search->cell, scenario, seed, error)
                                  : no_search_memory(error);
    json_decref(scenario);
    return added;
}

static bool try_seeds(struct search *search, struct error *error)
{
    struct search_probes probes = {0};
    const uint64_t from = search->next;
    bool good = true;
    for (uint64_t seed = from; good && seed <= search->last && seed < from + AT_ONCE; seed++)
        good = add_seed(search, &probes, seed, error);
    good = good && search_probe_run(&probes, &search->runner, search->bar, error);
    for (size_t i = 0; good && i < probes.count && !is_done(search); i++)
        good = take_seed_probe(search, &probes.items[i], error);
    search_probes_free(&probes);
    tell_search(search, NULL);
    return good;
}

bool search_run(struct search *search, struct error *error)
{
    search->scenario = scenario_to_json(search->cell->scenario);
    search->grounds = json_array();
    search->ways = json_object();
    search->next = search->first;
    if (search->scenario == NULL || search->grounds == NULL || search->ways == NULL)
        return no_search_memory(error);
    json_object_set_new(search->scenario, "expect", json_array());
    bool good = probe_undisturbed(search, error);
    while (good && !is_done(search))
        good = try_seeds(search, error);
    return good;
}

void search_free(struct search *search)
{
    for (size_t i = 0; i < search->findings_count; i++)
        search_finding_free(&search->findings[i]);
    free(search->findings);
    search_novelty_free(&search->novelty);
    json_decref(search->scenario);
    json_decref(search->grounds);
    json_decref(search->ways);
    free(search->moments.at_us);
}
