// A JSON file as a whole.
#ifndef HANGUP_BASE_JSON_FILE_H
#define HANGUP_BASE_JSON_FILE_H

#include "base/error.h"

#include <jansson.h>

// Doubled keys are an error. The caller owns what it returns. NULL: cannot be read, or "path:line:column:
// why".
json_t *json_file_read(const char *path, enum error_category category, struct error *error) MUST_CHECK;

// The same of a file in a results folder, as stored_file.h opens it.
json_t *json_stored_read(const char *path, enum error_category category, struct error *error) MUST_CHECK;

#endif
