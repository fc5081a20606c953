// Folders and files of tests, opened as hangup opens them.
#ifndef HANGUP_TESTS_UNIT_BASE_OPENED_H
#define HANGUP_TESTS_UNIT_BASE_OPENED_H

#include "base/folder.h"

#include <stdio.h>
#include <stdlib.h>

// The test closes it, or ends with it.
static inline struct folder opened(const char *path)
{
    struct folder opened_folder;
    struct error error;
    if (!folder_open(&opened_folder, path, ERROR_LAB, &error)) {
        fprintf(stderr, "%s\n", error.text);
        abort();
    }
    return opened_folder;
}

#endif
