// A command's help, as wide as the reader's terminal, with the name by which he called the program.
#ifndef HANGUP_HELP_H
#define HANGUP_HELP_H

#include <stdio.h>

// In `help` each paragraph and each option is one line. An option's second line stands below its description.
// Where a command begins (behind a backtick, behind `usage:`, or first in an indented line) `hangup` becomes
// the caller's name for it; an indented line that is a command can be pasted, also where it is broken.
void help_print(FILE *out, const char *help);

#endif
