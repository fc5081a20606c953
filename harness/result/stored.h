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

// For a new run: what an earlier one left in the folder (an absolute path without links) is gone: its reports
// and its cells, and nothing else.
bool run_folder_clear(const char *folder, struct error *error) MUST_CHECK;

// An empty folder for a cell, in the place of an earlier run's. What is there and not hangup's is left alone:
// ERROR_INPUT.
bool run_cell_folder_make(const char *folder, struct error *error) MUST_CHECK;

#endif
