// hangup merge of the shards of a sweep.
#ifndef HANGUP_COMMAND_MERGE_SWEEP_H
#define HANGUP_COMMAND_MERGE_SWEEP_H

#include "base/folder.h"

// Whether a sweep has left it.
bool merge_is_sweep(const struct folder *folder);

// Makes the whole of the shards in `folders`, in the folder at `path`, with the files of each cell. `names`
// are theirs for messages.
bool merge_sweeps(const struct folder *folders, const char *const *names, size_t count, const char *path,
    struct error *error) MUST_CHECK;

#endif
