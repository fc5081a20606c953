// Cuts a stream of bytes into lines. Pure: feed bytes in any portions, get the same lines.
#ifndef HANGUP_SESSION_LINES_H
#define HANGUP_SESSION_LINES_H

#include <stdbool.h>
#include <stddef.h>

#define SUBJECT_LINE_MAX 65536 // longer ones are garbage, not protocol

struct subject_lines {
    char bytes[SUBJECT_LINE_MAX];
    size_t length, taken; // filled part, and how much of it has been handed out
};

// Where to put the next bytes, and how many fit; 0: the line is too long.
size_t subject_lines_room(struct subject_lines *lines, char **room);
void subject_lines_fill(struct subject_lines *lines, size_t length);

// The next whole line, without its newline, as text; valid until the next call of subject_lines_room. NULL:
// none yet.
char *subject_lines_next(struct subject_lines *lines);

#endif
