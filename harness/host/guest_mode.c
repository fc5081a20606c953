// The kernel is asked by its own help text, which names the option where there is one: an older one would
// take it for its PID 1's, without a word.
#include "host/guest_mode.h"

#include "contract/fork.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool mode_holds(const char *path, const char *text)
{
    struct stat attributes;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    size_t size = fstat(fd, &attributes) == 0 ? (size_t)attributes.st_size : 0;
    void *bytes = size > 0 ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    close(fd);
    if (bytes == MAP_FAILED)
        return false;
    bool found = memmem(bytes, size, text, strlen(text)) != NULL;
    munmap(bytes, size);
    return found;
}

bool guest_mode_is_seccomp(const struct paths *paths)
{
    return !paths->ptrace && mode_holds(paths->kernel, "seccomp=<on/auto/off>");
}

bool guest_mode_can_fork(const struct paths *paths)
{
    return guest_mode_is_seccomp(paths) && mode_holds(paths->kernel, FORK_GUEST_VARIABLE);
}
