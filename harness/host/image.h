// The image of a guest: the one file that is its root. Found by name or path, and known by its content.
#ifndef HANGUP_HOST_IMAGE_H
#define HANGUP_HOST_IMAGE_H

#include "base/erofs.h"
#include "base/sha256.h"
#include "host/paths.h"

#include <limits.h>

#define IMAGE_DEFAULT    "debian-13"
#define IMAGE_WITH_PEERS IMAGE_DEFAULT "-peers" // the same and the pools that people run

struct image {
    char name[NAME_MAX + 1]; // "debian-13"; of a file its name
    char path[PATH_MAX];     // absolute
    char sha256[DIGEST_TEXT_SIZE];
    struct erofs *files; // what is in it
};

#define IMAGE_NONE {.files = NULL}

// `wanted` is a name ("debian-12") or a file; NULL: HANGUP_IMAGE, else debian-13-peers where it was made,
// else debian-13. Looked for in the cache, then below images/ in what hangup brings. False: ERROR_INPUT or
// ERROR_LAB, with what to do: nobody knows the name, it is not made yet, the file is no image, cut off, or
// not what its name says.
bool image_find(
    struct image *image, const struct paths *paths, const char *wanted, struct error *error) MUST_CHECK;
void image_close(struct image *image);

// The names of those that were made, "debian-12, debian-13"; returns how many. Those of a release count, too.
size_t image_names(const struct paths *paths, char *text, size_t size);

#endif
