// Namespaces, a new root in them, and a process that keeps them.
#include "lab/view_internal.h"

#include "base/path.h"
#include "lab/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEEPER_USER 64071 // nobody's

// Devices that only answer, which any program may have.
static bool make_device(const char *name, unsigned minor, struct error *error)
{
    char path[PATH_MAX];
    path_format(path, LAB_VIEW_ROOT "/dev/%s", name);
    if (mknod(path, S_IFCHR | 0666, makedev(1, minor)) != 0 || chmod(path, 0666) != 0)
        return error_set_errno(error, ERROR_LAB, "%s", path);
    return true;
}

bool lab_view_make_devices(struct error *error)
{
    return lab_mount_at("tmpfs", LAB_VIEW_ROOT "/dev", MS_NOSUID | MS_NOEXEC, "mode=755", error) &&
           make_device("null", 3, error) && make_device("zero", 5, error) && make_device("full", 7, error) &&
           make_device("random", 8, error) && make_device("urandom", 9, error) &&
           lab_mount_folder(LAB_VIEW_ROOT "/dev/shm", 0755, error) &&
           lab_mount_at("tmpfs", LAB_VIEW_ROOT "/dev/shm", MS_NOSUID | MS_NODEV, "mode=1777", error);
}

// PID 1's mounts lie in the old root; they are gone with it.
static bool enter_root(struct error *error)
{
    if (chdir(LAB_VIEW_ROOT) != 0 || syscall(SYS_pivot_root, ".", ".") != 0 ||
        umount2(".", MNT_DETACH) != 0 || chdir("/") != 0)
        return error_set_errno(error, ERROR_LAB, "cannot enter the new root");
    return true;
}

// For PID 1, which takes it over; then nothing that a program can see leads there. The server's view has
// none.
static bool hold_scratch(struct error *error)
{
    close(LAB_VIEW_SCRATCH_FD);
    int scratch_fd = open(LAB_VIEW_SCRATCH, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (scratch_fd >= 0 ? scratch_fd == LAB_VIEW_SCRATCH_FD : errno == ENOENT)
        return true;
    return error_set_errno(error, ERROR_LAB, LAB_VIEW_SCRATCH);
}

static bool furnish_view(const struct lab_view_plan *plan, struct error *error)
{
    if (plan->namespace_fd >= 0 && setns(plan->namespace_fd, CLONE_NEWNET) != 0)
        return error_set_errno(error, ERROR_LAB, "cannot enter the host's network");
    return plan->furnish(plan->context, error) && hold_scratch(error) && enter_root(error);
}

// Nothing is left to do that needs powers; and root's program is not of the same user.
static bool give_up_view_powers(struct error *error)
{
    if (setgroups(0, NULL) != 0 || setresgid(KEEPER_USER, KEEPER_USER, KEEPER_USER) != 0 ||
        setresuid(KEEPER_USER, KEEPER_USER, KEEPER_USER) != 0)
        return error_set_errno(error, ERROR_LAB, "cannot give up powers");
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 || error_set_errno(error, ERROR_LAB, "prctl");
}

// What the keeper tells PID 1, once.
struct report {
    bool good;
    struct error error;
};

// It is a copy of PID 1: nobody may look into it. As PID 1 of a process table it inherits orphans; the kernel
// collects them.
static void keep_view(const struct lab_view_plan *plan, int report_fd)
{
    char taken;
    struct report report = {0};
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    prctl(PR_SET_NAME, "init", 0, 0, 0);
    setsid();
    report.good = furnish_view(plan, &report.error) && give_up_view_powers(&report.error);
    if (write(report_fd, &report, sizeof(report)) != sizeof(report) || !report.good)
        _exit(1);
    signal(SIGCHLD, SIG_IGN);
    (void)read(report_fd, &taken, 1); // PID 1 has closed its end: what it wants it has
    close_range(0, ~0U, 0);
    for (;;)
        pause();
}

// -1: there is none.
static int take_scratch(pid_t keeper)
{
    char path[PATH_MAX];
    path_format(path, "/proc/%d/fd/%d", (int)keeper, LAB_VIEW_SCRATCH_FD);
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static bool start_keeper(struct lab_view *view, const struct lab_view_plan *plan, struct error *error)
{
    int ends[2];
    struct report report = {0};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return error_set_errno(error, ERROR_LAB, "cannot make a pair of sockets");
    unsigned long flags = CLONE_NEWNS | CLONE_NEWIPC | (plan->own_processes ? CLONE_NEWPID : 0);
    view->keeper = (pid_t)syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
    if (view->keeper == 0) {
        close(ends[0]);
        keep_view(plan, ends[1]);
    }
    close(ends[1]);
    ssize_t length = view->keeper > 0 ? read(ends[0], &report, sizeof(report)) : -1;
    if (length == sizeof(report) && report.good)
        view->scratch_fd = take_scratch(view->keeper);
    close(ends[0]);
    if (length < 0)
        return error_set_errno(error, ERROR_LAB, "cannot make a view");
    if (length != sizeof(report))
        return error_set(error, ERROR_LAB, "cannot make a view: its keeper has ended");
    if (!report.good)
        *error = report.error;
    return report.good;
}

static int open_namespace(pid_t pid, const char *name)
{
    char path[PATH_MAX];
    return open(path_format(path, "/proc/%d/ns/%s", (int)pid, name), O_RDONLY | O_CLOEXEC);
}

bool lab_view_open(struct lab_view *view, const struct lab_view_plan *plan, struct error *error)
{
    *view = (struct lab_view)LAB_VIEW_NONE;
    if (!start_keeper(view, plan, error))
        return false;
    view->mounts_fd = open_namespace(view->keeper, "mnt");
    view->ipc_fd = open_namespace(view->keeper, "ipc");
    view->pids_fd = plan->own_processes ? open_namespace(view->keeper, "pid") : -1;
    if (view->mounts_fd >= 0 && view->ipc_fd >= 0 && (view->pids_fd >= 0 || !plan->own_processes))
        return true;
    return error_set_errno(error, ERROR_LAB, "the namespaces of a view");
}

bool lab_view_enter(const struct lab_view *view)
{
    return setns(view->ipc_fd, CLONE_NEWIPC) == 0 && setns(view->mounts_fd, CLONE_NEWNS) == 0;
}

void lab_view_close(struct lab_view *view)
{
    if (view->keeper > 0) {
        kill(view->keeper, SIGKILL);
        while (waitpid(view->keeper, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    const int fds[] = {view->mounts_fd, view->ipc_fd, view->pids_fd, view->scratch_fd};
    for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
        if (fds[i] >= 0)
            close(fds[i]);
    *view = (struct lab_view)LAB_VIEW_NONE;
}
