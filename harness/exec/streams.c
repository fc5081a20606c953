// Copies the input, and follows growing files with inotify.
#include "exec/streams.h"

#include "base/event_wait.h"
#include "base/new_file.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define INPUT_PATIENCE_MS 1000
#define OUTPUTS           3

// A terminal in whose background we are is none: to read it would stop us.
static bool is_terminal(int stream)
{
    return isatty(stream) && (stream != STDIN_FILENO || tcgetpgrp(stream) == getpgrp());
}

void exec_streams_examine(struct exec_program *program)
{
    struct stat output, errors;
    for (int stream = 0; stream < EXEC_STREAMS; stream++)
        program->terminal[stream] = is_terminal(stream);
    program->one_output = !program->terminal[1] && !program->terminal[2] &&
                          fstat(STDOUT_FILENO, &output) == 0 && fstat(STDERR_FILENO, &errors) == 0 &&
                          output.st_dev == errors.st_dev && output.st_ino == errors.st_ino &&
                          !S_ISCHR(output.st_mode);
    program->raw = program->terminal[0] && program->terminal[1];
}

static bool write_to_user(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno != EINTR)
            return false;
        bytes += written > 0 ? written : 0;
        length -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

static bool copy_stream(int from_fd, int to_fd)
{
    static const char patience[] =
        "hangup: reading standard input to its end, so that it comes at the same moment each time (</dev/null where there is none to come)\n";
    char bytes[1 << 16];
    struct pollfd input = {.fd = from_fd, .events = POLLIN};
    struct error error = {0}; // the read below says what is wrong
    if (event_wait_ms(&input, 1, INPUT_PATIENCE_MS, &error) && input.revents == 0)
        fputs(patience, stderr);
    for (ssize_t length; (length = read(from_fd, bytes, sizeof(bytes))) != 0;) {
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            return errno == EBADF; // closed: as good as empty
        if (!write_to_user(to_fd, bytes, (size_t)length))
            return false;
    }
    return true;
}

static int make_file(const char *folder, const char *name, struct error *error)
{
    char path[PATH_MAX];
    return new_file_open(path_format(path, "%s/%s", folder, name), O_RDWR, 0600, error);
}

bool exec_streams_copy_input(const char *folder, const struct exec_program *program, struct error *error)
{
    if (program->terminal[0])
        return true;
    int file = make_file(folder, EXEC_INPUT_FILE, error);
    if (file < 0)
        return false;
    bool background = isatty(STDIN_FILENO); // is_terminal would have it otherwise: there is nothing to read
    bool copied = background || copy_stream(STDIN_FILENO, file);
    if (!copied)
        error_set_errno(error, ERROR_LAB, "standard input");
    close(file);
    return copied;
}

struct follower {
    int from_fd, to_fd; // from_fd: -1: not in use, or nobody listens any more
};

struct exec_outputs {
    int inotify_fd;
    bool muted;
    struct follower followers[OUTPUTS];
};

static bool follow_stream(struct exec_outputs *outputs, int nth, const char *folder, const char *name,
    int to_fd, struct error *error)
{
    char path[PATH_MAX];
    struct follower *follower = &outputs->followers[nth];
    *follower = (struct follower){.from_fd = make_file(folder, name, error), .to_fd = to_fd};
    if (follower->from_fd < 0)
        return false;
    path_format(path, "%s/%s", folder, name);
    if (inotify_add_watch(outputs->inotify_fd, path, IN_MODIFY) < 0)
        return error_set_errno(error, ERROR_LAB, "%s", path);
    return true;
}

struct exec_outputs *exec_outputs_open(
    const char *folder, const struct exec_program *program, bool muted, struct error *error)
{
    const bool *terminal = program->terminal;
    struct exec_outputs *outputs = malloc(sizeof(*outputs));
    if (outputs == NULL) {
        error_set(error, ERROR_LAB, "out of memory");
        return NULL;
    }
    *outputs = (struct exec_outputs){.inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK),
        .muted = muted,
        .followers = {{-1, -1}, {-1, -1}, {-1, -1}}};
    // What a program writes to its terminal is seen on ours, which is the first of these that is one.
    int screen = terminal[1] ? STDOUT_FILENO : terminal[2] ? STDERR_FILENO : STDIN_FILENO;
    bool any_terminal = terminal[0] || terminal[1] || terminal[2];
    if ((terminal[1] || follow_stream(outputs, 0, folder, EXEC_OUTPUT_FILE, STDOUT_FILENO, error)) &&
        (terminal[2] || program->one_output ||
            follow_stream(outputs, 1, folder, EXEC_ERROR_FILE, STDERR_FILENO, error)) &&
        (!any_terminal || follow_stream(outputs, 2, folder, EXEC_TERMINAL_FILE, screen, error)))
        return outputs;
    exec_outputs_close(outputs);
    return NULL;
}

void exec_outputs_close(struct exec_outputs *outputs)
{
    if (outputs == NULL)
        return;
    for (int i = 0; i < OUTPUTS; i++)
        if (outputs->followers[i].from_fd >= 0)
            close(outputs->followers[i].from_fd);
    if (outputs->inotify_fd >= 0)
        close(outputs->inotify_fd);
    free(outputs);
}

int exec_outputs_fd(const struct exec_outputs *outputs)
{
    return outputs->inotify_fd;
}

static bool pass(struct follower *follower)
{
    char bytes[1 << 16];
    ssize_t length;
    while (follower->from_fd >= 0 && (length = read(follower->from_fd, bytes, sizeof(bytes))) > 0) {
        if (write_to_user(follower->to_fd, bytes, (size_t)length))
            continue;
        close(follower->from_fd);
        follower->from_fd = -1;
        return false;
    }
    return true;
}

bool exec_outputs_pass(struct exec_outputs *outputs)
{
    char events[4096];
    bool read_on = true;
    while (read(outputs->inotify_fd, events, sizeof(events)) > 0)
        continue; // which of them does not matter
    for (int i = 0; i < OUTPUTS && !outputs->muted; i++)
        read_on = pass(&outputs->followers[i]) && read_on;
    return read_on;
}
