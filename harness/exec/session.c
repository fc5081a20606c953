// The loop between the user and the guest.
#include "exec/session.h"

#include "base/clock.h"
#include "base/duration.h"
#include "base/event_wait.h"
#include "base/path.h"
#include "contract/frame.h"
#include "exec/streams.h"
#include "exec/terminal.h"
#include "host/guest.h"
#include "host/world.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define START_TICK_MS 20
#define TICK_MS       200

// A program may compute for long in one piece, and the lab's time stands still meanwhile.
#define STUCK_CPU_US (120 * US_PER_S)

// Whoever asks so often means it: the program does not end, or its guest does not even hear.
#define INSISTING 3
#define QUIT_KEY  0x1c // Ctrl-backslash, in raw mode a key like any other

struct session {
    const struct exec_session_options *options;
    struct guest guest;
    struct exec_outputs *outputs;
    struct exec_terminal terminal;
    int line_fd, signals_fd;
    bool started; // the program is there, and the lab listens
    int asked;    // how many times in a row to end
    struct exec_session_end end;
};

static void say_to_user(const struct session *session, const struct exec_frame *frame)
{
    uint8_t bytes[EXEC_FRAME_MAX];
    (void)!write(session->line_fd, bytes,
        exec_frame_encode(frame, bytes)); // a guest that hears nothing is told nothing
}

static void say_signal(const struct session *session, int signal)
{
    struct exec_frame frame = {.kind = EXEC_FRAME_SIGNAL};
    exec_frame_put_number(&frame, 0, (uint16_t)signal);
    say_to_user(session, &frame);
}

static void say_window(const struct session *session)
{
    struct exec_frame frame = {.kind = EXEC_FRAME_WINDOW};
    int rows, columns;
    exec_terminal_size(&rows, &columns);
    exec_frame_put_number(&frame, 0, (uint16_t)rows);
    exec_frame_put_number(&frame, 1, (uint16_t)columns);
    say_to_user(session, &frame);
}

static bool asks_for_the_end(int signal)
{
    return signal == SIGINT || signal == SIGTERM || signal == SIGQUIT || signal == SIGHUP;
}

static void take_signal(struct session *session)
{
    struct signalfd_siginfo info;
    if (read(session->signals_fd, &info, sizeof(info)) != sizeof(info))
        return;
    int signal = (int)info.ssi_signo;
    const bool muted = session->options->muted;
    if (signal == SIGWINCH && !muted)
        say_window(session);
    else if (asks_for_the_end(signal) && (!session->started || muted || ++session->asked >= INSISTING))
        session->end.signal = signal;
    else if (!muted)
        say_signal(session, signal);
}

static void take_keys(struct session *session)
{
    struct exec_frame frame = {.kind = EXEC_FRAME_INPUT};
    ssize_t length = read(STDIN_FILENO, frame.payload, sizeof(frame.payload));
    if (length < 0 && errno == EINTR)
        return;
    if (length < 0) { // the terminal has gone
        session->end.signal = SIGHUP;
        return;
    }
    for (ssize_t i = 0; session->options->program->raw && i < length; i++) {
        session->asked = frame.payload[i] == QUIT_KEY ? session->asked + 1 : 0;
        if (session->asked >= INSISTING)
            session->end.signal = SIGQUIT;
    }
    if (length == 0)
        frame.payload[length++] = 0x04; // Ctrl-D, which the terminal outside has already taken for the end
    frame.length = (size_t)length;
    session->end.typed += frame.length;
    say_to_user(session, &frame);
}

// PID 1 removes the file once the program runs.
static bool has_started(const struct session *session)
{
    char path[PATH_MAX];
    path_format(path, "%s/" EXEC_PROGRAM_FILE, session->options->folder);
    return access(path, F_OK) != 0;
}

static bool serve_streams(struct session *session, const struct pollfd *watched)
{
    if (watched[1].revents != 0)
        take_signal(session);
    if (watched[2].revents != 0 && !exec_outputs_pass(session->outputs))
        say_signal(session, SIGPIPE);
    if (watched[3].revents != 0)
        take_keys(session);
    return session->end.signal == 0;
}

static bool follow_guest(struct session *session, struct error *error)
{
    const struct exec_program *program = session->options->program;
    for (;;) {
        session->started = session->started || has_started(session);
        bool listens = session->started && program->terminal[0] && !session->options->muted;
        struct pollfd watched[] = {{.fd = session->guest.pidfd, .events = POLLIN},
            {.fd = session->signals_fd, .events = POLLIN},
            {.fd = exec_outputs_fd(session->outputs), .events = POLLIN},
            {.fd = listens ? STDIN_FILENO : -1, .events = POLLIN}};
        if (!event_wait_ms(watched, sizeof(watched) / sizeof(watched[0]),
                session->started ? TICK_MS : START_TICK_MS, error))
            return false;
        if (!serve_streams(session, watched))
            return true;
        if (watched[0].revents != 0)
            return guest_ended_well(&session->guest, error);
        if (!guest_check(&session->guest, error))
            return false;
    }
}

static int catch_exec_signals(sigset_t *before)
{
    static const int caught[] = {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGWINCH, SIGUSR1, SIGUSR2, SIGPIPE};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof(caught) / sizeof(caught[0]); i++)
        sigaddset(&set, caught[i]);
    sigprocmask(SIG_BLOCK, &set, before);
    sigdelset(&set, SIGPIPE); // EPIPE says it
    return signalfd(-1, &set, SFD_CLOEXEC);
}

static void set_signals_back(const sigset_t *before)
{
    signal(SIGPIPE, SIG_IGN); // one that waits, because nobody reads our output any more, would end us now
    sigprocmask(SIG_SETMASK, before, NULL);
}

static bool start_exec_guest(struct session *session, struct error *error)
{
    const struct exec_session_options *options = session->options;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_set_errno(error, ERROR_LAB, "cannot make a line to the guest");
    session->line_fd = ends[1];
    fcntl(session->line_fd, F_SETFL, O_NONBLOCK);
    const char *const *writable = (const char *const *)options->program->writable;
    const char *readable[GUEST_READABLE_MAX];
    world_readable(options->task, readable);
    const struct guest_options guest = {.paths = options->paths,
        .image = options->image->path,
        .readable = readable,
        .folder = options->folder,
        .seed = options->seed,
        .time_travel = options->time_travel,
        .line_fd = ends[0],
        .writable = writable,
        .disk_limit = options->disk_limit,
        .may_set_attributes = writable[0] != NULL};
    bool started = guest_start(&session->guest, &guest, error);
    close(ends[0]);
    session->guest.limit_us = options->watchdog_us;
    if (getenv("HANGUP_STUCK_CPU_S") == NULL)
        session->guest.stuck_cpu_us = STUCK_CPU_US;
    return started;
}

bool exec_session_run(
    const struct exec_session_options *options, struct exec_session_end *end, struct error *error)
{
    sigset_t before;
    struct session session = {.options = options,
        .guest = {.pid = -1, .pidfd = -1, .console_fd = -1},
        .terminal = {.guardian_fd = -1},
        .line_fd = -1};
    session.signals_fd = catch_exec_signals(&before);
    session.outputs = exec_outputs_open(options->folder, options->program, options->muted, error);
    bool good = session.outputs != NULL && start_exec_guest(&session, error);
    if (good) {
        if (options->program->raw && !options->muted)
            exec_terminal_take(&session.terminal);
        good = follow_guest(&session, error);
    }
    const struct guest guest = session.guest;
    guest_end(&session.guest);
    if (!good && guest.pid > 0)
        guest_note_failure(&guest, error);
    if (session.outputs != NULL)
        (void)exec_outputs_pass(session.outputs); // what was said last
    exec_terminal_restore(&session.terminal);
    exec_outputs_close(session.outputs);
    if (session.line_fd >= 0)
        close(session.line_fd);
    if (session.signals_fd >= 0)
        close(session.signals_fd);
    set_signals_back(&before);
    *end = session.end;
    return good;
}
