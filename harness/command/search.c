// hangup search: variants of one scenario until one fails; then what it fails by, and a file that shows it
// again.
#include "search/search.h"

#include "base/help.h"
#include "base/invocation.h"
#include "base/terminal.h"
#include "command/command.h"
#include "command/points.h"
#include "search/found.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEARCH_FILE "search.json" // in the search's folder

const char command_search_help[] =
    "usage: hangup search SCENARIO --subject SUBJECT --fail-on WHAT [OPTIONS]\n"
    "\n"
    "Runs the scenario once for each seed, each time with another jitter and loss, and with its faults at other moments, of other kinds and lengths, or one more. All of it follows from the seed. The first variant that meets --fail-on is reduced to the smallest timeline that still does; then the search says without which fault it would not, and until when healing the path would have saved it, and writes a scenario that `hangup run` takes.\n"
    "\n"
    "  --subject SUBJECT  pqpool:pre-ping, or a manifest with a strategy (mypool.yaml:name)\n"
    "  --fail-on WHAT   what counts as a failure, as of `hangup run`: duplicated, hung, leaked_backends>0, delay>60s, stuck\n"
    "  --seeds FROM..TO  the seeds, in this order (default 1..1000)\n"
    "  --all            go on after a failure, to the last seed; what fails in the same way is counted only\n"
    "  --coverage       mostly vary what showed an error text, a state of the pool or an order of messages not seen before\n"
    "  --seed N         the seed of the undisturbed run, between whose packets faults are placed (default 7)\n"
    "  --image IMAGE    the world of the lab: a name (debian-12), or a file (default: as of `hangup run`)\n"
    "  --jobs N         guests at once (default: one for each core); what is found does not depend on it\n"
    "  --out DIR        the search's own folder (default: results/<UTC time>-search)\n"
    "  --resume         resume the search in DIR: what has run does not run again\n"
    "  --disk-limit S   what one cell may write to this machine's disk; more is an error (default 64mb)\n"
    "  --sealed         refuse to run where the host's kernel cannot hold a guest\n"
    "  --format table|json  what to print (default: table)\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 nothing was found, 1 something was, 2 the command line or a file is wrong, 3 a cell could not be run, 130 interrupted.\n";

struct searching {
    const struct run_options *options;
    struct points_ground *ground;
    struct search *search;
};

static bool run_search_cells(
    void *whom, struct cell **cells, size_t count, struct run_result **result, struct error *error)
{
    return points_run(((struct searching *)whom)->ground, cells, count, result, error);
}

static bool prints_json(const struct run_options *options)
{
    return strcmp(options->report->format, "json") == 0;
}

static void tell_progress(void *whom, const struct search *search, const char *words)
{
    (void)whom;
    if (words != NULL)
        fprintf(stderr, "hangup: %s\n", words);
    else
        fprintf(stderr, "hangup: %zu of %" PRIu64 " seeds, %zu failed, %zu proved nothing\n", search->ran,
            search->last - search->first + 1, search->failed, search->proved_nothing);
}

static json_t *search_to_json(const struct search *search)
{
    json_t *findings = json_array(), *shown = json_array();
    for (size_t i = 0; i < search->findings_count; i++)
        json_array_append_new(findings, search_found_to_json(&search->findings[i]));
    for (size_t i = 0; i < search->novelty.count; i++)
        json_array_append_new(shown, json_string(search->novelty.words[i]));
    return json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:b, s:o, s:o}", "schema", "hangup-search/1",
        "scenario", search->cell->scenario->name, "subject", search->cell->subject, "first_seed",
        (json_int_t)search->first, "next_seed", (json_int_t)search->next, "failed",
        (json_int_t)search->failed, "alike", (json_int_t)search->alike, "proved_nothing",
        (json_int_t)search->proved_nothing, "interrupted", search->interrupted, "shown", shown, "findings",
        findings);
}

static bool write_search(const struct searching *searching, struct error *error)
{
    json_t *json = search_to_json(searching->search);
    char *text = json != NULL ? json_dumps(json, JSON_INDENT(1)) : NULL;
    json_decref(json);
    if (text == NULL)
        return error_set(error, ERROR_LAB, SEARCH_FILE ": out of memory");
    bool written = folder_write_file(&searching->ground->folder, SEARCH_FILE, text, strlen(text), error);
    if (written && prints_json(searching->options))
        puts(text);
    free(text);
    return written;
}

// Commands that work when pasted: the scenario as it was written, and the cell byte by byte.
static void print_commands(const struct searching *searching, const struct search_finding *finding)
{
    const struct run_options *options = searching->options;
    printf("  %s run ", invocation_name());
    char *path = NULL;
    if (asprintf(&path, "%s/%s", searching->ground->folder.path, finding->file) >= 0)
        shell_word_print(stdout, path);
    free(path);
    fputs(" --subject ", stdout);
    shell_word_print(stdout, options->subjects[0]);
    printf(" --seed %" PRIu64 " --fail-on ", finding->seed);
    shell_word_print(stdout, finding->demand->text);
    printf("\n  %s replay ", invocation_name());
    if (asprintf(&path, "%s/%s", searching->ground->folder.path, finding->cell) >= 0)
        shell_word_print(stdout, path);
    free(path);
    printf("   # from its file it gave %s\n", finding->repeats ? "the same bytes" : "other bytes");
}

static void print_search_finding(const struct searching *searching, const struct search_finding *finding)
{
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    if (file == NULL)
        return;
    search_found_print(file, finding);
    if (fclose(file) == 0)
        for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
            *end = '\0';
            fputs("  ", stdout);
            terminal_print(stdout, line, 2, 4, terminal_width(stdout));
        }
    free(text);
    print_commands(searching, finding);
}

static void print_search(const struct searching *searching)
{
    const struct search *search = searching->search;
    printf("%s  %s: %zu of %" PRIu64 " seeds, %zu failed", search->cell->scenario->name,
        search->cell->subject, search->ran, search->last - search->first + 1, search->failed);
    if (search->alike > 0)
        printf(" (%zu as another did)", search->alike);
    printf(", %zu proved nothing", search->proved_nothing);
    if (search->coverage)
        printf("; %zu things seen", search->novelty.count);
    putchar('\n');
    for (size_t i = 0; i < search->findings_count; i++)
        print_search_finding(searching, &search->findings[i]);
    if (search->interrupted)
        puts("  interrupted; --resume goes on");
    puts(searching->ground->folder.path);
}

static bool search_plan(
    const struct run_options *options, struct points_ground *ground, int *status, struct error *error)
{
    struct searching searching = {.options = options, .ground = ground};
    struct search search = {.cell = ground->plan->cells[0],
        .bar = &options->bar,
        .first = options->first_seed,
        .last = options->last_seed,
        .all = options->all,
        .coverage = options->coverage,
        .runner = {.run = run_search_cells,
            .whom = &searching,
            .folder = &ground->folder,
            .subject = options->subjects[0]},
        .tell = isatty(STDERR_FILENO) ? tell_progress : NULL};
    if (ground->plan->cells_count != 1)
        return error_set(error, ERROR_INPUT,
            "search: expected one scenario and one strategy, found %zu cells", ground->plan->cells_count);
    searching.search = &search;
    bool searched = search_run(&search, error) && write_search(&searching, error);
    if (searched && !prints_json(options))
        print_search(&searching);
    *status = search.interrupted          ? EXIT_INTERRUPTED
              : search.findings_count > 0 ? EXIT_FAILED
                                          : EXIT_AS_EXPECTED;
    search_free(&search);
    return searched;
}

static bool search_chosen(const struct run_options *options, int *status, struct error *error)
{
    struct points_ground ground;
    if (options->scenarios_count == 0 || options->subjects_count == 0 || options->bar.count == 0)
        return error_set(error, ERROR_INPUT, "search: expected a scenario, --subject and --fail-on");
    bool searched = points_open(&ground, options, "search", error) &&
                    search_plan(options, &ground, status, error);
    points_close(&ground);
    return searched;
}

int command_search(int argc, char **argv)
{
    struct run_options options;
    struct error error = {0};
    int status = EXIT_AS_EXPECTED;
    bool done = run_options_parse_search(argc, argv, &options, &error);
    if (done && options.help)
        help_print(stdout, command_search_help);
    else if (done)
        done = search_chosen(&options, &status, &error);
    run_options_free(&options);
    return done ? status : command_fail(&error);
}
