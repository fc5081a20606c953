// What is in an image, read without mounting it: uncompressed EROFS, as scripts/build-image.sh makes it.
#ifndef HANGUP_BASE_EROFS_H
#define HANGUP_BASE_EROFS_H

#include "base/error.h"

#include <stdbool.h>

struct erofs;

// Nothing in the file is believed. NULL: `error` says what is wrong with it: no EROFS, cut off, or not to be
// read.
struct erofs *erofs_open(const char *path, struct error *error) MUST_CHECK;
void erofs_close(struct erofs *image); // NULL is fine

// Whether an absolute path leads to something there, along its links.
bool erofs_has(const struct erofs *image, const char *path);

#endif
