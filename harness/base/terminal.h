// Text that fits the reader's terminal.
#ifndef HANGUP_TERMINAL_H
#define HANGUP_TERMINAL_H

#include <stdio.h>

#define TERMINAL_ANY_WIDTH 0 // no terminal: one line a thing, for grep and cut

// COLUMNS where it is set, else the terminal's columns, else TERMINAL_ANY_WIDTH.
int terminal_width(FILE *out);

// Prints `length` bytes of `line` and a newline. It is broken between words where it would be wider than
// `width`; what follows is indented by `indent` columns. `column` is where it begins: what stands before it
// has been printed, and may be too wide for anything beside it.
void terminal_wrap(FILE *out, const char *line, size_t length, int column, int indent, int width);

// The same for text that ends with NUL.
void terminal_print(FILE *out, const char *text, int column, int indent, int width);

// The same for a command of a shell, which still works when it is pasted: its lines end in a backslash, and
// what is quoted is not broken.
void terminal_command(FILE *out, const char *command, int column, int indent, int width);

#endif
