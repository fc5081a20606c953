// A file that is either there as a whole or not at all.
#include "base/atomic_file.h"

#include <stdlib.h>
#include <unistd.h>

static bool write_text(const char *path, const char *text, size_t length, struct error *error)
{
    FILE *file = fopen(path, "we");
    if (!file)
        return error_set_errno(error, ERROR_LAB, "%s", path);
    bool written = fwrite(text, 1, length, file) == length;
    if (fclose(file) == 0 && written)
        return true;
    (void)error_set_errno(error, ERROR_LAB, "%s", path);
    (void)unlink(path);
    return false;
}

bool whole_file_write(const char *path, const char *text, size_t length, struct error *error)
{
    char *aside;
    if (asprintf(&aside, "%s.new", path) < 0)
        return error_set(error, ERROR_LAB, "%s: no memory", path);
    bool written = write_text(aside, text, length, error);
    if (written && rename(aside, path) != 0) {
        written = error_set_errno(error, ERROR_LAB, "%s", path);
        (void)unlink(aside);
    }
    free(aside);
    return written;
}

bool whole_file_print(const char *path, void (*print)(FILE *file, const void *context), const void *context,
    struct error *error)
{
    char *text = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&text, &length);
    if (!memory)
        return error_set(error, ERROR_LAB, "%s: no memory", path);
    print(memory, context);
    bool printed = !ferror(memory);
    printed = fclose(memory) == 0 && printed && text;
    printed = printed ? whole_file_write(path, text, length, error)
                      : error_set(error, ERROR_LAB, "%s: no memory", path);
    free(text);
    return printed;
}
