// Writes one setting.
#include "net/sysctl.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool lab_sysctl_write(const char *path, const char *value, struct error *error)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, value, strlen(value)) != (ssize_t)strlen(value)) {
        error_set_errno(error, ERROR_LAB, "%s", path);
        if (fd >= 0)
            close(fd);
        return false;
    }
    close(fd);
    return true;
}
