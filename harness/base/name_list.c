// Finds scenario and manifest files by name.
#include "base/name_list.h"

#include "base/array.h"
#include "base/path.h"

#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SUFFIX ".yaml"

static bool append_name(struct name_list *list, const char *path, struct error *error)
{
    char **names = array_grow(list->names, list->count, sizeof(*names));
    if (names != NULL)
        list->names = names;
    if (names == NULL || (names[list->count] = strndup(path, strlen(path) - strlen(SUFFIX))) == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    list->count++;
    return true;
}

bool is_yaml_file(const char *word)
{
    size_t length = strlen(word), suffix = strlen(SUFFIX);
    return length > suffix && strcmp(word + length - suffix, SUFFIX) == 0;
}

bool scenario_is_shipped(const char *root, const char *name)
{
    char path[PATH_MAX];
    return access(path_format(path, "%s/scenarios/%s" SUFFIX, root, name), F_OK) == 0;
}

static bool walk(struct name_list *list, FTS *tree, size_t start, int depth, struct error *error)
{
    FTSENT *entry;
    while (errno = 0, (entry = fts_read(tree)) != NULL) {
        bool hidden = entry->fts_level > 0 && entry->fts_name[0] == '.';
        if (entry->fts_info == FTS_D && (hidden || entry->fts_level >= depth))
            fts_set(tree, entry, FTS_SKIP);
        errno = entry->fts_errno;
        if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR || entry->fts_info == FTS_NS)
            return error_set_errno(error, ERROR_INPUT, "%s", entry->fts_path);
        bool found = entry->fts_info == FTS_F && !hidden && is_yaml_file(entry->fts_name);
        if (found && !append_name(list, entry->fts_path + start, error))
            return false;
    }
    return errno == 0 || error_set_errno(error, ERROR_LAB, "reading folders");
}

static int compare_listed_names(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

bool name_list_read(
    struct name_list *list, const char *root, const char *folder, int depth, struct error *error)
{
    char path[PATH_MAX];
    *list = (struct name_list){NULL, 0};
    int length = snprintf(path, sizeof(path), "%s/%s", root, folder);
    if (length < 0 || (size_t)length >= sizeof(path))
        return error_set(error, ERROR_INPUT, "%s: the path is too long", root);
    FTS *tree = fts_open((char *const[]){path, NULL}, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    if (tree == NULL)
        return error_set_errno(error, ERROR_LAB, "%s", path);
    bool good = walk(list, tree, (size_t)length + 1, depth, error);
    fts_close(tree);
    if (!good)
        name_list_free(list);
    else if (list->count > 0)
        qsort(list->names, list->count, sizeof(*list->names), compare_listed_names);
    return good;
}

void name_list_free(struct name_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->names[i]);
    free(list->names);
    *list = (struct name_list){NULL, 0};
}
