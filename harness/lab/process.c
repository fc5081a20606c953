// fork, arrange, exec; and the other end of it.
#include "lab/process.h"

#include "base/clock.h"
#include "base/event_wait.h"
#include "lab/view.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void redirect(int from, int to)
{
    if (from < 0)
        from = open("/dev/null", O_RDWR);
    if (from != to)
        dup2(from, to);
    else
        fcntl(from, F_SETFD, 0);
}

// No program that it starts becomes anybody else, either.
static bool become_user(uid_t user)
{
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && setgroups(0, NULL) == 0 && setgid(user) == 0 &&
           setuid(user) == 0;
}

static bool become_process_user(const struct lab_process_options *options)
{
    if (options->become != NULL)
        return options->become(options->context);
    return become_user(options->user);
}

// As a shell starts it: PID 1 ignores SIGPIPE, the program does not.
static void reset_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
}

// Where memory runs out it is the application's doing. Left to itself the kernel ends who holds most, and
// that may be the server: what is in files without a name, no process seems to hold.
static bool go_first_without_memory(void)
{
    static const char most[] = "1000";
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    bool said = file >= 0 && write(file, most, sizeof(most) - 1) == sizeof(most) - 1;
    if (file >= 0)
        close(file);
    return said;
}

static void run_process_child(const struct lab_process_options *options)
{
    reset_signals();
    setsid();
    redirect(options->stdin_fd, STDIN_FILENO);
    redirect(options->stdout_fd, STDOUT_FILENO);
    redirect(options->stderr_fd, STDERR_FILENO);
    bool is_application = options->view->pids_fd >= 0;
    if ((is_application && !go_first_without_memory()) ||
        (options->namespace_fd >= 0 && setns(options->namespace_fd, CLONE_NEWNET) != 0) ||
        !lab_view_enter(options->view) || chdir(options->folder == NULL ? "/" : options->folder) != 0 ||
        !become_process_user(options)) {
        dprintf(STDERR_FILENO, "hangup: %s: cannot be prepared: %s\n", options->argv[0], strerror(errno));
        _exit(LAB_PROCESS_FAILED);
    }
    close_range(STDERR_FILENO + 1, ~0U, 0);
    environ = (char **)options->environment; // execvp looks for PATH here
    execvp(options->argv[0], (char *const *)options->argv);
    dprintf(STDERR_FILENO, "hangup: %s: %s\n", options->argv[0], strerror(errno));
    _exit(errno == ENOENT ? LAB_PROCESS_MISSING : LAB_PROCESS_REFUSED);
}

// A child of ours, in the process table of the view where that has one: there it has another number.
static pid_t fork_in(const struct lab_view *view)
{
    int own = view->pids_fd < 0 ? -1 : open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
    if (view->pids_fd >= 0 && (own < 0 || setns(view->pids_fd, CLONE_NEWPID) != 0)) {
        if (own >= 0)
            close(own);
        return -1;
    }
    pid_t pid = fork();
    if (own >= 0 && pid != 0) {
        if (setns(own, CLONE_NEWPID) != 0)
            abort(); // what is started next would land in the wrong world
        close(own);
    }
    return pid;
}

bool lab_process_start(
    struct lab_process *process, const struct lab_process_options *options, struct error *error)
{
    process->pid = fork_in(options->view);
    if (process->pid == 0)
        run_process_child(options);
    if (process->pid < 0)
        return error_set_errno(error, ERROR_LAB, "cannot start %s", options->argv[0]);
    process->pidfd = pidfd_open(process->pid, 0);
    if (process->pidfd < 0)
        return error_set_errno(error, ERROR_LAB, "cannot watch %s", options->argv[0]);
    fcntl(process->pidfd, F_SETFD, FD_CLOEXEC);
    return true;
}

static void forget_process(struct lab_process *process)
{
    if (process->pidfd >= 0)
        close(process->pidfd);
    *process = (struct lab_process){.pid = -1, .pidfd = -1};
}

bool lab_process_wait(struct lab_process *process, int64_t timeout_us, int *wait_status)
{
    struct error error = {0};
    int64_t until_us = clock_now_us() + timeout_us;
    struct pollfd ended = {.fd = process->pidfd, .events = POLLIN};
    for (;;) {
        struct timespec timeout = clock_timeout(until_us);
        if (!event_wait(&ended, 1, &timeout, &error))
            return false; // nobody will ever know: as if its time were over
        if (ended.revents != 0)
            break;
        if (clock_now_us() >= until_us)
            return false;
    }
    while (waitpid(process->pid, wait_status, 0) < 0 && errno == EINTR)
        continue;
    forget_process(process);
    return true;
}

void lab_process_kill(struct lab_process *process)
{
    if (process->pid <= 0)
        return;
    kill(process->pid, SIGKILL);
    while (waitpid(process->pid, NULL, 0) < 0 && errno == EINTR)
        continue;
    forget_process(process);
}

// "42 (python3) T 1 42 42 0 ...": a name may hold anything, so what counts stands behind the last
// parenthesis.
static bool process_is_stopped(const char *pid, pid_t group)
{
    char path[64], line[512];
    snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? 0 : read(fd, line, sizeof(line) - 1);
    if (fd >= 0)
        close(fd);
    line[length > 0 ? length : 0] = '\0';
    const char *fields = strrchr(line, ')');
    if (fields == NULL || strncmp(fields, ") T ", 4) != 0)
        return false;
    char *parent_end;
    (void)strtol(fields + 4, &parent_end, 10);
    return strtol(parent_end, NULL, 10) == group;
}

bool lab_process_count_stopped(pid_t group, int64_t *count, struct error *error)
{
    DIR *proc = opendir("/proc");
    if (proc == NULL)
        return error_set_errno(error, ERROR_LAB, "/proc");
    *count = 0;
    for (struct dirent *entry; (entry = readdir(proc)) != NULL;)
        if (isdigit((unsigned char)entry->d_name[0]))
            *count += process_is_stopped(entry->d_name, group);
    closedir(proc);
    return true;
}
