// A plan names the files of the guest's world; this finds them on this machine again.
#include "host/world.h"

#include "base/path.h"
#include "contract/world.h"
#include "host/file_digest.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool add_program(const struct paths *paths, const char *program, FILE *list, struct error *error)
{
    char digest[DIGEST_TEXT_SIZE];
    if (!file_digest(paths, program, digest, error)) {
        error->category = ERROR_LAB; // nothing that the user has named
        return false;
    }
    fprintf(list, "%s %s\n", digest, strrchr(program, '/') + 1);
    return true;
}

static bool list_programs(const struct paths *paths, FILE *list, struct error *error)
{
    static const char *const adapters[] = {"_subject", "_probe"};
    bool good = add_program(paths, paths->init, list, error) && add_program(paths, paths->lab, list, error);
    for (size_t i = 0; good && i < sizeof(adapters) / sizeof(adapters[0]); i++) {
        char pattern[PATH_MAX];
        glob_t found;
        path_format(pattern, "%s/build/*%s", paths->root, adapters[i]);
        if (glob(pattern, 0, NULL, &found) == 0)
            for (size_t j = 0; good && j < found.gl_pathc; j++)
                good = add_program(paths, found.gl_pathv[j], list, error);
        globfree(&found);
    }
    return good;
}

bool world_examine(
    const struct paths *paths, const struct image *image, struct world *world, struct error *error)
{
    char *text = NULL;
    size_t size;
    *world = (struct world){.image = ""};
    snprintf(world->image, sizeof(world->image), "%s", image->name);
    memcpy(world->image_sha256, image->sha256, sizeof(world->image_sha256));
    FILE *list = open_memstream(&text, &size);
    if (list == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    bool good = list_programs(paths, list, error) &&
                file_digest(paths, paths->kernel, world->kernel_sha256, error);
    good = fclose(list) == 0 && good;
    if (good)
        digest_text(text, world->programs_sha256);
    free(text);
    return good;
}

#define PROBES   WORLD_PROJECT "/pool/probes"
#define ADAPTERS "/pool/subjects"

// "/hangup/pool/subjects/x.py" -> the folder pool/subjects; "/hangup/build/pqpool_subject" -> that file. A
// probe shares code with the adapters of its language.
static bool show_brought(
    struct guest_task *task, const struct paths *paths, const char *word, struct error *error)
{
    char at[PATH_MAX], from[PATH_MAX];
    if (strstr(word, "/..") != NULL)
        return error_set(error, ERROR_INPUT, "command: %s: leads out of what a subject may see", word);
    path_format(at, "%s", word);
    at[strcspn(at, ":")] = '\0';
    char *end = at + strlen(WORLD_PROJECT);
    for (int parts = 0; parts < 2 && end[0] == '/'; parts++)
        end += 1 + strcspn(end + 1, "/");
    *end = '\0';
    path_format(from, "%s%s", paths->root, at + strlen(WORLD_PROJECT));
    if (!guest_task_show(task, from, at, error))
        return false;
    path_format(from, "%s" ADAPTERS, paths->root);
    return strcmp(at, PROBES) != 0 || guest_task_show(task, from, WORLD_PROJECT ADAPTERS, error);
}

static bool names(const char *word, const char *place)
{
    const size_t length = strlen(place);
    return strncmp(word, place, length) == 0 && word[length] == '/';
}

bool world_show_cell(
    struct guest_task *task, const struct paths *paths, const struct cell *cell, struct error *error)
{
    bool shown = true;
    for (char **word = cell->command; shown && *word != NULL; word++) {
        if (names(*word, WORLD_ADAPTER) && cell->adapter != NULL)
            shown = guest_task_show(task, cell->adapter, WORLD_ADAPTER, error);
        else if (names(*word, WORLD_PROJECT))
            shown = show_brought(task, paths, *word, error);
    }
    return shown;
}

void world_readable(const struct guest_task *task, const char *readable[static GUEST_READABLE_MAX])
{
    size_t used = 0;
    if (task->database[0] != '\0')
        readable[used++] = task->database;
    if (task->host_root)
        readable[used++] = "/";
    for (size_t i = 0; i < task->shown_count; i++)
        readable[used++] = task->shown[i].from;
    readable[used] = NULL;
}
