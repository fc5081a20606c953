// A folder as one file: names, modes and contents of folders and regular files; no owners, no times.
#ifndef HANGUP_LAB_PACK_H
#define HANGUP_LAB_PACK_H

#include "base/error.h"

#include <sys/types.h>

// Writes `file` anew from all that is below `folder`. Anything but folders and regular files is an error.
bool lab_pack(const char *folder, const char *file, struct error *error) MUST_CHECK;

// Makes what `file` holds below `folder`, which is empty; all of it belongs to `owner`, user and group.
bool lab_unpack(const char *file, const char *folder, uid_t owner, struct error *error) MUST_CHECK;

#endif
