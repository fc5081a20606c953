// Holding, opening and closing standard input, output and error.
#include "command/streams.h"

#include "base/event_wait.h"
#include "command/command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// The wrong way round: what is read here cannot be, nor what is written.
static int unusable(int stream)
{
    return stream == STDIN_FILENO ? O_WRONLY : O_RDONLY;
}

void command_streams_hold(void)
{
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        if (fcntl(stream, F_GETFD) < 0)
            (void)!open("/dev/null", unusable(stream)); // the lowest number that is free
}

void command_streams_open(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int stream = STDIN_FILENO; null >= 0 && stream <= STDERR_FILENO; stream++)
        if ((fcntl(stream, F_GETFL) & O_ACCMODE) == unusable(stream))
            dup2(null, stream);
    if (null >= 0)
        close(null);
}

static bool nobody_reads(void)
{
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    struct error none = {0};
    return event_wait_ms(&output, 1, 0, &none) && (output.revents & POLLERR) != 0;
}

int command_streams_close(int status)
{
    bool failed = ferror(stdout) != 0;
    errno = 0;
    failed = fflush(stdout) != 0 || failed;
    int why = errno;
    bool quiet = failed && (why == EPIPE || nobody_reads()); // EPIPE may have come and gone before
    errno = 0;
    if (!failed && close(STDOUT_FILENO) != 0) { // a disk over a network says it only now
        failed = true;
        why = errno;
    }
    if (!failed)
        return status;
    if (!quiet)
        fprintf(stderr, "hangup: standard output cannot be written%s%s\n", why != 0 ? ": " : "",
            why != 0 ? strerror(why) : "");
    return status == EXIT_AS_EXPECTED ? (int)EXIT_FAILED : status;
}
