// Which fault it is, by running it without each; and until when healing the path helps, by running it healed
// earlier.
#include "base/duration.h"
#include "search/reduce.h"

#include <stdlib.h>
#include <string.h>

#define CUTS   3 // that a stretch is divided by, side by side
#define END_US US_PER_MS

// One question about the smallest scenario: how does it end like this? Takes over `scenario`.
static bool ask_ending(struct search_reduction *reduction, const struct search_finding *finding,
    json_t *scenario, struct search_probes *probes, struct error *error)
{
    bool asked = search_probe_form(probes, reduction->like, scenario, finding->seed, error);
    json_decref(scenario);
    return asked;
}

static bool answer_all(struct search_reduction *reduction, struct search_probes *probes, struct error *error)
{
    if (!search_probe_run(probes, &reduction->runner, reduction->bar, error))
        return false;
    for (size_t i = 0; i < probes->count; i++)
        reduction->interrupted |= !probes->items[i].ran;
    for (size_t i = 0; i < probes->count; i++)
        if (!search_probe_answers(&probes->items[i], error))
            return false;
    return true;
}

static json_t *without_fault(const struct search_finding *finding, size_t fault)
{
    json_t *scenario = json_deep_copy(finding->scenario);
    json_array_remove(shape_faults(scenario), fault);
    return scenario;
}

static json_t *without_any(const struct search_finding *finding)
{
    json_t *scenario = json_deep_copy(finding->scenario);
    json_array_clear(shape_faults(scenario));
    return scenario;
}

static json_t *healed_after(const struct search_finding *finding, size_t fault, int64_t for_us)
{
    json_t *scenario = json_deep_copy(finding->scenario);
    shape_set(json_array_get(shape_faults(scenario), fault), "for_us", for_us);
    return scenario;
}

static bool take_ending(char **words, const struct search_probe *probe, struct error *error)
{
    *words = strdup(probe->words);
    return *words != NULL || error_set(error, ERROR_LAB, "out of memory");
}

// How it ends without each, and without all of them.
static bool leave_faults_out(
    struct search_reduction *reduction, struct search_finding *finding, size_t faults, struct error *error)
{
    struct search_probes probes = {0};
    bool good = ask_ending(reduction, finding, without_any(finding), &probes, error);
    for (size_t i = 0; good && faults > 1 && i < faults; i++)
        good = ask_ending(reduction, finding, without_fault(finding, i), &probes, error);
    good = good && answer_all(reduction, &probes, error);
    if (good && !reduction->interrupted)
        good = take_ending(&finding->calm, &probes.items[0], error);
    for (size_t i = 0; good && !reduction->interrupted && i < faults; i++) {
        const struct search_probe *probe = &probes.items[faults > 1 ? i + 1 : 0];
        finding->blames[i].needed = probe->demand != finding->demand;
        good = take_ending(&finding->blames[i].without, probe, error);
    }
    search_probes_free(&probes);
    return good;
}

// Divides the stretch between a length that saves and one that does not.
static bool narrow_stretch(struct search_reduction *reduction, const struct search_finding *finding,
    size_t fault, int64_t *saves_us, int64_t *dooms_us, struct error *error)
{
    struct search_probes probes = {0};
    const int64_t from_us = *saves_us, part_us = (*dooms_us - *saves_us) / (CUTS + 1);
    bool good = true;
    for (int64_t i = 1; good && i <= CUTS; i++)
        good = ask_ending(
            reduction, finding, healed_after(finding, fault, from_us + i * part_us), &probes, error);
    good = good && answer_all(reduction, &probes, error);
    for (int64_t i = 0; good && !reduction->interrupted && i < CUTS; i++) {
        const int64_t for_us = from_us + (i + 1) * part_us;
        if (probes.items[i].demand == finding->demand) {
            *dooms_us = for_us;
            break;
        }
        *saves_us = for_us;
    }
    search_probes_free(&probes);
    return good;
}

// The last thing on the path before that moment, in the cell that fails.
static void name_packet(const struct search_reduction *reduction, const struct search_finding *finding,
    struct search_blame *blame)
{
    struct folder folder;
    struct sweep_points points;
    struct error unknown = {0}; // then it is told by the time alone
    if (!folder_enter(reduction->runner.folder, finding->cell, &folder, ERROR_LAB, &unknown))
        return;
    if (sweep_points_read_in(&folder, &points, &unknown)) {
        for (size_t i = 0; i < points.count && points.items[i].at_us <= blame->saved_us; i++)
            memcpy(blame->words, points.items[i].words, sizeof(blame->words));
        sweep_points_free(&points);
    }
    folder_close(&folder);
}

static bool find_last_rescue(
    struct search_reduction *reduction, struct search_finding *finding, size_t fault, struct error *error)
{
    struct search_blame *blame = &finding->blames[fault];
    const json_t *spec = json_array_get(shape_faults(finding->scenario), fault);
    const int64_t at_us = shape_get(spec, "at_us"), for_us = shape_get(spec, "for_us");
    int64_t saves_us = 0, dooms_us = for_us;
    while (dooms_us - saves_us > END_US && !reduction->interrupted)
        if (!narrow_stretch(reduction, finding, fault, &saves_us, &dooms_us, error))
            return false;
    if (reduction->interrupted)
        return true;
    blame->heals = true;
    blame->saved_us = at_us + saves_us;
    blame->doomed_us = at_us + dooms_us;
    name_packet(reduction, finding, blame);
    return true;
}

bool search_attribute(struct search_reduction *reduction, struct search_finding *finding, struct error *error)
{
    const size_t faults = json_array_size(shape_faults(finding->scenario));
    finding->blames = calloc(faults + 1, sizeof(*finding->blames));
    if (finding->blames == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    bool good = faults == 0 || leave_faults_out(reduction, finding, faults, error);
    for (size_t i = 0; good && !reduction->interrupted && i < faults; i++)
        if (finding->blames[i].needed &&
            shape_get(json_array_get(shape_faults(finding->scenario), i), "for_us") > 0)
            good = find_last_rescue(reduction, finding, i, error);
    return good;
}
