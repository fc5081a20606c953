// task.json.
#include "contract/task.h"

#include "base/json_file.h"
#include "base/new_file.h"
#include "base/path.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const kind_names[] = {
    [GUEST_TASK_CELL] = "cell",
    [GUEST_TASK_TEMPLATE] = "template",
    [GUEST_TASK_EXEC] = "exec",
};

static bool find_task_kind(const char *name, enum guest_task_kind *kind)
{
    for (size_t i = 0; i < sizeof(kind_names) / sizeof(kind_names[0]); i++)
        if (strcmp(kind_names[i], name) == 0) {
            *kind = (enum guest_task_kind)i;
            return true;
        }
    return false;
}

bool guest_task_write(const char *folder, const struct guest_task *task, struct error *error)
{
    char path[PATH_MAX];
    path_format(path, "%s/task.json", folder);
    json_t *json = json_pack("{s:s, s:s}", "task", kind_names[task->kind], "database", task->database);
    int fd = new_file_open(path, O_WRONLY, 0644, error);
    bool written = fd >= 0 && json != NULL && json_dumpfd(json, fd, 0) == 0;
    if (fd >= 0 && !written)
        error_set_errno(error, ERROR_LAB, "%s", path);
    if (fd >= 0)
        close(fd);
    json_decref(json);
    return written;
}

bool guest_task_read(const char *folder, struct guest_task *task, struct error *error)
{
    char path[PATH_MAX];
    json_error_t why;
    json_t *json = json_file_read(path_format(path, "%s/task.json", folder), ERROR_LAB, error);
    const char *kind = NULL, *database = NULL;
    if (json == NULL)
        return false;
    if (json_unpack_ex(json, &why, 0, "{s:s, s:s}", "task", &kind, "database", &database) != 0) {
        json_decref(json);
        return error_set(error, ERROR_LAB, "%s: %s", path, why.text);
    }
    bool known = find_task_kind(kind, &task->kind) ||
                 error_set(error, ERROR_LAB, "%s: unknown task '%s'", path, kind);
    if (snprintf(task->database, sizeof(task->database), "%s", database) >= (int)sizeof(task->database))
        known = error_set(error, ERROR_LAB, "%s: the template's path is too long", path);
    json_decref(json);
    return known;
}
