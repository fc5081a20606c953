// A plan names the files of the guest's world; this finds them on this machine again.
#include "host/world.h"

#include "base/path.h"
#include "contract/world.h"

#include <stdlib.h>
#include <string.h>

// "/hangup/pool/subjects/x.py" -> the folder pool/subjects; "/hangup/build/pqpool_subject" -> that file.
static bool show_brought(
    struct guest_task *task, const struct paths *paths, const char *word, struct error *error)
{
    char at[PATH_MAX], from[PATH_MAX];
    path_format(at, "%s", word);
    at[strcspn(at, ":")] = '\0';
    char *end = at + strlen(WORLD_PROJECT);
    for (int parts = 0; parts < 2 && end[0] == '/'; parts++)
        end += 1 + strcspn(end + 1, "/");
    *end = '\0';
    path_format(from, "%s%s", paths->root, at + strlen(WORLD_PROJECT));
    return guest_task_show(task, from, at, error);
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
