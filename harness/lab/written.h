// What a program has written in its view, and what is gone with it: files above the host's or the image's.
#ifndef HANGUP_LAB_WRITTEN_H
#define HANGUP_LAB_WRITTEN_H

#include "lab/view.h"

#include <jansson.h>

// {path: {"size", "at_us"}} for each file that lies in the view's own layers, by the path that the program
// knows; caches of Python's are left out. Empty where the view has none. NULL: no memory.
json_t *lab_written_list(const struct lab_view *view, const struct guest_task *task);

// {"count", "files": [some of the paths, in order]} of what is new or has changed from one list to the other.
json_t *lab_written_between(const json_t *before, const json_t *after);

#endif
