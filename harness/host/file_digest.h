// The SHA-256 of a large file that seldom changes: read once, then remembered in the cache with the file's
// size, times and inode. Reading 250 MB costs a quarter of a second, which is more than half a cell.
#ifndef HANGUP_HOST_FILE_DIGEST_H
#define HANGUP_HOST_FILE_DIGEST_H

#include "base/sha256.h"
#include "host/paths.h"

// ERROR_INPUT when it cannot be read. A cache that cannot be written is no error.
bool file_digest(const struct paths *paths, const char *path, char digest[static DIGEST_TEXT_SIZE],
    struct error *error) MUST_CHECK;

#endif
