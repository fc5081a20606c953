// The database template in the cache: found, or made in a guest.
#ifndef HANGUP_HOST_TEMPLATE_H
#define HANGUP_HOST_TEMPLATE_H

#include "base/error.h"
#include "host/image.h"
#include "host/paths.h"

#include <limits.h>
#include <stdio.h>

// On the host: finds the template of an image, makes it when absent (a guest of some seconds; says so on
// `progress`, which may be NULL). `folder` receives its path.
bool database_template_ensure(const struct paths *paths, const struct image *image, FILE *progress,
    char folder[static PATH_MAX], struct error *error) MUST_CHECK;

// The sizes and names of all its files, written last: what is missing or cut off is seen before a server
// stumbles over it.
#define TEMPLATE_MANIFEST "manifest"

// All files are there, in their sizes.
bool database_template_is_whole(const char *folder);

#endif
