// The process that becomes a guest: what it inherits, and what it may still do when its kernel starts.
#include "base/clock.h"
#include "base/duration.h"
#include "base/new_file.h"
#include "base/path.h"
#include "contract/clock_zero.h"
#include "contract/fork.h"
#include "contract/guest_files.h"
#include "host/guardian.h"
#include "host/guest.h"
#include "host/guest_confine.h"
#include "host/guest_memory.h"
#include "host/guest_mode.h"
#include "host/kernel_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

// A guest that computes this long without its PID 1 getting a turn is taken for a spin that never ends:
// virtual time stands still while a process computes. The longest honest stretch seen is a JVM's start, about
// 5 s.
#define STUCK_CPU_S 30
// No cell takes this long, however slow the machine.
#define CELL_LIMIT_US (600 * US_PER_S)

#define HIGH_FD    10
#define OPEN_FILES 1024 // more than a guest was seen to hold open

// Constant, because the kernel's command line is part of the guest's random pool. The root is the host's only
// until hangup-init has mounted the image; the wall stands by then.
static const char *const kernel_arguments[] = {
    "linux",
    "mem=" GUEST_TEXT_OF(GUEST_MEMORY_MB) "M",
    "root=/dev/root",
    "rootfstype=hostfs",
    "hostfs=/",
    "ro",
    "con=null",
    "con0=null,fd:1",
    "quiet",
    "panic=-1",
    "init=" GUEST_INIT_FILE,
};

// For the child only: what it says stands in console.log, where the host looks for last words.
static noreturn void give_up(const struct error *error)
{
    dprintf(STDERR_FILENO, "hangup: %s\n", error->text);
    _exit(126);
}

static noreturn void give_up_on(const char *what)
{
    struct error error = {0};
    error_set_errno(&error, ERROR_LAB, "%s", what);
    give_up(&error);
}

// Out of the way of the low ones, so that no dup2 overwrites one still needed.
static int raise_fd(int fd)
{
    int high = fcntl(fd, F_DUPFD, HIGH_FD);
    if (high >= 0)
        return high;
    errno = EMFILE; // EINVAL where the limit is lower than this
    give_up_on("a guest's descriptors");
}

static int open_high(const char *path, int flags)
{
    int fd = open(path, flags);
    if (fd < 0)
        give_up_on(path);
    return raise_fd(fd);
}

// The guest's memory is an unnamed file in this folder.
static int open_memory_folder(const struct guest_options *options)
{
    int fd = options->memory_fd > 0 ? options->memory_fd : guest_memory_folder();
    if (fd < 0)
        give_up_on(GUEST_MEMORY_FOLDER "/hangup-XXXXXX");
    return raise_fd(fd);
}

// Opens what the guest inherits and makes the child's descriptors of it.
static void arrange_descriptors(const struct guest_options *options, int console_fd)
{
    dup2(console_fd, STDOUT_FILENO);
    dup2(console_fd, STDERR_FILENO);
    int line = options->line_fd >= 0 ? raise_fd(options->line_fd) : -1;
    int control = options->control_fd > 0 ? raise_fd(options->control_fd) : -1;
    dup2(open_high("/dev/null", O_RDONLY), STDIN_FILENO);
    int init = open_high(options->paths->init, O_RDONLY), lab = open_high(options->paths->lab, O_RDONLY);
    int image = open_high(options->image, O_RDONLY), memory = open_memory_folder(options);
    close_range(STDERR_FILENO + 1, HIGH_FD - 1, 0);
    dup2(init, GUEST_INIT_FD);
    if (line >= 0)
        dup2(line, GUEST_LINE_FD);
    dup2(memory, GUEST_MEMORY_FD);
    dup2(lab, GUEST_LAB_FD);
    dup2(image, GUEST_IMAGE_FD);
    if (control >= 0)
        dup2(control, GUEST_CONTROL_FD);
    close_range(GUEST_CONTROL_FD + 1, ~0U, 0);
}

// A kernel that is not static is started by the host's loader.
static const char *const host_libraries[] = {"/etc/ld.so.cache", "/lib", "/lib64", "/usr/lib", "/usr/lib64"};
#define HOST_LIBRARIES (sizeof(host_libraries) / sizeof(host_libraries[0]))

// Lists of paths for a confinement.
struct guest_walls {
    const char *readable[GUEST_READABLE_MAX + HOST_LIBRARIES + 5], *writable[GUEST_WRITABLE_MAX + 2];
    char memory[32];
};

static struct guest_confinement draw_walls(const struct guest_options *options, struct guest_walls *walls)
{
    static const char *const no_more[] = {NULL};
    const char *const *more = options->writable != NULL ? options->writable : no_more;
    const char *const *shown = options->readable != NULL ? options->readable : no_more;
    const struct paths *paths = options->paths;
    *walls = (struct guest_walls){
        .readable = {paths->init, paths->lab, paths->kernel, options->image}, .writable = {options->folder}};
    for (size_t i = 0; i < GUEST_WRITABLE_MAX && more[i] != NULL; i++)
        walls->writable[i + 1] = more[i];
    size_t used = 4;
    for (size_t i = 0; i < GUEST_READABLE_MAX && shown[i] != NULL; i++)
        walls->readable[used++] = shown[i];
    const bool dynamic = kernel_file_read(paths->kernel).dynamic;
    for (size_t i = 0; dynamic && i < HOST_LIBRARIES; i++)
        walls->readable[used++] = host_libraries[i];
    return (struct guest_confinement){.readable = walls->readable,
        .writable = walls->writable,
        .may_set_attributes = options->may_set_attributes};
}

static void confine(const struct guest_options *options)
{
    struct guest_walls walls;
    struct error error = {0};
    struct guest_confinement confinement = draw_walls(options, &walls);
    confinement.memory = GUEST_MEMORY_FILE; // the process's own
    if (!guest_confine(&confinement, &error))
        give_up(&error);
}

bool guest_ruleset(const struct guest_options *options, int *ruleset, struct error *error)
{
    struct guest_walls walls;
    struct guest_confinement confinement = draw_walls(options, &walls);
    if (options->memory_fd > 0) {
        snprintf(walls.memory, sizeof(walls.memory), "/proc/self/fd/%d", options->memory_fd);
        confinement.memory = walls.memory;
    }
    return guest_confine_ruleset(&confinement, ruleset, error);
}

static noreturn void exec_guest(const struct guest_options *options)
{
    char seed[40], clock[64];
    snprintf(seed, sizeof(seed), "HANGUP_SEED=%llu", (unsigned long long)options->seed);
    snprintf(clock, sizeof(clock), "time-travel-start=%lld000000000", GUEST_ZERO_REALTIME_S - GUEST_SETUP_S);
    const char *argv[sizeof(kernel_arguments) / sizeof(kernel_arguments[0]) + 5] = {0};
    memcpy(argv, kernel_arguments, sizeof(kernel_arguments));
    size_t count = sizeof(kernel_arguments) / sizeof(kernel_arguments[0]);
    if (options->time_travel) {
        argv[count++] = "time-travel=inf-cpu";
        argv[count++] = clock;
    }
    if (options->line_fd >= 0)
        argv[count++] = "con1=fd:4,null";
    if (guest_mode_is_seccomp(options->paths))
        argv[count++] = "seccomp=on";
    // HOME is where the kernel notes its process: the cell's folder, by a name that is never too long.
    char *control = options->control_fd > 0 ? FORK_GUEST_VARIABLE "=" GUEST_TEXT_OF(GUEST_CONTROL_FD) : NULL;
    char *environment[] = {"HOME=.", "TMPDIR=" GUEST_MEMORY_FILE, seed, control, NULL};
    execve(options->paths->kernel, (char *const *)argv, environment);
    give_up_on(options->paths->kernel);
}
// Where the kernel has put this program: least went on there, and two runs side by side do not both begin
// with the first core.
static unsigned home_core(void)
{
    static int home = -1;
    if (home < 0)
        home = sched_getcpu();
    return home < 0 ? 0 : (unsigned)home;
}

// A guest is a handful of processes of which one runs at a time. On one core they hand over at once; across
// cores each hand-over wakes an idle core, which costs three times the whole cell (4.3 to 12.4 s against 1.35
// s, seen on two virtual cores).
static void stay_on_one_core(unsigned nth)
{
    cpu_set_t allowed, one;
    if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0 || CPU_COUNT(&allowed) == 0)
        return; // slower, not wrong
    unsigned left = nth % (unsigned)CPU_COUNT(&allowed);
    int core = 0;
    while (!CPU_ISSET(core, &allowed) || left-- > 0)
        core++;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    sched_setaffinity(0, sizeof(one), &one);
}

static noreturn void run_guest(
    const struct guest_options *options, pid_t parent, int console_fd, unsigned home)
{
    setpgid(0, 0);
    // Sent when the parent ends from now on: one that has ended already sends nothing.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    // Randomised addresses would reach the guest: its processes see them in their stacks and heaps.
    personality(ADDR_NO_RANDOMIZE);
    stay_on_one_core(home + options->place);
    arrange_descriptors(options, console_fd);
    if (chdir(options->folder) != 0)
        give_up_on(options->folder);
    confine(options);
    exec_guest(options);
}

bool guest_watch_console(struct guest *guest, struct error *error)
{
    char path[PATH_MAX];
    guest->console_fd = open(
        path_format(path, "%s/console.log", guest->folder), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    return guest->console_fd >= 0 || error_set_errno(error, ERROR_LAB, "%s", path);
}

// For the guest to write to.
static int make_console(const char *folder, struct error *error)
{
    char path[PATH_MAX];
    return new_file_open(path_format(path, "%s/console.log", folder), O_WRONLY | O_APPEND, 0644, error);
}

// A guest's kernel holds open what its processes have open, and dies of a want of descriptors without a word
// of it.
static bool allow_open_files(struct error *error)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return error_set_errno(error, ERROR_LAB, "getrlimit");
    if (limit.rlim_max < OPEN_FILES)
        return error_set(error, ERROR_LAB, "`ulimit -n` allows %llu open files, and a guest needs %d",
            (unsigned long long)limit.rlim_max, OPEN_FILES);
    if (limit.rlim_cur >= OPEN_FILES)
        return true;
    limit.rlim_cur = OPEN_FILES;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0 || error_set_errno(error, ERROR_LAB, "setrlimit");
}

// HANGUP_STUCK_CPU_S: less makes tests fast, more helps a subject that computes for long.
static int64_t stuck_cpu_us(void)
{
    const char *text = getenv("HANGUP_STUCK_CPU_S");
    long long seconds = text == NULL ? 0 : strtoll(text, NULL, 10);
    return (seconds > 0 && seconds <= CELL_LIMIT_US / US_PER_S ? seconds : STUCK_CPU_S) * US_PER_S;
}

static bool start_guest_child(
    struct guest *guest, const struct guest_options *options, int console_fd, struct error *error)
{
    unsigned home = home_core();
    if (!guardian_watch(options->folder, 0, error)) // before there is anything to be removed
        return false;
    pid_t parent = getpid();
    guest->pid = fork();
    if (guest->pid == 0)
        run_guest(options, parent, console_fd, home);
    if (guest->pid < 0)
        return error_set_errno(error, ERROR_LAB, "cannot start a guest");
    setpgid(guest->pid, guest->pid); // both sides set it: neither may run ahead of it
    guest->pidfd = pidfd_open(guest->pid, 0);
    if (guest->pidfd < 0)
        return error_set_errno(error, ERROR_LAB, "cannot watch the guest");
    return guardian_watch(options->folder, guest->pid, error);
}

void guest_init(struct guest *guest, const struct guest_options *options)
{
    char largest[NAME_MAX + 1];
    *guest = (struct guest){.pid = -1,
        .pidfd = -1,
        .console_fd = -1,
        .limit_us = CELL_LIMIT_US,
        .stuck_cpu_us = stuck_cpu_us(),
        .disk = {.limit = options->disk_limit,
            .each_file = options->writable == NULL || options->writable[0] == NULL}};
    guest_console_init(&guest->console);
    guest->disk.before = guest_disk_used(options->folder, largest);
    snprintf(guest->folder, sizeof(guest->folder), "%s", options->folder);
    guest->started_us = guest->progress_seen_us = clock_now_us();
}

bool guest_start(struct guest *guest, const struct guest_options *options, struct error *error)
{
    guest_init(guest, options);
    int console = allow_open_files(error) ? make_console(options->folder, error) : -1;
    bool started = console >= 0 && guest_watch_console(guest, error) &&
                   start_guest_child(guest, options, console, error);
    if (console >= 0)
        close(console);
    return started;
}
