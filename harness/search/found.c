#include "search/found.h"

#include "base/duration.h"
#include "base/path.h"
#include "search/write.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

char *search_fault_words(const struct fault_spec *spec)
{
    char *words = NULL, text[DURATION_TEXT_SIZE];
    size_t size;
    FILE *file = open_memstream(&words, &size);
    if (file == NULL)
        return NULL;
    fprintf(file, "%s %s at %s", spec->kind->name, spec->argument, duration_format(spec->at_us, text));
    if (spec->for_us != FAULT_FOREVER)
        fprintf(file, " for %s", duration_format(spec->for_us, text));
    for (size_t i = 0; i < spec->options_count; i++)
        if (spec->options[i].word != NULL)
            fprintf(file, ", %s: %s", spec->options[i].kind->name, spec->options[i].word);
    if (fclose(file) == 0)
        return words;
    free(words);
    return NULL;
}

static void print_last_rescue(FILE *file, const struct search_blame *blame)
{
    char saved[DURATION_TEXT_SIZE], doomed[DURATION_TEXT_SIZE];
    fprintf(file, "  healed by %s it does not fail, at %s it does%s%s\n",
        duration_format(blame->saved_us, saved), duration_format(blame->doomed_us, doomed),
        blame->words[0] != '\0' ? ": " : "", blame->words);
}

static void print_blame(FILE *file, const struct search_blame *blame, const struct fault_spec *spec)
{
    char *words = search_fault_words(spec);
    fprintf(file, "%s: without it %s\n", words != NULL ? words : "", blame->without);
    if (!blame->needed)
        fputs("  it fails without it, too\n", file);
    if (blame->heals)
        print_last_rescue(file, blame);
    free(words);
}

void search_found_print(FILE *file, const struct search_finding *finding)
{
    struct error none = {0};
    struct scenario *scenario = scenario_from_json(finding->scenario, &none);
    fprintf(file, "seed %" PRIu64 " meets %s: %s\n", finding->seed, finding->demand->text, finding->words);
    fprintf(file, "reduced from %zu entries of the timeline to %zu, in %zu runs\n", finding->entries_before,
        finding->entries, finding->tried);
    if (scenario == NULL)
        return;
    if (scenario->faults_count == 0)
        fputs("it needs no fault, only the path as it is\n", file);
    for (size_t i = 0; finding->blames != NULL && i < scenario->faults_count; i++)
        print_blame(file, &finding->blames[i], &scenario->faults[i]);
    if (scenario->faults_count > 1 && finding->calm != NULL)
        fprintf(file, "without any fault: %s\n", finding->calm);
    scenario_free(scenario);
}

static char *comment_of(const struct search_reduction *reduction, const struct search_finding *finding)
{
    char *comment = NULL;
    size_t size;
    FILE *file = open_memstream(&comment, &size);
    if (file == NULL)
        return NULL;
    fprintf(file, "Found by hangup search in %s with %s.\n", reduction->like->scenario->name,
        reduction->like->subject);
    search_found_print(file, finding);
    fprintf(file, "hangup run %s --subject %s --seed %" PRIu64 " --fail-on '%s'", finding->file,
        reduction->runner.subject, finding->seed, finding->demand->text);
    if (fclose(file) == 0)
        return comment;
    free(comment);
    return NULL;
}

// A base name that says where it comes from; characters that a scenario's name cannot have are left out.
static bool choose_file(const struct search_reduction *reduction, struct search_finding *finding)
{
    const char *slash = strrchr(reduction->like->scenario->name, '/');
    const char *leaf = slash != NULL ? slash + 1 : reduction->like->scenario->name;
    char metric[sizeof(finding->demand->text)];
    size_t length = strspn(finding->demand->text, "abcdefghijklmnopqrstuvwxyz_-");
    snprintf(metric, sizeof(metric), "%.*s", (int)length, finding->demand->text);
    return asprintf(&finding->file, "found-%s-%s-%" PRIu64 ".yaml", leaf, metric, finding->seed) >= 0;
}

static bool write_file(
    const struct search_reduction *reduction, const struct search_finding *finding, struct error *error)
{
    char *claim = NULL;
    struct scenario *scenario = scenario_from_json(finding->scenario, error);
    if (scenario == NULL)
        return false;
    if (asprintf(
            &claim, "With %s, --fail-on %s is not met.", reduction->like->subject, finding->demand->text) < 0)
        claim = NULL;
    char *comment = comment_of(reduction, finding);
    const struct scenario_file around = {.comment = comment, .claim = claim, .demand = finding->demand};
    char *text = comment != NULL && claim != NULL ? scenario_write(scenario, &around) : NULL;
    bool written = text != NULL
                       ? folder_write_file(reduction->runner.folder, finding->file, text, strlen(text), error)
                       : error_set(error, ERROR_LAB, "out of memory");
    free(text);
    free(comment);
    free(claim);
    scenario_free(scenario);
    return written;
}

// As the file has it, under the file's own name.
static bool run_written(
    struct search_reduction *reduction, struct search_finding *finding, struct error *error)
{
    char path[PATH_MAX];
    struct search_probes probes = {0};
    path_format(path, "%s/%s", reduction->runner.folder->path, finding->file);
    struct scenario *scenario = scenario_read(path, error);
    json_t *json = scenario != NULL ? scenario_to_json(scenario) : NULL;
    scenario_free(scenario);
    bool good = json != NULL && search_probe_form(&probes, reduction->like, json, finding->seed, error) &&
                search_probe_run(&probes, &reduction->runner, reduction->bar, error) &&
                search_probe_answers(&probes.items[0], error);
    json_decref(json);
    if (good && probes.items[0].ran)
        finding->repeats = strcmp(probes.items[0].events_sha256, finding->events_sha256) == 0 &&
                           strcmp(probes.items[0].pcap_sha256, finding->pcap_sha256) == 0;
    reduction->interrupted |= good && !probes.items[0].ran;
    if (good && probes.items[0].ran) {
        free(finding->cell);
        finding->cell = strdup(probes.items[0].cell->name);
        good = finding->cell != NULL || error_set(error, ERROR_LAB, "out of memory");
    }
    search_probes_free(&probes);
    return good;
}

bool search_found_write(
    struct search_reduction *reduction, struct search_finding *finding, struct error *error)
{
    if (!choose_file(reduction, finding))
        return error_set(error, ERROR_LAB, "out of memory");
    return write_file(reduction, finding, error) && run_written(reduction, finding, error);
}

static json_t *blame_to_json(const struct search_blame *blame)
{
    json_t *json = json_pack("{s:s, s:b}", "without", blame->without, "needed", blame->needed);
    if (json != NULL && blame->heals) {
        json_object_set_new(json, "saved_us", json_integer(blame->saved_us));
        json_object_set_new(json, "doomed_us", json_integer(blame->doomed_us));
        json_object_set_new(json, "after", json_string(blame->words));
    }
    return json;
}

json_t *search_found_to_json(const struct search_finding *finding)
{
    json_t *blames = json_array();
    for (size_t i = 0; finding->blames != NULL && i < json_array_size(shape_faults(finding->scenario)); i++)
        json_array_append_new(blames, blame_to_json(&finding->blames[i]));
    return json_pack("{s:I, s:s, s:s, s:I, s:I, s:I, s:o, s:s, s:s, s:b, s:O}", "seed",
        (json_int_t)finding->seed, "fail_on", finding->demand->text, "outcome", finding->words,
        "entries_before", (json_int_t)finding->entries_before, "entries", (json_int_t)finding->entries,
        "runs", (json_int_t)finding->tried, "faults", blames, "file", finding->file, "dir", finding->cell,
        "repeats", finding->repeats, "scenario", finding->scenario);
}
