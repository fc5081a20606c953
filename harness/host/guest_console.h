// What a guest says on its console: the signs of life of its PID 1, and that its kernel has lost a process.
// Nothing here reads a file, so that each way a text can come in pieces has a test.
#ifndef HANGUP_HOST_GUEST_CONSOLE_H
#define HANGUP_HOST_GUEST_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GUEST_CONSOLE_LINE 200

struct guest_console {
    char line[GUEST_CONSOLE_LINE]; // what has come of the present line
    size_t length;                 // may be more than the line holds: then it is cut
    int64_t virtual_s;             // the last heartbeat; -1: none yet
    char lost[GUEST_CONSOLE_LINE]; // how the kernel said that a process of the guest was killed from outside
};

void guest_console_init(struct guest_console *console);

// Takes in `text`. True: a heartbeat was in it. That is a whole line "@ SECONDS" of a later moment than
// the one before.
bool guest_console_feed(struct guest_console *console, const char *text, size_t length);

#endif
