// Making and removing folders of the host.
#ifndef HANGUP_BASE_DIRECTORY_H
#define HANGUP_BASE_DIRECTORY_H

#include "base/error.h"

// With all folders above it. What exists is fine. `category` is that of the error.
bool folder_make(const char *path, enum error_category category, struct error *error) MUST_CHECK;

// With all that is in it. Does not follow links. What is not there is not missed; what cannot be removed
// stays.
void folder_remove(const char *path);

// The regular files of `from` are then in `to` as well, which is made if absent: the same files where both
// are on one file system, else copies. Links, and folders in it, stay behind.
bool folder_take_files(const char *from, const char *to, struct error *error) MUST_CHECK;

#endif
