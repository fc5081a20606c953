#include "command/league_runs.h"

#include "base/path.h"
#include "base/text.h"
#include "plan/plan.h"
#include "result/baseline.h"
#include "result/merge.h"
#include "result/stored.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#define BASELINE_SUFFIX ".json"

bool league_word_is_baseline(const char *word)
{
    const size_t length = strlen(word), suffix = strlen(BASELINE_SUFFIX);
    return length > suffix && strcmp(word + length - suffix, BASELINE_SUFFIX) == 0;
}

static bool take_claim(struct cell_result *cell, const struct scenario *scenario, struct error *error)
{
    free(cell->claim);
    cell->claim = text_one_line(scenario->claim);
    cell->best = scenario->best;
    return cell->claim != NULL || error_set(error, ERROR_LAB, "out of memory");
}

// A baseline holds what pools did, not what scenarios say. One that is gone keeps its name.
static bool take_claims(const struct paths *paths, struct run_result *run, struct error *error)
{
    bool taken = true;
    for (size_t i = 0, end; taken && i < run->cells_count; i = end) {
        struct error gone = {0};
        const char *name = run->cells[i].scenario;
        struct scenario *scenario = plan_read_scenario(paths->root, name, &gone);
        for (end = i; end < run->cells_count && strcmp(run->cells[end].scenario, name) == 0; end++)
            taken = taken && (scenario == NULL || take_claim(&run->cells[end], scenario, error));
        scenario_free(scenario);
    }
    return taken;
}

// "results/baseline/forky.json" is of the image forky, where it does not say more.
static struct run_result *read_baseline_run(const struct paths *paths, const char *path, struct error *error)
{
    char copy[PATH_MAX], name[PATH_MAX];
    json_t *json = baseline_read(path, error);
    path_format(copy, "%s", path);
    path_format(name, "%s", basename(copy));
    name[strlen(name) - strlen(BASELINE_SUFFIX)] = '\0';
    struct run_result *run = json != NULL ? baseline_run(json, name, error) : NULL;
    json_decref(json);
    if (run == NULL || take_claims(paths, run, error))
        return run;
    run_result_free(run);
    return NULL;
}

static struct run_result *read_folder_run(const char *path, struct error *error)
{
    struct folder folder;
    if (!folder_open(&folder, path, ERROR_INPUT, error))
        return NULL;
    struct run_result *run = run_result_read(&folder, error);
    folder_close(&folder);
    return run;
}

static bool read_league_words(
    const struct paths *paths, char *const *words, size_t count, struct run_list *list, struct error *error)
{
    list->runs = calloc(count + 1, sizeof(*list->runs));
    if (list->runs == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    for (; list->count < count; list->count++) {
        const char *word = words[list->count];
        struct run_result *run = league_word_is_baseline(word) ? read_baseline_run(paths, word, error)
                                                               : read_folder_run(word, error);
        list->runs[list->count] = run;
        if (run == NULL)
            return false;
    }
    return true;
}

struct run_result *league_runs_read(
    const struct paths *paths, char *const *words, size_t count, struct error *error)
{
    struct run_list list = {0};
    struct run_result *merged = NULL;
    if (read_league_words(paths, words, count, &list, error))
        merged = run_merge(
            &(struct merge_request){
                .runs = list.runs, .names = (const char *const *)words, .count = count, .replaces = true},
            error);
    run_list_free(&list);
    return merged;
}
