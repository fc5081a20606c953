#include "base/json_file.h"

#include <stdio.h>

json_t *json_file_read(const char *path, enum error_category category, struct error *error)
{
    json_error_t why;
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        error_set_errno(error, category, "%s", path);
        return NULL;
    }
    json_t *json = json_loadf(file, JSON_REJECT_DUPLICATES, &why);
    fclose(file);
    if (json == NULL)
        error_set(error, category, "%s:%d:%d: %s", path, why.line, why.column, why.text);
    return json;
}
