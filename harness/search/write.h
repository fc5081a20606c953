// A scenario as a file that `hangup run` takes.
#ifndef HANGUP_SEARCH_WRITE_H
#define HANGUP_SEARCH_WRITE_H

#include "result/bar.h"
#include "scenario/scenario.h"

// What stands around it. Texts may hold anything.
struct scenario_file {
    const char *comment; // lines without their "#"
    const char *claim;
    const struct bar_demand *demand; // that is not to be met: what the file expects; NULL: nothing
};

// The text of the file. It reads as the same scenario; the caller frees it. NULL: no memory.
char *scenario_write(const struct scenario *scenario, const struct scenario_file *around);

#endif
