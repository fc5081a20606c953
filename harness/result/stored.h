// Stored runs: the folders that `hangup run` leaves.
#ifndef HANGUP_RESULT_STORED_H
#define HANGUP_RESULT_STORED_H

#include "result/result.h"

struct run_list {
    struct run_result **runs; // owned
    size_t count;
};

// What stands in FOLDER/run.json, one run for each folder; nothing is judged again. To be freed whatever the
// result.
bool run_list_read(struct run_list *list, char *const *folders, size_t count, struct error *error) MUST_CHECK;
void run_list_free(struct run_list *list);

#endif
