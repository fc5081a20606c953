// Making and removing folders of the host.
#ifndef HANGUP_BASE_DIRECTORY_H
#define HANGUP_BASE_DIRECTORY_H

#include "base/folder.h"

// With all folders above it. What exists is fine. `category` is that of the error.
bool folder_make(const char *path, enum error_category category, struct error *error) MUST_CHECK;

// The same, and opens it: its path is absolute then.
bool folder_make_and_open(
    struct folder *folder, const char *path, enum error_category category, struct error *error) MUST_CHECK;

// With all that is in it. Does not follow links. What is not there is not missed; what cannot be removed
// stays.
void folder_remove(const char *path);

// The folder `name` below another, and `last` of what is in it last (NULL: no order), so that an interrupted
// removal still shows whose it was. What is not there is not missed. False: something could not be removed.
bool folder_remove_below(
    const struct folder *folder, const char *name, const char *last, struct error *error) MUST_CHECK;

#endif
