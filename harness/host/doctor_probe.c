// Tries out what this machine allows, in children that end at once.
#include "host/doctor_probe.h"

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define NAMESPACES (CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS)

// Whether `try`, alone in a child, says yes.
static bool ask_child(bool (*try)(void))
{
    pid_t child = fork();
    if (child == 0)
        _exit(try() ? 0 : 1);
    int status;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool probe_ptrace(void)
{
    pid_t child = fork();
    if (child == 0) {
        if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
            _exit(1);
        kill(getpid(), SIGSTOP);
        _exit(0);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFSTOPPED(status))
        return false;
    // Stopping at system calls is the part that containers have been seen to refuse.
    bool traced = ptrace(PTRACE_SETOPTIONS, child, NULL, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL) == 0 &&
                  ptrace(PTRACE_SYSCALL, child, NULL, NULL) == 0 && waitpid(child, &status, 0) == child &&
                  WIFSTOPPED(status) && WSTOPSIG(status) == (SIGTRAP | 0x80);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    return traced;
}

static bool unshare_all(void)
{
    return unshare(NAMESPACES) == 0;
}

bool probe_namespaces(void)
{
    return ask_child(unshare_all);
}

// A line is NAME:FIRST:COUNT, or the same with the user's number.
static bool has_numbers(const char *path, const char *name, const char *number)
{
    char line[256];
    bool found = false;
    FILE *file = fopen(path, "re");
    while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, ":\n")] = '\0';
        found = strcmp(line, name) == 0 || strcmp(line, number) == 0;
    }
    if (file != NULL)
        fclose(file);
    return found;
}

bool probe_subordinate_numbers(void)
{
    char number[16];
    const struct passwd *user = getpwuid(geteuid());
    snprintf(number, sizeof number, "%u", (unsigned)geteuid());
    const char *name = user != NULL ? user->pw_name : number;
    return access("/usr/bin/newuidmap", X_OK) == 0 && has_numbers("/etc/subuid", name, number) &&
           has_numbers("/etc/subgid", name, number);
}

// By tc, which loads the module where it may. Without tc nobody here could use netem anyway.
static bool set_netem(void)
{
    if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        return false;
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    execlp("tc", "tc", "qdisc", "add", "dev", "lo", "root", "netem", "delay", "1ms", (char *)NULL);
    return false;
}

bool probe_netem(void)
{
    return ask_child(set_netem);
}

bool probe_executable_memory(const char *folder, uint64_t *free_bytes)
{
    struct statvfs space;
    int file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0700);
    if (file < 0)
        return false;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    void *memory = MAP_FAILED;
    if (statvfs(folder, &space) == 0 && ftruncate(file, (off_t)page) == 0)
        memory = mmap(NULL, page, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_SHARED, file, 0);
    close(file);
    if (memory == MAP_FAILED)
        return false;
    munmap(memory, page);
    *free_bytes = (uint64_t)space.f_bavail * space.f_frsize;
    return true;
}

bool probe_writable(const char *path)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    while (access(folder, F_OK) != 0 && strcmp(folder, "/") != 0 && strcmp(folder, ".") != 0)
        memmove(folder, dirname(folder), strlen(dirname(folder)) + 1);
    return access(folder, W_OK | X_OK) == 0;
}

bool probe_program(const char *path)
{
    pid_t child = fork();
    if (child == 0) {
        int null = open("/dev/null", O_RDWR);
        for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
            dup2(null, stream);
        execl(path, path, "--version", (char *)NULL);
        _exit(127);
    }
    int status;
    return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
