#include "base/stored_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

bool stored_folder_find(
    const char *given, enum error_category category, char folder[static PATH_MAX], struct error *error)
{
    struct stat attributes;
    if (realpath(given, folder) == NULL || stat(folder, &attributes) != 0)
        return error_set_errno(error, category, "%s", given);
    return S_ISDIR(attributes.st_mode) || error_set(error, category, "%s: expected a folder", given);
}

// Without waiting for the writer of a FIFO, and without following any link. Kernels before 5.6 do not know
// openat2: there only the last component is looked at.
static int open_unlinked(const char *path)
{
    const struct open_how how = {
        .flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS};
    int fd = (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
    if (fd < 0 && errno == ENOSYS)
        fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
    return fd;
}

int stored_file_open(const char *path, enum error_category category, struct error *error)
{
    struct stat attributes;
    int fd = open_unlinked(path);
    if (fd < 0 && errno == ELOOP) {
        error_set(error, category, "%s: a link: expected the file itself", path);
        return -1;
    }
    if (fd < 0 || fstat(fd, &attributes) != 0) {
        int why = errno;
        error_set_errno(error, category, "%s", path);
        if (fd >= 0)
            close(fd);
        errno = why;
        return -1;
    }
    if (S_ISREG(attributes.st_mode) && attributes.st_size <= STORED_FILE_MAX)
        return fd;
    error_set(error, category,
        S_ISREG(attributes.st_mode) ? "%s: larger than 1 GB" : "%s: expected a regular file", path);
    close(fd);
    errno = EINVAL;
    return -1;
}

FILE *stored_file_stream(const char *path, enum error_category category, struct error *error)
{
    int fd = stored_file_open(path, category, error);
    FILE *stream = fd >= 0 ? fdopen(fd, "r") : NULL;
    if (fd >= 0 && stream == NULL) {
        error_set_errno(error, category, "%s", path);
        close(fd);
    }
    return stream;
}

bool stored_name_is_plain(const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length > NAME_MAX || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return false;
    for (const unsigned char *at = (const unsigned char *)name; *at != '\0'; at++)
        if (*at < ' ' || *at == 0x7f || *at == '/')
            return false;
    return true;
}
