// The world that a stored plan was run in, found on this machine again, or word that it is another one here.
#ifndef HANGUP_HOST_PLANNED_H
#define HANGUP_HOST_PLANNED_H

#include "host/image.h"
#include "plan/plan.h"

#include <stdio.h>

// The cache may still have the plan's image beside a newer one of the same name. As image_find.
bool planned_image_find(
    const struct cell *cell, const struct paths *paths, struct image *image, struct error *error) MUST_CHECK;

// Another image is another world, where nothing would be the same: ERROR_INPUT. Another kernel or other
// programs may give the same bytes: `notes` is told. `folder` is the plan's.
bool planned_world_check(const struct cell *cell, const char *folder, const struct paths *paths,
    const struct image *image, FILE *notes, struct error *error) MUST_CHECK;

#endif
