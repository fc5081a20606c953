// Two tables: what a signal means for a guest, and what some last words mean.
#include "host/guest_death.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>

#define KERNEL_BROKEN                                                                                        \
    "its kernel may be damaged: remove its folder, which the doctor names, and build it again"

static const struct {
    int signal;
    const char *meaning;
} signals[] = {
    {SIGKILL, "something outside ended it: a person, or this machine for want of memory (dmesg tells)"},
    {SIGTERM, "something outside ended it"},
    {SIGXFSZ, "a file became longer than --disk-limit or `ulimit -f` allows"},
    {SIGXCPU, "`ulimit -t` allows no more CPU time"},
    {SIGBUS,
        "/dev/shm has no more room for its memory (a container must be started with: docker run --shm-size=2g), or " KERNEL_BROKEN},
    {SIGSEGV, KERNEL_BROKEN},
    {SIGILL, KERNEL_BROKEN},
};

static const struct {
    const char *words, *meaning;
} texts[] = {
    {"/linux: Exec format error", KERNEL_BROKEN},
    {"/dev/shm/hangup-XXXXXX", "it keeps its memory there: mount -t tmpfs tmpfs /dev/shm"},
    {"clone failed, errno = 11", "`ulimit -u` allows no more processes"},
    {"fork", "`ulimit -u` allows no more processes"},
    {"Too many open files", "`ulimit -n` allows no more open files"},
    {"Cannot allocate memory", "`ulimit -v` allows no more memory, or this machine has none"},
    {"failed - errno = -12", "`ulimit -v` allows no more memory, or this machine has none"},
    {"mmap", "`ulimit -v` allows no more memory, or this machine has none"},
    {"File too large", "`ulimit -f` allows no file of the size of its memory"},
};

static const char *meaning_of_signal(int signal)
{
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
        if (signals[i].signal == signal)
            return signals[i].meaning;
    return NULL;
}

static const char *meaning_of_words(const char *words)
{
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        if (strstr(words, texts[i].words) != NULL)
            return texts[i].meaning;
    return NULL;
}

bool guest_death_tell(int status, const char *words, struct error *error)
{
    const char *meaning = meaning_of_words(words);
    if (meaning == NULL && WIFSIGNALED(status))
        meaning = meaning_of_signal(WTERMSIG(status));
    if (meaning == NULL)
        meaning = words[0] == '\0' ? KERNEL_BROKEN : "";
    const char *colon = words[0] != '\0' ? ": " : "", *dash = meaning[0] != '\0' ? "; " : "";
    if (WIFSIGNALED(status))
        return error_set(error, ERROR_LAB, "the guest was killed by signal %d (%s)%s%s%s%s", WTERMSIG(status),
            strsignal(WTERMSIG(status)), colon, words, dash, meaning);
    return error_set(error, ERROR_LAB, "the guest ended with status %d%s%s%s%s", WEXITSTATUS(status), colon,
        words, dash, meaning);
}
