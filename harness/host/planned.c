// By the digests in the plan.
#include "host/planned.h"

#include "base/path.h"
#include "host/world.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool planned_image_find(
    const struct cell *cell, const struct paths *paths, struct image *image, struct error *error)
{
    const struct world *planned = &cell->world;
    char path[PATH_MAX];
    path_format(path, "%s/%s-%.16s.erofs", paths->images, planned->image, planned->image_sha256);
    const char *wanted = planned->image_sha256[0] == '\0' ? NULL
                         : access(path, R_OK) == 0        ? path
                                                          : planned->image;
    return image_find(image, paths, getenv("HANGUP_IMAGE") != NULL ? NULL : wanted, error);
}

bool planned_world_check(const struct cell *cell, const char *folder, const struct paths *paths,
    const struct image *image, FILE *notes, struct error *error)
{
    const struct world *planned = &cell->world;
    struct world world;
    if (planned->image_sha256[0] == '\0')
        return true;
    if (strcmp(planned->image_sha256, image->sha256) != 0)
        return error_set(error, ERROR_INPUT,
            "%s/plan.json: its image is %s with the digest %.16s, and the one here has %.16s: HANGUP_IMAGE=FILE names that one, or run the scenario anew",
            folder, planned->image, planned->image_sha256, image->sha256);
    if (!world_examine(paths, image, &world, error))
        return false;
    if (strcmp(planned->kernel_sha256, world.kernel_sha256) != 0)
        fputs("hangup: the guest kernel is another than the plan's: other bytes are to be expected\n", notes);
    if (strcmp(planned->programs_sha256, world.programs_sha256) != 0)
        fputs("hangup: hangup-lab or an adapter is another than the plan's: other bytes may come of it\n",
            notes);
    return true;
}
