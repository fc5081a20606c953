// O_EXCL: who puts a link there between the two calls makes the second fail.
#include "base/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int new_file_open(const char *path, int flags, mode_t mode, struct error *error)
{
    int fd = unlink(path) == 0 || errno == ENOENT
                 ? open(path, flags | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
                 : -1;
    if (fd < 0)
        error_set_errno(error, ERROR_LAB, "%s", path);
    return fd;
}
