// Raw mode, with a guardian: a process that does nothing but wait for our end. If that comes without a word
// (SIGKILL, a crash) it restores the terminal in our stead.
#include "exec/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void guard_terminal(int from_fd, const struct termios *before)
{
    char all_is_well;
    sigset_t all;
    sigfillset(&all); // SIGTTOU among them: by then another may be in the foreground
    sigprocmask(SIG_BLOCK, &all, NULL);
    dup2(from_fd, STDOUT_FILENO); // who reads our output must see its end
    close_range(STDERR_FILENO, ~0U, 0);
    ssize_t length;
    while ((length = read(STDOUT_FILENO, &all_is_well, 1)) < 0 && errno == EINTR)
        continue;
    if (length == 0)
        tcsetattr(STDIN_FILENO, TCSADRAIN, before);
    _exit(0);
}

bool exec_terminal_take(struct exec_terminal *terminal)
{
    int ends[2];
    terminal->guardian_fd = -1;
    if (tcgetattr(STDIN_FILENO, &terminal->before) != 0 || pipe2(ends, O_CLOEXEC) != 0)
        return false;
    terminal->guardian = fork();
    if (terminal->guardian == 0) {
        close(ends[1]);
        guard_terminal(ends[0], &terminal->before);
    }
    close(ends[0]);
    struct termios raw = terminal->before;
    cfmakeraw(&raw);
    terminal->guardian_fd = ends[1];
    if (terminal->guardian > 0 && tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) == 0)
        return true;
    exec_terminal_restore(terminal);
    return false;
}

void exec_terminal_restore(struct exec_terminal *terminal)
{
    if (terminal->guardian_fd < 0)
        return;
    tcsetattr(STDIN_FILENO, TCSADRAIN, &terminal->before);
    (void)!write(terminal->guardian_fd, "q", 1);
    close(terminal->guardian_fd);
    terminal->guardian_fd = -1;
    while (terminal->guardian > 0 && waitpid(terminal->guardian, NULL, 0) < 0 && errno == EINTR)
        continue;
}

void exec_terminal_size(int *rows, int *columns)
{
    *rows = 24;
    *columns = 80;
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++) {
        struct winsize size;
        if (ioctl(stream, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
            continue;
        *rows = size.ws_row;
        *columns = size.ws_col;
        return;
    }
}
