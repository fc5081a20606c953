// PID 1 of a guest. Errors go to the console and to events.jsonl; the host reads both.
#include "session/init.h"

#include "base/error.h"
#include "contract/task.h"
#include "lab/mount.h"
#include "net/sysctl.h"
#include "session/build_template.h"
#include "session/cell.h"
#include "session/exec.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/reboot.h>
#include <unistd.h>

// The guest's process works in the cell's folder. Until the guest mounts its own proc, /proc is the host's.
static bool find_cell_folder(char folder[static PATH_MAX], struct error *error)
{
    ssize_t length = readlink("/proc/self/cwd", folder, PATH_MAX - 1);
    if (length <= 0)
        return error_set_errno(error, ERROR_LAB, "cannot find the cell's folder");
    folder[length] = '\0';
    return true;
}

// No way round the lab's walls for who is not root: no user namespace, in which anybody could mount; and
// nothing of the kernel's log.
static bool close_doors(struct error *error)
{
    return lab_sysctl_write("/proc/sys/user/max_user_namespaces", "0", error) &&
           lab_sysctl_write("/proc/sys/kernel/dmesg_restrict", "1", error);
}

static bool do_task(struct error *error)
{
    char folder[PATH_MAX];
    struct guest_task task;
    // Libraries look for their configuration where the environment says.
    clearenv();
    if (!find_cell_folder(folder, error) || !lab_mount_all(folder, error) || !close_doors(error) ||
        !guest_task_read(".", &task, error))
        return false;
    if (task.kind == GUEST_TASK_TEMPLATE)
        return database_template_make(error);
    if (!lab_mount_template(task.database, error))
        return false;
    return task.kind == GUEST_TASK_EXEC ? lab_exec_run(folder, error) : lab_cell_run(folder, error);
}

noreturn void lab_init_main(void)
{
    struct error error = {0};
    if (!do_task(&error))
        printf("hangup: %s\n", error.text);
    fflush(NULL);
    sync();
    reboot(RB_POWER_OFF);
    _exit(1); // never reached: the kernel is gone
}
