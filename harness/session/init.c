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

// No way round the lab's walls for who is not root: no user namespace, in which anybody could mount; and
// nothing of the kernel's log.
static bool close_doors(struct error *error)
{
    return lab_sysctl_write("/proc/sys/user/max_user_namespaces", "0", error) &&
           lab_sysctl_write("/proc/sys/kernel/dmesg_restrict", "1", error);
}

static bool do_this_task(const char *folder, const struct guest_task *task, struct error *error)
{
    if (task->kind == GUEST_TASK_TEMPLATE)
        return database_template_make(error);
    if (!lab_mount_template(task->database, error))
        return false;
    return task->kind == GUEST_TASK_EXEC ? lab_exec_run(folder, task, error)
                                         : lab_cell_run(folder, task, error);
}

static bool do_task(struct error *error)
{
    char folder[PATH_MAX];
    struct guest_task task;
    // Libraries look for their configuration where the environment says.
    clearenv();
    if (!lab_mount_all(folder, error) || !close_doors(error) || !guest_task_read(".", &task, error))
        return false;
    bool done = do_this_task(folder, &task, error);
    guest_task_free(&task);
    return done;
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
