// Told over a socket, whose end it waits for.
#include "host/guardian.h"

#include "base/path.h"
#include "host/guest_traces.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 5000

struct word {
    pid_t group;
    bool forget;
    char folder[PATH_MAX];
};

struct charge {
    struct charge *next;
    struct word word;
};

static int to_guardian = -1;

static void take_guardian_word(struct charge **charges, const struct word *word)
{
    struct charge **place = charges;
    while (*place != NULL && strcmp((*place)->word.folder, word->folder) != 0)
        place = &(*place)->next;
    struct charge *known = *place;
    if (known == NULL && !word->forget)
        known = *place = calloc(1, sizeof(*known));
    if (known == NULL)
        return;
    if (word->forget) {
        *place = known->next;
        free(known);
    } else {
        known->word = *word;
    }
}

// They have been told to end with us, too; what they still write must not come after the removal.
static void end_group(pid_t group)
{
    const struct timespec moment = {.tv_nsec = 10 * 1000 * 1000};
    if (group <= 0)
        return;
    for (int waited = 0; waited < PATIENCE_MS && kill(-group, SIGKILL) == 0; waited += 10)
        nanosleep(&moment, NULL);
}

static noreturn void guard_guest(int from_us)
{
    static struct word word;
    struct charge *charges = NULL;
    ssize_t length;
    while ((length = recv(from_us, &word, sizeof(word), 0)) != 0)
        if (length == (ssize_t)sizeof(word))
            take_guardian_word(&charges, &word);
        else if (length > 0 || errno != EINTR)
            break;
    for (const struct charge *charge = charges; charge != NULL; charge = charge->next)
        end_group(charge->word.group);
    for (const struct charge *charge = charges; charge != NULL; charge = charge->next)
        guest_traces_remove(charge->word.folder);
    _exit(0);
}

// A session of its own: what ends our process group must not end it.
static noreturn void become_guardian(int from_us)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    setsid();
    dup2(from_us, STDIN_FILENO);
    close_range(STDOUT_FILENO, ~0U, 0);
    if (chdir("/") != 0)
        _exit(1);
    guard_guest(STDIN_FILENO);
}

static bool start_guardian(struct error *error)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return error_set_errno(error, ERROR_LAB, "cannot start a guardian");
    pid_t guardian = fork();
    if (guardian == 0)
        become_guardian(ends[1]);
    close(ends[1]);
    if (guardian < 0) {
        close(ends[0]);
        return error_set_errno(error, ERROR_LAB, "cannot start a guardian");
    }
    to_guardian = ends[0];
    return true;
}

static bool say_to_guardian(const char *folder, pid_t group, bool forget)
{
    static struct word word;
    word = (struct word){.group = group, .forget = forget};
    path_format(word.folder, "%s", folder);
    return send(to_guardian, &word, sizeof(word), MSG_NOSIGNAL) == (ssize_t)sizeof(word);
}

bool guardian_watch(const char *folder, pid_t group, struct error *error)
{
    if (to_guardian < 0 && !start_guardian(error))
        return false;
    return say_to_guardian(folder, group, false) || error_set_errno(error, ERROR_LAB, "the guardian");
}

void guardian_forget(const char *folder)
{
    if (to_guardian >= 0)
        (void)say_to_guardian(folder, 0, true);
}
