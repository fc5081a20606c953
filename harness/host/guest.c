// Watches and ends the process that is a guest.
#include "host/guest.h"

#include "base/clock.h"
#include "base/duration.h"
#include "base/event_wait.h"
#include "base/folder.h"
#include "base/path.h"
#include "host/guardian.h"
#include "host/guest_cpu.h"
#include "host/guest_death.h"
#include "host/guest_traces.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK_INTERVAL_MS 200
// Of the console, at one look: a flood must not hold up the other guests.
#define LOOK_BYTES (1 << 20)

// True: its PID 1 has given a heartbeat.
static bool read_console(struct guest *guest)
{
    char text[1 << 16];
    ssize_t length;
    bool alive = false;
    for (size_t seen = 0; seen < LOOK_BYTES && (length = read(guest->console_fd, text, sizeof(text))) > 0;
        seen += (size_t)length)
        alive = guest_console_feed(&guest->console, text, (size_t)length) || alive;
    return alive;
}

static void look_at_guest(struct guest *guest)
{
    if (!read_console(guest))
        return;
    guest->virtual_us = guest->console.virtual_s * US_PER_S;
    guest->progress_cpu_us = guest_cpu_us(guest->pid);
    guest->progress_seen_us = clock_now_us();
}

// Its kernel goes on as if the program had crashed, so nobody else would notice.
static bool check_losses(const struct guest *guest, struct error *error)
{
    return guest->console.lost[0] == '\0' ||
           error_set(
               error, ERROR_LAB, "a process of the guest was killed from outside (%s)", guest->console.lost);
}

bool guest_check(struct guest *guest, struct error *error)
{
    look_at_guest(guest);
    if (!check_losses(guest, error) || !guest_disk_check(&guest->disk, guest->folder, guest->pid, error))
        return false;
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
            "watchdog: %lld s of CPU time without progress since virtual time %lld s: a process in the guest spins",
            (long long)(cpu_us / US_PER_S), (long long)(guest->virtual_us / US_PER_S));
    return true;
}

void guest_go_on(struct guest *guest)
{
    guest->started_us = guest->progress_seen_us = clock_now_us();
    guest->progress_cpu_us = guest_cpu_us(guest->pid);
}

bool guest_wait(struct guest *guest, struct error *error)
{
    struct pollfd ended = {.fd = guest->pidfd, .events = POLLIN};
    for (;;) {
        if (!event_wait_ms(&ended, 1, CHECK_INTERVAL_MS, error))
            return false;
        if (ended.revents != 0)
            return guest_ended_well(guest, error);
        if (!guest_check(guest, error))
            return false;
    }
}

bool guest_ended_well(struct guest *guest, struct error *error)
{
    char words[GUEST_WORDS_SIZE];
    siginfo_t how = {.si_code = CLD_EXITED};
    while (waitid(P_PIDFD, (id_t)guest->pidfd, &how, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == EINTR)
        continue;
    look_at_guest(guest);
    bool exited = how.si_code == CLD_EXITED;
    if (!check_losses(guest, error))
        return false;
    if (!exited && how.si_status == SIGXFSZ && guest->disk.told)
        return guest_disk_fail(&guest->disk, guest->folder, error);
    if (exited && how.si_status == 0)
        return guest_disk_check(&guest->disk, guest->folder, guest->pid, error);
    return guest_death_tell(exited ? W_EXITCODE(how.si_status, 0) : W_EXITCODE(0, how.si_status),
        guest_last_words(guest->folder, words), error);
}

// A trace that is whole to its end says nothing of what happened to its guest: this is what report, merge and
// --resume find.
void guest_note_failure(const struct guest *guest, const struct error *failure)
{
    char path[PATH_MAX];
    int fd = open(path_format(path, "%s/events.jsonl", guest->folder),
        O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    json_t *event = json_pack(
        "{s:I, s:s, s:s}", "at_us", (json_int_t)guest->virtual_us, "event", "failed", "error", failure->text);
    char *line = event != NULL ? json_dumps(event, JSON_COMPACT) : NULL;
    if (fd >= 0 && line != NULL)
        dprintf(fd, "%s\n", line);
    if (fd >= 0)
        close(fd);
    free(line);
    json_decref(event);
}

char *guest_last_words(const char *folder, char words[static GUEST_WORDS_SIZE])
{
    char line[GUEST_WORDS_SIZE];
    struct folder cell;
    struct folder_file console;
    struct error none = {0};
    words[0] = '\0';
    if (!folder_open(&cell, folder, ERROR_LAB, &none))
        return words;
    bool open = folder_open_file(&cell, "console.log", &console, ERROR_LAB, &none);
    while (open && fgets(line, sizeof(line), console.stream) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] != '\0' && line[0] != '@' && strstr(line, "Power down") == NULL)
            snprintf(words, GUEST_WORDS_SIZE, "%s", line);
    }
    if (open)
        folder_close_file(&console);
    folder_close(&cell);
    return words;
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
    if (guest->folder[0] != '\0') {
        guest_traces_remove(guest->folder);
        guardian_forget(guest->folder);
    }
    *guest = (struct guest){.pid = -1, .pidfd = -1, .console_fd = -1};
}
