// Pipes, a pseudo-terminal, a serial line, and an epoll over all of them.
#include "session/streams.h"

#include "contract/frame.h"
#include "lab/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define LINE       "/dev/tty1" // a console of the guest, whose other end the host holds; guest.c
#define PIPE_BYTES (1 << 20)

enum { OUTPUT, ERRORS, TERMINAL, OUTPUTS };

// From the program to a file.
struct output {
    int from_fd, file_fd; // -1: not in use, or ended
};

struct lab_streams {
    int epoll_fd;
    int program_fd[EXEC_STREAMS]; // the program's ends; -1: none, or given up
    int program_terminal;         // the program's end of the terminal; the same as some of the above
    struct output outputs[OUTPUTS];
    int line_fd;
    uint8_t heard[2 * EXEC_FRAME_MAX]; // on the line, and not yet passed on
    size_t heard_count;
    pid_t group;
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static bool watch_stream(const struct lab_streams *streams, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    return fcntl(fd, F_SETFL, O_NONBLOCK) == 0 &&
           epoll_ctl(streams->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

// `to` is a file of the working directory, which is the results folder.
static bool open_output(
    struct lab_streams *streams, int from_fd, const char *file, struct output *output, struct error *error)
{
    *output = (struct output){
        .from_fd = from_fd, .file_fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644)};
    if (output->file_fd < 0 || !watch_stream(streams, from_fd))
        return error_set_errno(error, ERROR_LAB, "%s", file);
    return true;
}

// It belongs to the program, which may open it once more (`>/dev/stdout`).
static bool open_pipe(
    struct lab_streams *streams, const struct exec_program *program, int stream, struct error *error)
{
    static const char *const files[] = {[1] = EXEC_OUTPUT_FILE, [2] = EXEC_ERROR_FILE};
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0 || fchown(ends[1], (uid_t)program->user, (gid_t)program->group) != 0)
        return error_set_errno(error, ERROR_LAB, "cannot make a pipe for the program");
    fcntl(ends[0], F_SETPIPE_SZ, PIPE_BYTES);
    streams->program_fd[stream] = ends[1];
    return open_output(
        streams, ends[0], files[stream], &streams->outputs[stream == 1 ? OUTPUT : ERRORS], error);
}

// Where the terminal outside edits, echoes and makes line ends itself, the one inside must not do it again.
static void set_modes(const struct exec_program *program, int terminal)
{
    struct termios modes;
    const struct winsize size = {
        .ws_row = (unsigned short)program->rows, .ws_col = (unsigned short)program->columns};
    ioctl(terminal, TIOCSWINSZ, &size);
    if (program->raw || tcgetattr(terminal, &modes) != 0)
        return;
    modes.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
    modes.c_oflag &= ~(tcflag_t)OPOST;
    tcsetattr(terminal, TCSANOW, &modes);
}

static bool open_terminal(
    struct lab_streams *streams, const struct exec_program *program, struct error *error)
{
    int unlocked = 0;
    int master = open(LAB_MOUNT_TERMINALS "/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0 || !open_output(streams, master, EXEC_TERMINAL_FILE, &streams->outputs[TERMINAL], error))
        return error_set_errno(error, ERROR_LAB, LAB_MOUNT_TERMINALS "/ptmx");
    if (ioctl(master, TIOCSPTLCK, &unlocked) == 0)
        streams->program_terminal = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (streams->program_terminal < 0 ||
        fchown(streams->program_terminal, (uid_t)program->user, (gid_t)program->group) != 0)
        return error_set_errno(error, ERROR_LAB, "the program's terminal");
    set_modes(program, streams->program_terminal);
    return true;
}

static bool open_program_ends(
    struct lab_streams *streams, const struct exec_program *program, struct error *error)
{
    bool any = program->terminal[0] || program->terminal[1] || program->terminal[2];
    if (any && !open_terminal(streams, program, error))
        return false;
    if (!program->terminal[0]) {
        streams->program_fd[0] = open(LAB_MOUNT_INPUT "/" EXEC_INPUT_FILE, O_RDONLY | O_CLOEXEC);
        if (streams->program_fd[0] < 0)
            return error_set_errno(error, ERROR_LAB, EXEC_INPUT_FILE);
    }
    if (!program->terminal[1] && !open_pipe(streams, program, 1, error))
        return false;
    if (!program->terminal[2] && !program->one_output && !open_pipe(streams, program, 2, error))
        return false;
    return true;
}

// Bytes as they come, none of them with a meaning.
static bool open_line(struct lab_streams *streams, struct error *error)
{
    struct termios modes;
    streams->line_fd = open(LINE, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (streams->line_fd < 0 || tcgetattr(streams->line_fd, &modes) != 0)
        return error_set_errno(error, ERROR_LAB, LINE);
    cfmakeraw(&modes);
    if (tcsetattr(streams->line_fd, TCSANOW, &modes) != 0 || !watch_stream(streams, streams->line_fd))
        return error_set_errno(error, ERROR_LAB, LINE);
    return true;
}

struct lab_streams *lab_streams_open(const struct exec_program *program, struct error *error)
{
    struct lab_streams *streams = malloc(sizeof(*streams));
    if (streams == NULL) {
        error_set(error, ERROR_LAB, "out of memory");
        return NULL;
    }
    *streams = (struct lab_streams){.epoll_fd = epoll_create1(EPOLL_CLOEXEC),
        .program_fd = {-1, -1, -1},
        .program_terminal = -1,
        .outputs = {{-1, -1}, {-1, -1}, {-1, -1}},
        .line_fd = -1};
    // The line first: the host takes the files as the sign that it may speak.
    if (open_line(streams, error) && open_program_ends(streams, program, error)) {
        for (int stream = 0; stream < EXEC_STREAMS; stream++)
            if (program->terminal[stream])
                streams->program_fd[stream] = streams->program_terminal;
        if (program->one_output)
            streams->program_fd[2] = streams->program_fd[1];
        return streams;
    }
    lab_streams_close(streams);
    return NULL;
}

static void give_up_program_ends(struct lab_streams *streams)
{
    for (int stream = 0; stream < EXEC_STREAMS; stream++) {
        bool again = streams->program_fd[stream] == streams->program_terminal ||
                     (stream == 2 && streams->program_fd[2] == streams->program_fd[1]);
        if (!again)
            close_fd(&streams->program_fd[stream]);
    }
    close_fd(&streams->program_terminal);
    for (int stream = 0; stream < EXEC_STREAMS; stream++)
        streams->program_fd[stream] = -1;
}

void lab_streams_close(struct lab_streams *streams)
{
    if (streams == NULL)
        return;
    give_up_program_ends(streams);
    for (int i = 0; i < OUTPUTS; i++) {
        close_fd(&streams->outputs[i].from_fd);
        close_fd(&streams->outputs[i].file_fd);
    }
    close_fd(&streams->line_fd);
    close_fd(&streams->epoll_fd);
    free(streams);
}

const int *lab_streams_of_program(const struct lab_streams *streams)
{
    return streams->program_fd;
}

void lab_streams_follow(struct lab_streams *streams, pid_t group)
{
    give_up_program_ends(streams);
    streams->group = group;
}

int lab_streams_fd(const struct lab_streams *streams)
{
    return streams->epoll_fd;
}

static bool write_to_stream(int fd, const uint8_t *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        }
    }
    return true;
}

// All that waits. An end (of a pipe: 0, of a terminal: EIO) is the end of this output.
static bool relay_output(struct output *output, struct error *error)
{
    uint8_t bytes[1 << 16];
    while (output->from_fd >= 0) {
        ssize_t length = read(output->from_fd, bytes, sizeof(bytes));
        if (length < 0 && (errno == EAGAIN || errno == EINTR))
            return true;
        if (length <= 0) {
            close_fd(&output->from_fd); // epoll forgets it
            return true;
        }
        if (!write_to_stream(output->file_fd, bytes, (size_t)length))
            return error_set_errno(error, ERROR_LAB, "the program's output");
    }
    return true;
}

// With a terminal, what a terminal does: to the group in its foreground.
static void pass_signal(struct lab *lab, const struct lab_streams *streams, int signal)
{
    int terminal = streams->outputs[TERMINAL].from_fd;
    pid_t foreground = terminal >= 0 ? tcgetpgrp(terminal) : 0;
    pid_t group = foreground > 0 ? foreground : streams->group;
    lab_event(lab, "signal", json_pack("{s:i}", "signal", signal));
    if (group > 0)
        kill(-group, signal);
}

// What is typed into a terminal that has no room for it is lost, as it is everywhere.
static void act_on(struct lab *lab, const struct lab_streams *streams, const struct exec_frame *frame)
{
    int terminal = streams->outputs[TERMINAL].from_fd;
    const struct winsize size = {
        .ws_row = exec_frame_number(frame, 0), .ws_col = exec_frame_number(frame, 1)};
    if (frame->kind == EXEC_FRAME_INPUT && terminal >= 0)
        (void)!write(terminal, frame->payload, frame->length);
    if (frame->kind == EXEC_FRAME_WINDOW && terminal >= 0)
        ioctl(terminal, TIOCSWINSZ, &size);
    if (frame->kind == EXEC_FRAME_SIGNAL)
        pass_signal(lab, streams, exec_frame_number(frame, 0));
}

static void relay_line(struct lab *lab, struct lab_streams *streams)
{
    ssize_t length = read(streams->line_fd, streams->heard + streams->heard_count,
        sizeof(streams->heard) - streams->heard_count);
    streams->heard_count += length > 0 ? (size_t)length : 0;
    struct exec_frame frame;
    for (size_t used; (used = exec_frame_decode(streams->heard, streams->heard_count, &frame)) > 0;) {
        act_on(lab, streams, &frame);
        streams->heard_count -= used;
        memmove(streams->heard, streams->heard + used, streams->heard_count);
    }
}

bool lab_streams_relay(struct lab *lab, struct lab_streams *streams, struct error *error)
{
    for (int i = 0; i < OUTPUTS; i++)
        if (!relay_output(&streams->outputs[i], error))
            return false;
    relay_line(lab, streams);
    return true;
}
