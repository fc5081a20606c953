// What the fuzzers share.
#ifndef HANGUP_FUZZ_FUZZ_H
#define HANGUP_FUZZ_FUZZ_H

#include "base/folder.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void require(bool condition)
{
    if (!condition)
        abort();
}

// The bytes as a file of a cell's folder. fmemopen does not take none.
static inline struct folder_file fuzz_file(const char *path, const uint8_t *data, size_t size)
{
    struct folder_file file = {.stream = fmemopen((void *)data, size, "r")};
    snprintf(file.path, sizeof(file.path), "%s", path);
    require(file.stream != NULL);
    return file;
}

#endif
