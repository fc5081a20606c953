// Reading stored runs.
#include "result/stored.h"

#include "base/path.h"
#include "base/stored_file.h"

#include <stdlib.h>

bool run_list_read(struct run_list *list, char *const *folders, size_t count, struct error *error)
{
    char folder[PATH_MAX], path[PATH_MAX];
    *list = (struct run_list){.runs = calloc(count + 1, sizeof(struct run_result *))};
    if (!list->runs)
        return error_set(error, ERROR_LAB, "out of memory");
    for (size_t i = 0; i < count; i++) {
        if (!stored_folder_find(folders[i], ERROR_INPUT, folder, error))
            return false;
        list->runs[i] = run_result_read(path_format(path, "%s/run.json", folder), error);
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
