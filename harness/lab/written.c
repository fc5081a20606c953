// Walks what a view keeps for it: the layers that its overlays write to.
#include "lab/written.h"

#include "base/path.h"
#include "lab/view_internal.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MAX   64
#define FILES_MAX   20000
#define FILES_NAMED 20

static bool is_cache(const char *name)
{
    return strcmp(name, "__pycache__") == 0 || strcmp(name, ".pytest_cache") == 0;
}

static void note_file(json_t *files, const char *path, const struct stat *attributes)
{
    const json_int_t changed = (json_int_t)attributes->st_ctim.tv_sec * 1000000 +
                               attributes->st_ctim.tv_nsec / 1000;
    json_object_set_new(
        files, path, json_pack("{s:I, s:I}", "size", (json_int_t)attributes->st_size, "at_us", changed));
}

// The folder is closed. `path` is the program's, and ends without a slash. Whoever writes there may write
// still: no link is followed, and nothing is waited for.
static void walk_written(json_t *files, int folder_fd, const char *path, int depth)
{
    DIR *folder = fdopendir(folder_fd);
    if (folder == NULL)
        close(folder_fd);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        struct stat attributes;
        char below[PATH_MAX];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 || is_cache(entry->d_name) ||
            strlen(path) + strlen(entry->d_name) + 2 > sizeof(below) ||
            fstatat(folder_fd, entry->d_name, &attributes, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        path_format(below, "%s/%s", path, entry->d_name);
        if (S_ISREG(attributes.st_mode) && json_object_size(files) < FILES_MAX)
            note_file(files, below, &attributes);
        if (!S_ISDIR(attributes.st_mode) || depth >= DEPTH_MAX)
            continue;
        int fd = openat(folder_fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd >= 0)
            walk_written(files, fd, below, depth + 1);
    }
    if (folder != NULL)
        closedir(folder);
}

static void walk_layer(json_t *files, int scratch_fd, const char *layer, const char *path)
{
    char upper[PATH_MAX];
    path_format(upper, "%s/upper", layer);
    int fd = openat(scratch_fd, upper, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0)
        walk_written(files, fd, path, 0);
}

json_t *lab_written_list(const struct lab_view *view, const struct guest_task *task)
{
    json_t *files = json_object();
    if (view->scratch_fd < 0)
        return files;
    walk_layer(files, view->scratch_fd, "root", "");
    for (size_t i = 0; i < task->shown_count; i++) {
        char layer[64];
        snprintf(layer, sizeof(layer), "shown-%zu", i);
        walk_layer(files, view->scratch_fd, layer, task->shown[i].at);
    }
    return files;
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

json_t *lab_written_between(const json_t *before, const json_t *after)
{
    const char *path;
    json_t *file, *named = json_array();
    size_t count = 0;
    const char **paths = calloc(json_object_size(after) + 1, sizeof(*paths));
    json_object_foreach((json_t *)after, path, file)
    {
        if (paths != NULL && !json_equal(json_object_get(before, path), file))
            paths[count++] = path;
    }
    if (paths != NULL)
        qsort(paths, count, sizeof(*paths), compare_names);
    for (size_t i = 0; i < count && i < FILES_NAMED; i++)
        json_array_append_new(named, json_string(paths[i]));
    free(paths);
    return json_pack("{s:I, s:o}", "count", (json_int_t)count, "files", named);
}
