// Stored runs: the folders that `hangup run` leaves.
#ifndef HANGUP_RESULT_STORED_H
#define HANGUP_RESULT_STORED_H

#include "result/result.h"

struct run_folders {
    struct folder *folders; // owned
    size_t count;
};

struct run_list {
    struct run_result **runs; // owned
    size_t count;
};

// The folders at `paths`, opened. To be closed whatever the result.
bool run_folders_open(
    struct run_folders *folders, char *const *paths, size_t count, struct error *error) MUST_CHECK;
void run_folders_close(struct run_folders *folders);

// What stands in the run.json of each; nothing is judged again. To be freed whatever the result. `list` is
// empty, {0}, before. The second form opens the folders for itself.
bool run_list_read(
    struct run_list *list, const struct folder *folders, size_t count, struct error *error) MUST_CHECK;
bool run_list_read_paths(
    struct run_list *list, char *const *paths, size_t count, struct error *error) MUST_CHECK;
void run_list_free(struct run_list *list);

#endif
