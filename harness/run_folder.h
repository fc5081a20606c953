// Stored runs: the folders that `hangup run` leaves.
#ifndef HANGUP_RUN_FOLDER_H
#define HANGUP_RUN_FOLDER_H

#include "run_result.h"

struct run_list {
    struct run_result **runs; // owned
    size_t count;
};

// What stands in FOLDER/run.json, one run for each folder; nothing is judged again. To be freed whatever the
// result.
bool run_list_read(struct run_list *list, char *const *folders, size_t count, struct error *error) MUST_CHECK;
void run_list_free(struct run_list *list);

#endif
