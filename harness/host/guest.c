// Watches and ends the process that is a guest.
#include "host/guest.h"

#include "base/clock.h"
#include "base/directory.h"
#include "base/duration.h"
#include "base/event_wait.h"
#include "base/path.h"
#include "host/guest_cpu.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// A guest that computes this long without its PID 1 getting a turn is taken for a spin that never ends:
// virtual time stands still while a process computes. The longest honest stretch seen is a JVM's start, about
// 5 s.
#define STUCK_CPU_S 30
// No cell takes this long, however slow the machine.
#define CELL_LIMIT_US (600 * US_PER_S)

#define CHECK_INTERVAL_MS 500

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
    for (;;) {
        if (!event_wait_ms(&ended, 1, CHECK_INTERVAL_MS, error))
            return false;
        if (ended.revents != 0)
            return true;
        if (!guest_check(guest, error))
            return false;
    }
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
