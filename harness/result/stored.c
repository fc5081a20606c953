// Reading stored runs.
#include "result/stored.h"

#include <stdlib.h>

bool run_list_read(struct run_list *list, const struct folder *folders, size_t count, struct error *error)
{
    *list = (struct run_list){.runs = calloc(count + 1, sizeof(struct run_result *))};
    if (!list->runs)
        return error_set(error, ERROR_LAB, "out of memory");
    for (size_t i = 0; i < count; i++) {
        list->runs[i] = run_result_read(&folders[i], error);
        if (!list->runs[i])
            return false;
        list->count++;
    }
    return true;
}

void run_list_free(struct run_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        run_result_free(list->runs[i]);
    free(list->runs);
    *list = (struct run_list){0};
}

bool run_list_read_paths(struct run_list *list, char *const *paths, size_t count, struct error *error)
{
    struct run_folders folders;
    bool read = run_folders_open(&folders, paths, count, error) &&
                run_list_read(list, folders.folders, folders.count, error);
    run_folders_close(&folders);
    return read;
}

bool run_folders_open(struct run_folders *folders, char *const *paths, size_t count, struct error *error)
{
    *folders = (struct run_folders){.folders = calloc(count + 1, sizeof(struct folder))};
    if (!folders->folders)
        return error_set(error, ERROR_LAB, "out of memory");
    for (; folders->count < count; folders->count++)
        if (!folder_open(&folders->folders[folders->count], paths[folders->count], ERROR_INPUT, error))
            return false;
    return true;
}

void run_folders_close(struct run_folders *folders)
{
    for (size_t i = 0; i < folders->count; i++)
        folder_close(&folders->folders[i]);
    free(folders->folders);
    *folders = (struct run_folders){0};
}
