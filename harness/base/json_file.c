#include "base/json_file.h"

#include "base/stored_file.h"

#include <stdio.h>

static json_t *load(FILE *file, const char *path, enum error_category category, struct error *error)
{
    json_error_t why;
    json_t *json = json_loadf(file, JSON_REJECT_DUPLICATES, &why);
    fclose(file);
    if (json == NULL)
        error_set(error, category, "%s:%d:%d: %s", path, why.line, why.column, why.text);
    return json;
}

json_t *json_file_read(const char *path, enum error_category category, struct error *error)
{
    FILE *file = fopen(path, "re");
    if (file != NULL)
        return load(file, path, category, error);
    error_set_errno(error, category, "%s", path);
    return NULL;
}

json_t *json_stored_read(const char *path, enum error_category category, struct error *error)
{
    FILE *file = stored_file_stream(path, category, error);
    return file != NULL ? load(file, path, category, error) : NULL;
}
