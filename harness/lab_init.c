// PID 1 of a guest. Errors go to the console and to events.jsonl; the host reads both.
#include "lab_init.h"

#include "database_template.h"
#include "error.h"
#include "guest_task.h"
#include "lab_cell.h"
#include "lab_exec.h"
#include "lab_mount.h"

#include <limits.h>
#include <stdio.h>
#include <sys/reboot.h>
#include <unistd.h>

// The guest's process works in the cell's folder. Until the guest mounts its own proc, /proc is the host's.
static bool find_folder(char folder[static PATH_MAX], struct error *error)
{
    ssize_t length = readlink("/proc/self/cwd", folder, PATH_MAX - 1);
    if (length <= 0)
        return error_set_errno(error, ERROR_LAB, "cannot find the cell's folder");
    folder[length] = '\0';
    return true;
}

static bool do_task(struct error *error)
{
    char folder[PATH_MAX];
    struct guest_task task;
    if (!find_folder(folder, error) || !lab_mount_all(folder, error) ||
        !guest_task_read(folder, &task, error))
        return false;
    if (task.kind == GUEST_TASK_TEMPLATE)
        return database_template_make(error);
    if (task.kind == GUEST_TASK_EXEC)
        return lab_exec_run(folder, task.database, error);
    return lab_cell_run(folder, task.database, error);
}

noreturn void lab_init_main(void)
{
    struct error error;
    if (!do_task(&error))
        printf("hangup: %s\n", error.text);
    fflush(NULL);
    sync();
    reboot(RB_POWER_OFF);
    _exit(1); // never reached: the kernel is gone
}
