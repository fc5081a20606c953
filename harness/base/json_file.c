#include "base/json_file.h"

#include "base/text.h"

#include <stdlib.h>

static json_t *load_json_file(struct folder_file *file, enum error_category category, struct error *error)
{
    json_error_t why;
    json_t *json = json_loadf(file->stream, JSON_REJECT_DUPLICATES, &why);
    if (json == NULL) {
        char *text = text_one_line(why.text); // it quotes the file
        (void)error_set(error, category, "%s:%d:%d: %s", file->path, why.line, why.column,
            text != NULL ? text : "not JSON");
        free(text);
    }
    folder_close_file(file);
    return json;
}

json_t *json_file_read(const char *path, enum error_category category, struct error *error)
{
    struct folder_file file;
    return folder_open_path(path, &file, category, error) ? load_json_file(&file, category, error) : NULL;
}

json_t *json_file_read_in(
    const struct folder *folder, const char *name, enum error_category category, struct error *error)
{
    struct folder_file file;
    return folder_open_file(folder, name, &file, category, error) ? load_json_file(&file, category, error)
                                                                  : NULL;
}
