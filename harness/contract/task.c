// task.json.
#include "contract/task.h"

#include "base/json_file.h"
#include "base/new_file.h"
#include "base/path.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
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

bool guest_task_show(struct guest_task *task, const char *from, const char *at, struct error *error)
{
    for (size_t i = 0; i < task->shown_count; i++)
        if (strcmp(task->shown[i].at, at) == 0)
            return true;
    if (task->shown_count == GUEST_SHOWN_MAX)
        return error_set(error, ERROR_INPUT, "a subject names more than %d files", GUEST_SHOWN_MAX);
    struct guest_shown *shown = &task->shown[task->shown_count];
    *shown = (struct guest_shown){.from = strdup(from), .at = strdup(at)};
    task->shown_count++;
    return (shown->from != NULL && shown->at != NULL) || error_set(error, ERROR_LAB, "out of memory");
}

void guest_task_free(struct guest_task *task)
{
    for (size_t i = 0; i < task->shown_count; i++) {
        free(task->shown[i].from);
        free(task->shown[i].at);
    }
    task->shown_count = 0;
}

static json_t *shown_to_json(const struct guest_task *task)
{
    json_t *list = json_array();
    for (size_t i = 0; i < task->shown_count; i++)
        json_array_append_new(
            list, json_pack("{s:s, s:s}", "from", task->shown[i].from, "at", task->shown[i].at));
    return list;
}

static bool read_shown(const json_t *list, struct guest_task *task, struct error *error)
{
    size_t index;
    const json_t *entry;
    json_array_foreach(list, index, entry)
    {
        const char *from = json_string_value(json_object_get(entry, "from"));
        const char *at = json_string_value(json_object_get(entry, "at"));
        if (from == NULL || at == NULL)
            return error_set(error, ERROR_LAB, "task.json: shown: expected from and at");
        if (!guest_task_show(task, from, at, error))
            return false;
    }
    return true;
}

bool guest_task_write(const char *folder, const struct guest_task *task, struct error *error)
{
    char path[PATH_MAX];
    path_format(path, "%s/task.json", folder);
    json_t *json = json_pack("{s:s, s:s, s:b, s:o}", "task", kind_names[task->kind], "database",
        task->database, "host_root", task->host_root, "shown", shown_to_json(task));
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
    json_t *shown = NULL;
    int host_root = 0;
    *task = (struct guest_task){0};
    if (json == NULL)
        return false;
    if (json_unpack_ex(json, &why, 0, "{s:s, s:s, s:b, s:o}", "task", &kind, "database", &database,
            "host_root", &host_root, "shown", &shown) != 0) {
        json_decref(json);
        return error_set(error, ERROR_LAB, "%s: %s", path, why.text);
    }
    bool known = find_task_kind(kind, &task->kind) ||
                 error_set(error, ERROR_LAB, "%s: unknown task '%s'", path, kind);
    if (snprintf(task->database, sizeof(task->database), "%s", database) >= (int)sizeof(task->database))
        known = error_set(error, ERROR_LAB, "%s: the template's path is too long", path);
    task->host_root = host_root != 0;
    known = known && read_shown(shown, task, error);
    json_decref(json);
    if (!known)
        guest_task_free(task);
    return known;
}
