// The newest of several: by when its events were written, whatever its run is called.
#include "command/cell_argument.h"

#include "base/folder.h"
#include "base/invocation.h"
#include "base/parse_uint.h"
#include "base/path.h"
#include "contract/cell_files.h"
#include "plan/plan.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct wanted {
    char *words; // owned; the two below point into it
    const char *scenario, *subject;
    uint64_t seed;
};

// "idle/silence/pqpool:none/7": the last two parts are never a scenario's.
static bool parse_wanted(const char *word, struct wanted *wanted, struct error *error)
{
    *wanted = (struct wanted){.words = strdup(word)};
    if (wanted->words == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    char *seed = strrchr(wanted->words, '/'), *subject = NULL;
    if (seed != NULL) {
        *seed++ = '\0';
        subject = strrchr(wanted->words, '/');
    }
    if (subject != NULL)
        *subject++ = '\0';
    wanted->scenario = wanted->words;
    wanted->subject = subject;
    if (subject != NULL && wanted->words[0] != '\0' && strchr(subject, ':') != NULL &&
        whole_number_parse(seed, 0, UINT64_MAX, &wanted->seed))
        return true;
    return error_set(error, ERROR_INPUT,
        "%s: expected a cell's folder, or scenario/subject/seed, as in idle/silence/pqpool:none/7", word);
}

static bool is_newer(const struct timespec *when, const struct timespec *than)
{
    return when->tv_sec != than->tv_sec ? when->tv_sec > than->tv_sec : when->tv_nsec > than->tv_nsec;
}

struct newest {
    struct timespec when; // .tv_nsec < 0: there is none yet
    char path[PATH_MAX];
};

static void look_into_run(
    const struct folder *results, const char *run_name, const char *cell, struct newest *newest)
{
    struct folder run;
    struct stat events;
    struct error none = {0};
    char name[PATH_MAX];
    if (!folder_enter(results, run_name, &run, ERROR_INPUT, &none))
        return;
    path_format(name, "%s/" CELL_EVENTS_FILE, cell);
    if (fstatat(run.fd, name, &events, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(events.st_mode) &&
        (newest->when.tv_nsec < 0 || is_newer(&events.st_mtim, &newest->when))) {
        newest->when = events.st_mtim;
        path_format(newest->path, "%s/%s", run.path, cell);
    }
    folder_close(&run);
}

static bool look_into_all(const char *path, const char *cell, struct newest *newest, struct error *error)
{
    struct folder results;
    struct error none = {0};
    if (!folder_open(&results, path, ERROR_INPUT, &none))
        return true; // nothing was run here
    char **names = folder_names(&results, error);
    for (char **name = names; names != NULL && *name != NULL; name++)
        look_into_run(&results, *name, cell, newest);
    folder_names_free(names);
    folder_close(&results);
    return names != NULL;
}

static bool refuse_unknown_cell(const char *results, const struct wanted *wanted, struct error *error)
{
    char *scenario = shell_word(wanted->scenario), *subject = shell_word(wanted->subject);
    error_set(error, ERROR_INPUT,
        "%s/%s/%" PRIu64
        ": no run below %s has it: name the cell's folder if the run lies elsewhere; `%s run %s --subject %s --seed "
        "%" PRIu64 "` makes one",
        wanted->scenario, wanted->subject, wanted->seed, results, invocation_name(),
        scenario != NULL ? scenario : "SCENARIO", subject != NULL ? subject : "SUBJECT", wanted->seed);
    free(scenario);
    free(subject);
    return false;
}

static bool find_newest(
    const char *results, const struct wanted *wanted, char path[static PATH_MAX], struct error *error)
{
    struct newest newest = {.when = {.tv_nsec = -1}};
    char *cell = cell_name_of(wanted->scenario, wanted->subject, wanted->seed);
    if (cell == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    bool looked = look_into_all(results, cell, &newest, error);
    free(cell);
    if (looked && newest.when.tv_nsec < 0)
        return refuse_unknown_cell(results, wanted, error);
    if (looked) {
        path_format(path, "%s", newest.path);
        fprintf(stderr, "hangup: %s\n", path);
    }
    return looked;
}

bool cell_argument_find(
    const char *results, const char *word, char path[static PATH_MAX], struct error *error)
{
    struct wanted wanted;
    path_format(path, "%s", word);
    if (access(word, F_OK) == 0 || strchr(word, ':') == NULL)
        return true;
    bool found = parse_wanted(word, &wanted, error) && find_newest(results, &wanted, path, error);
    free(wanted.words);
    return found;
}
