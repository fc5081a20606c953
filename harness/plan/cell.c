// A cell: one scenario, one subject with one strategy, one seed.
#include "base/erofs.h"
#include "contract/pooler.h"
#include "plan/internal.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char **copy_words(char *const *words)
{
    size_t count = 0;
    while (words[count] != NULL)
        count++;
    char **copy = calloc(count + 1, sizeof(*copy));
    for (size_t i = 0; copy != NULL && i < count; i++) {
        copy[i] = strdup(words[i]);
        if (copy[i] == NULL) {
            while (i > 0)
                free(copy[--i]);
            free(copy);
            return NULL;
        }
    }
    return copy;
}

// The name of a folder: neither '/' nor ':' may be in it.
char *cell_name_of(const char *scenario, const char *subject, uint64_t seed)
{
    char *name;
    if (asprintf(&name, "%s--%s--%" PRIu64, scenario, subject, seed) < 0)
        return NULL;
    for (char *at = name; *at != '\0'; at++) {
        if (*at == '/' || *at == ':')
            *at = '-';
    }
    return name;
}

// The path of the same file in the guest; NULL: it is not below `folder`. The caller frees it.
static char *place_below(const char *path, const char *folder, const char *place)
{
    char *placed;
    const size_t length = strlen(folder);
    if (strncmp(path, folder, length) != 0 || path[length] != '/' ||
        asprintf(&placed, "%s%s", place, path + length) < 0)
        return NULL;
    return placed;
}

// A manifest that hangup brings names what hangup brings; another one, what lies beside it as well.
static bool place_command(struct cell *cell, const struct subject *subject)
{
    const size_t root = strlen(subject->root);
    const bool brought = strncmp(subject->folder, subject->root, root) == 0 &&
                         (strcmp(subject->folder + root, "/pool/subjects") == 0 ||
                             strcmp(subject->folder + root, "/pool/probes") == 0);
    for (char **word = cell->command; *word != NULL; word++) {
        char *placed = brought ? NULL : place_below(*word, subject->folder, WORLD_ADAPTER);
        if (placed != NULL && cell->adapter == NULL && (cell->adapter = strdup(subject->folder)) == NULL) {
            free(placed);
            return false;
        }
        if (placed == NULL)
            placed = place_below(*word, subject->root, WORLD_PROJECT);
        if (placed != NULL) {
            free(*word);
            *word = placed;
        }
    }
    return true;
}

static bool fill_plan_cell(struct cell *cell, const struct plan_choice *choice, const struct erofs *image)
{
    char missing[PATH_MAX];
    if (!subject_is_ready(choice->subject, image, missing, sizeof(missing)))
        cell->missing = strdup(missing);
    else if (cell->scenario->network.pooler != POOLER_NONE && image != NULL &&
             !erofs_has(image, POOLER_PGBOUNCER_PROGRAM))
        cell->missing = strdup("not in this image: " POOLER_PGBOUNCER_PROGRAM);
    if (asprintf(&cell->subject, "%s:%s", choice->subject->name, choice->strategy->name) < 0) {
        cell->subject = NULL;
        return false;
    }
    cell->name = cell_name_of(cell->scenario->name, cell->subject, cell->seed);
    cell->strategy = strdup(choice->strategy->name);
    cell->strategy_class = strdup(choice->strategy->class);
    cell->command = copy_words(choice->subject->command);
    cell->differs = copy_words(choice->subject->differs);
    return cell->name != NULL && cell->strategy != NULL && cell->strategy_class != NULL &&
           cell->command != NULL && place_command(cell, choice->subject) && cell->differs != NULL;
}

static void free_words(char **words)
{
    for (char **word = words; word != NULL && *word != NULL; word++)
        free(*word);
    free(words);
}

struct cell *cell_new(const struct plan_request *request, struct scenario *scenario,
    const struct plan_choice *choice, struct error *error)
{
    struct cell *cell = calloc(1, sizeof(*cell));
    if (cell != NULL) {
        cell->scenario = scenario;
        cell->seed = request->seed;
        cell->lab = request->lab;
        if (request->world != NULL)
            cell->world = *request->world;
        if (fill_plan_cell(cell, choice, request->image))
            return cell;
        cell->scenario = NULL; // still the caller's
        cell_free(cell);
    }
    error_set(error, ERROR_LAB, "out of memory");
    return NULL;
}

struct cell *cell_of_program(struct scenario *scenario, const char *subject, char *const *command,
    uint64_t seed, enum lab_kind lab, struct error *error)
{
    static char *const none[] = {NULL};
    struct cell *cell = calloc(1, sizeof(*cell));
    if (cell == NULL) {
        error_set(error, ERROR_LAB, "out of memory");
        scenario_free(scenario);
        return NULL;
    }
    *cell = (struct cell){.scenario = scenario,
        .name = strdup("exec"),
        .subject = strdup(subject),
        .strategy = strdup("none"),
        .strategy_class = strdup("none"),
        .command = copy_words(command),
        .differs = copy_words(none),
        .seed = seed,
        .lab = lab};
    if (cell->name != NULL && cell->subject != NULL && cell->strategy != NULL &&
        cell->strategy_class != NULL && cell->command != NULL && cell->differs != NULL)
        return cell;
    error_set(error, ERROR_LAB, "out of memory");
    cell_free(cell);
    return NULL;
}

size_t cell_levels(const struct cell *cell)
{
    return cell->via_count + (cell->stop == STOP_EVERYWHERE ? 0 : 1);
}

int64_t cell_stop_at(const struct cell *cell, size_t level)
{
    if (level >= cell_levels(cell))
        return STOP_EVERYWHERE;
    if (level < cell->via_count)
        return cell->via[level].stop;
    return cell->stop == 0 ? STOP_AT_ZERO : cell->stop;
}

void cell_free(struct cell *cell)
{
    if (cell == NULL)
        return;
    free_words(cell->command);
    free_words(cell->differs);
    free(cell->adapter);
    scenario_free(cell->scenario);
    free(cell->name);
    free(cell->subject);
    free(cell->strategy);
    free(cell->strategy_class);
    free(cell->missing);
    free(cell);
}
