// What a guest is started for: task.json in its folder, written by the host, read by PID 1, removed with the
// guest.
#ifndef HANGUP_CONTRACT_TASK_H
#define HANGUP_CONTRACT_TASK_H

#include "base/error.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

enum guest_task_kind {
    GUEST_TASK_CELL,     // run the cell of plan.json
    GUEST_TASK_TEMPLATE, // make a database template
    GUEST_TASK_EXEC,     // run the program of program.json in the lab of plan.json
};

#define GUEST_SHOWN_MAX 16

struct guest_task {
    enum guest_task_kind kind;
    char database[PATH_MAX]; // the database template, for a cell and a program
    bool host_root;          // a program's root is this machine's files, not the image
    struct guest_shown {     // what the application sees of this machine, for reading
        char *from, *at;     // absolute: on this machine, and in the guest
    } shown[GUEST_SHOWN_MAX];
    size_t shown_count;
};

bool guest_task_write(const char *folder, const struct guest_task *task, struct error *error) MUST_CHECK;
// On success the caller frees what the task holds.
bool guest_task_read(const char *folder, struct guest_task *task, struct error *error) MUST_CHECK;
// False: too many, or no memory. What is shown at the same place already is not shown twice.
bool guest_task_show(
    struct guest_task *task, const char *from, const char *at, struct error *error) MUST_CHECK;
void guest_task_free(struct guest_task *task);

#endif
