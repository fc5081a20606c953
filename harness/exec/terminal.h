// The user's terminal while a program runs in the lab: raw, so that each key reaches the program's own
// terminal, and restored however hangup ends.
#ifndef HANGUP_EXEC_TERMINAL_H
#define HANGUP_EXEC_TERMINAL_H

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

struct exec_terminal {
    struct termios before;
    int guardian_fd; // a byte tells the guardian that all is well; -1: nothing was changed
    pid_t guardian;
};

// Makes standard input raw. False: it stays as it is.
bool exec_terminal_take(struct exec_terminal *terminal);
void exec_terminal_restore(struct exec_terminal *terminal);

// Of the first of the three standard streams that has a size; otherwise 24 x 80.
void exec_terminal_size(int *rows, int *columns);

#endif
