// What a guest is given of this machine: the same list for its task, which shows it, and for its wall, which
// leaves it readable.
#ifndef HANGUP_HOST_WORLD_H
#define HANGUP_HOST_WORLD_H

#include "contract/task.h"
#include "contract/world.h"
#include "host/guest.h"
#include "host/image.h"
#include "plan/plan.h"

// The digests of what guests of this image run in.
bool world_examine(const struct paths *paths, const struct image *image, struct world *world,
    struct error *error) MUST_CHECK;

// A cell's adapter: of what hangup brings the files that its command names, or the folder of its manifest.
bool world_show_cell(struct guest_task *task, const struct paths *paths, const struct cell *cell,
    struct error *error) MUST_CHECK;

// For guest_options.readable: what the task shows, and the template. Points into the task.
void world_readable(const struct guest_task *task, const char *readable[static GUEST_READABLE_MAX]);

#endif
