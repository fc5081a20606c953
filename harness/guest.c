// Starts, watches and ends the process that is a guest.
#include "guest.h"

#include "clock.h"
#include "duration.h"
#include "folder.h"
#include "guest_cpu.h"
#include "path_format.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

// A guest that computes this long without its PID 1 getting a turn is taken for a spin that never ends:
// virtual time stands still while a process computes. The longest honest stretch seen is a JVM's start, about
// 5 s.
#define STUCK_CPU_S 30
// No cell takes this long, however slow the machine.
#define CELL_LIMIT_US (600 * US_PER_S)

#define CHECK_INTERVAL_MS 500

// Constant, because the kernel's command line is part of the guest's random pool.
#define EXECUTABLE_FD 3
#define LINE_FD       4

static const char *const kernel_arguments[] = {
    "linux",
    "mem=768M",
    "root=/dev/root",
    "rootfstype=hostfs",
    "hostfs=/",
    "ro",
    "con=null",
    "con0=null,fd:1",
    "quiet",
    "panic=-1",
    "init=/proc/self/fd/3",
};

// How a guest differs from others.
struct start {
    const struct paths *paths;
    const char *folder;
    uint64_t seed;
    bool time_travel;
    unsigned home, place;    // the core of the first place, and which place this one is
    int console_fd, line_fd; // line_fd: -1: none
};

// Opens what the guest inherits and makes the child's descriptors 0 to 3, or 4, of it.
static void arrange_descriptors(const struct start *start)
{
    int null = open("/dev/null", O_RDONLY);
    int executable = open(start->paths->executable, O_RDONLY);
    if (null < 0 || executable < 0)
        _exit(126);
    // Out of the way of 0..4 first, so that no dup2 overwrites one still needed.
    int high_null = fcntl(null, F_DUPFD, 10), high_executable = fcntl(executable, F_DUPFD, 10);
    int high_console = fcntl(start->console_fd, F_DUPFD, 10);
    int high_line = start->line_fd >= 0 ? fcntl(start->line_fd, F_DUPFD, 10) : -1;
    dup2(high_null, STDIN_FILENO);
    dup2(high_console, STDOUT_FILENO);
    dup2(high_console, STDERR_FILENO);
    dup2(high_executable, EXECUTABLE_FD);
    if (high_line >= 0)
        dup2(high_line, LINE_FD);
    close_range(high_line >= 0 ? LINE_FD + 1 : LINE_FD, ~0U, 0);
}

static void exec_guest(const struct start *start)
{
    char home[PATH_MAX], preload[PATH_MAX], seed[40], clock[64];
    path_format(home, "HOME=%s", start->folder); // where the kernel keeps its control socket
    path_format(preload, "LD_PRELOAD=%s", start->paths->preload);
    if (home[0] == '\0' || preload[0] == '\0')
        _exit(126);
    snprintf(seed, sizeof(seed), "HANGUP_SEED=%llu", (unsigned long long)start->seed);
    snprintf(clock, sizeof(clock), "time-travel-start=%lld000000000", GUEST_ZERO_REALTIME_S - GUEST_SETUP_S);
    const char *argv[sizeof(kernel_arguments) / sizeof(kernel_arguments[0]) + 4] = {0};
    memcpy(argv, kernel_arguments, sizeof(kernel_arguments));
    size_t count = sizeof(kernel_arguments) / sizeof(kernel_arguments[0]);
    if (start->time_travel) {
        argv[count++] = "time-travel=inf-cpu";
        argv[count++] = clock;
    }
    if (start->line_fd >= 0)
        argv[count++] = "con1=fd:4,null";
    char *environment[] = {home, seed, preload, NULL};
    execve(start->paths->kernel, (char *const *)argv, environment);
    _exit(127);
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

static void run_child(const struct start *start)
{
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    // Randomised addresses would reach the guest: its processes see them in their stacks and heaps.
    personality(ADDR_NO_RANDOMIZE);
    stay_on_one_core(start->home + start->place);
    if (chdir(start->folder) != 0)
        _exit(126);
    arrange_descriptors(start);
    exec_guest(start);
}

static int open_console(const char *folder, int flags, struct error *error)
{
    char path[PATH_MAX];
    path_format(path, "%s/console.log", folder);
    int fd = open(path, flags | O_CLOEXEC, 0644);
    if (fd < 0)
        error_set_errno(error, ERROR_LAB, "%s", path);
    return fd;
}

// HANGUP_STUCK_CPU_S: less makes tests fast, more helps a subject that computes for long.
static int64_t stuck_cpu_us(void)
{
    const char *text = getenv("HANGUP_STUCK_CPU_S");
    long long seconds = text == NULL ? 0 : strtoll(text, NULL, 10);
    return (seconds > 0 && seconds <= CELL_LIMIT_US / US_PER_S ? seconds : STUCK_CPU_S) * US_PER_S;
}

static bool begin(struct guest *guest, struct start *start, struct error *error)
{
    *guest = (struct guest){
        .pid = -1, .pidfd = -1, .console_fd = -1, .limit_us = CELL_LIMIT_US, .stuck_cpu_us = stuck_cpu_us()};
    snprintf(guest->folder, sizeof(guest->folder), "%s", start->folder);
    start->console_fd = open_console(start->folder, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, error);
    if (start->console_fd < 0)
        return false;
    guest->console_fd = open_console(start->folder, O_RDONLY, error);
    if (guest->console_fd < 0) {
        close(start->console_fd);
        return false;
    }
    start->home = home_core();
    guest->started_us = guest->progress_seen_us = clock_now_us();
    guest->pid = fork();
    if (guest->pid == 0)
        run_child(start);
    close(start->console_fd);
    if (guest->pid < 0)
        return error_set_errno(error, ERROR_LAB, "cannot start a guest");
    setpgid(guest->pid, guest->pid); // both sides set it: neither may run ahead of it
    guest->pidfd = pidfd_open(guest->pid, 0);
    if (guest->pidfd < 0)
        return error_set_errno(error, ERROR_LAB, "cannot watch the guest");
    return true;
}

bool guest_start(struct guest *guest, const struct paths *paths, const char *folder, uint64_t seed,
    bool time_travel, unsigned place, struct error *error)
{
    struct start start = {paths, folder, seed, time_travel, .place = place, .line_fd = -1};
    return begin(guest, &start, error);
}

bool guest_start_with_line(struct guest *guest, const struct paths *paths, const char *folder, uint64_t seed,
    bool time_travel, int line_fd, struct error *error)
{
    struct start start = {paths, folder, seed, time_travel, .place = 0, .line_fd = line_fd};
    return begin(guest, &start, error);
}

// The guest's PID 1 says "@ SECONDS" on its console every ten virtual seconds.
static void read_console(struct guest *guest)
{
    char text[4096];
    ssize_t length;
    bool alive = false;
    while ((length = read(guest->console_fd, text, sizeof(text) - 1)) > 0) {
        text[length] = '\0';
        for (char *sign = text; (sign = strstr(sign, "@ ")) != NULL; sign++) {
            guest->virtual_us = strtoll(sign + 2, NULL, 10) * US_PER_S;
            alive = true;
        }
    }
    if (alive) {
        guest->progress_cpu_us = guest_cpu_us(guest->pid);
        guest->progress_seen_us = clock_now_us();
    }
}

bool guest_check(struct guest *guest, struct error *error)
{
    read_console(guest);
    int64_t now_us = clock_now_us();
    if (now_us - guest->started_us > guest->limit_us)
        return error_set(error, ERROR_LAB,
            "the guest ran longer than %lld s of wall time, at virtual time %lld s",
            (long long)(guest->limit_us / US_PER_S), (long long)(guest->virtual_us / US_PER_S));
    if (now_us - guest->progress_seen_us < guest->stuck_cpu_us / 4)
        return true; // not worth reading /proc yet
    int64_t cpu_us = guest_cpu_us(guest->pid) - guest->progress_cpu_us;
    if (cpu_us > guest->stuck_cpu_us)
        return error_set(error, ERROR_LAB,
            "watchdog: %lld s of CPU time without progress since virtual time %lld s: a "
            "process in the guest spins",
            (long long)(cpu_us / US_PER_S), (long long)(guest->virtual_us / US_PER_S));
    return true;
}

bool guest_wait(struct guest *guest, struct error *error)
{
    struct pollfd ended = {.fd = guest->pidfd, .events = POLLIN};
    while (poll(&ended, 1, CHECK_INTERVAL_MS) <= 0)
        if (!guest_check(guest, error))
            return false;
    return true;
}

char *guest_last_words(const char *folder, char words[static GUEST_WORDS_SIZE])
{
    char path[PATH_MAX], line[GUEST_WORDS_SIZE];
    words[0] = '\0';
    FILE *console = fopen(path_format(path, "%s/console.log", folder), "re");
    while (console != NULL && fgets(line, sizeof(line), console) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] != '\0' && line[0] != '@' && strstr(line, "Power down") == NULL)
            snprintf(words, GUEST_WORDS_SIZE, "%s", line);
    }
    if (console != NULL)
        fclose(console);
    return words;
}

// The task, and what the kernel leaves in its home: .uml/NAME/{pid,mconsole}.
static void remove_traces(const char *folder)
{
    char task[PATH_MAX], home[PATH_MAX];
    unlink(path_format(task, "%s/task.json", folder));
    folder_remove(path_format(home, "%s/.uml", folder));
}

void guest_end(struct guest *guest)
{
    if (guest->pid > 0) {
        // The whole group: each process of the guest is one of the host's, and they do not all end with the
        // first.
        kill(-guest->pid, SIGKILL);
        while (waitpid(guest->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    if (guest->pidfd >= 0)
        close(guest->pidfd);
    if (guest->console_fd >= 0)
        close(guest->console_fd);
    if (guest->folder[0] != '\0')
        remove_traces(guest->folder);
    *guest = (struct guest){.pid = -1, .pidfd = -1, .console_fd = -1};
}
