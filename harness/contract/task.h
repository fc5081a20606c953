// What a guest is started for: task.json in its folder, written by the host, read by PID 1, removed with the
// guest.
#ifndef HANGUP_CONTRACT_TASK_H
#define HANGUP_CONTRACT_TASK_H

#include "base/error.h"

#include <limits.h>

enum guest_task_kind {
    GUEST_TASK_CELL,     // run the cell of plan.json
    GUEST_TASK_TEMPLATE, // make a database template
    GUEST_TASK_EXEC,     // run the program of program.json in the lab of plan.json
};

struct guest_task {
    enum guest_task_kind kind;
    char database[PATH_MAX]; // the database template, for a cell and a program
};

bool guest_task_write(const char *folder, const struct guest_task *task, struct error *error) MUST_CHECK;
bool guest_task_read(const char *folder, struct guest_task *task, struct error *error) MUST_CHECK;

#endif
