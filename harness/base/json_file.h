// A JSON file as a whole.
#ifndef HANGUP_BASE_JSON_FILE_H
#define HANGUP_BASE_JSON_FILE_H

#include "base/folder.h"

#include <jansson.h>

// Doubled keys are an error. The caller owns what it returns. NULL: cannot be read, or "path:line:column:
// why". The first form is of a path that is the user's own word, or hangup's.
json_t *json_file_read(const char *path, enum error_category category, struct error *error) MUST_CHECK;
json_t *json_file_read_in(const struct folder *folder, const char *name, enum error_category category,
    struct error *error) MUST_CHECK;

#endif
