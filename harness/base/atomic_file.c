// A file that is either there as a whole or not at all.
#include "base/atomic_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

// As open() would have made it.
static void set_mode(int fd)
{
    mode_t mask = umask(0);
    umask(mask);
    (void)fchmod(fd, 0666 & ~mask);
}

// A new file beside the other, under a name that nobody can have put there before.
static bool write_aside(char *aside, const char *text, size_t length, struct error *error)
{
    int fd = mkostemp(aside, O_CLOEXEC);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!file) {
        (void)error_set_errno(error, ERROR_LAB, "%s", aside);
        if (fd >= 0)
            close(fd);
        return false;
    }
    set_mode(fd);
    bool written = fwrite(text, 1, length, file) == length;
    if (fclose(file) == 0 && written)
        return true;
    (void)error_set_errno(error, ERROR_LAB, "%s", aside);
    (void)unlink(aside);
    return false;
}

bool whole_file_write(const char *path, const char *text, size_t length, struct error *error)
{
    char *aside;
    if (asprintf(&aside, "%s.XXXXXX", path) < 0)
        return error_set(error, ERROR_LAB, "out of memory");
    bool written = write_aside(aside, text, length, error);
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
        return error_set(error, ERROR_LAB, "out of memory");
    print(memory, context);
    bool printed = !ferror(memory);
    printed = fclose(memory) == 0 && printed && text;
    printed = printed ? whole_file_write(path, text, length, error)
                      : error_set(error, ERROR_LAB, "out of memory");
    free(text);
    return printed;
}
