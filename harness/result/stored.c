// Reading stored runs.
#include "result/stored.h"

#include "base/directory.h"
#include "base/path.h"
#include "base/stored_file.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

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

static bool is_cell(const char *folder)
{
    struct error unread;
    struct cell *cell = cell_read(folder, &unread);
    cell_free(cell);
    return cell != NULL;
}

bool run_folder_clear(const char *folder, struct error *error)
{
    static const char *const reports[] = {"run.json", "junit.xml", "summary.md"};
    char path[PATH_MAX];
    DIR *run = opendir(folder);
    if (run == NULL)
        return error_set_errno(error, ERROR_INPUT, "%s", folder);
    for (size_t i = 0; i < sizeof(reports) / sizeof(reports[0]); i++)
        (void)unlinkat(dirfd(run), reports[i], 0);
    for (struct dirent *entry; (entry = readdir(run)) != NULL;)
        if (stored_name_is_plain(entry->d_name) && is_cell(path_format(path, "%s/%s", folder, entry->d_name)))
            folder_remove(path);
    closedir(run);
    return true;
}

bool run_cell_folder_make(const char *folder, struct error *error)
{
    struct stat attributes;
    char console[PATH_MAX];
    bool there = lstat(folder, &attributes) == 0;
    bool ours = !there || is_cell(folder) || rmdir(folder) == 0 ||
                access(path_format(console, "%s/console.log", folder), F_OK) == 0;
    if (!ours)
        return error_set(
            error, ERROR_INPUT, "%s: in the way, and not a cell of hangup's: move it away", folder);
    folder_remove(folder); // an earlier run's log would be counted with ours
    return mkdir(folder, 0755) == 0 || error_set_errno(error, ERROR_LAB, "%s", folder);
}
