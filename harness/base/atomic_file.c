// Printed into memory first: what does not come to its end replaces nothing.
#include "base/atomic_file.h"

#include "base/path.h"

#include <libgen.h>
#include <stdlib.h>

bool whole_file_print_in(const struct folder *folder, const char *name,
    void (*print)(FILE *file, const void *context), const void *context, struct error *error)
{
    char *text = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&text, &length);
    if (!memory)
        return error_set(error, ERROR_LAB, "%s/%s: out of memory", folder->path, name);
    print(memory, context);
    bool printed = !ferror(memory);
    printed = fclose(memory) == 0 && printed && text;
    printed = printed ? folder_write_file(folder, name, text, length, error)
                      : error_set(error, ERROR_LAB, "%s/%s: out of memory", folder->path, name);
    free(text);
    return printed;
}

bool whole_file_print(const char *path, void (*print)(FILE *file, const void *context), const void *context,
    struct error *error)
{
    char above[PATH_MAX], name[PATH_MAX];
    struct folder folder;
    path_format(above, "%s", path);
    path_format(name, "%s", path);
    if (!folder_open(&folder, dirname(above), ERROR_LAB, error))
        return false;
    bool printed = whole_file_print_in(&folder, basename(name), print, context, error);
    folder_close(&folder);
    return printed;
}
