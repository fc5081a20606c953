// Each step by descriptor, and what is opened is looked at before it is used.
#include "fault/held_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

// The startup process reads it before it replays anything. Eight bytes, without replication.
#define FOLDER "pg_logical"
#define NAME   "replorigin_checkpoint"

static int open_folder(const char *data)
{
    int data_fd = open(data, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int folder_fd = data_fd < 0 ? -1
                                : openat(data_fd, FOLDER, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (data_fd >= 0)
        close(data_fd);
    return folder_fd;
}

// O_NONBLOCK: a pipe in its place does not hold us up.
static int open_kind(int folder_fd, int flags, mode_t kind, struct stat *attributes)
{
    int fd = openat(folder_fd, NAME, flags | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
    if (fd >= 0 && (fstat(fd, attributes) != 0 || (attributes->st_mode & S_IFMT) != kind)) {
        close(fd);
        errno = EINVAL;
        return -1;
    }
    return fd;
}

static bool read_content(struct held_file *held, struct stat *attributes)
{
    int fd = open_kind(held->folder_fd, O_RDONLY, S_IFREG, attributes);
    ssize_t length = fd < 0 ? -1 : read(fd, held->content, sizeof(held->content));
    if (fd >= 0)
        close(fd);
    held->length = length > 0 ? (size_t)length : 0;
    return length > 0;
}

bool held_file_take(struct held_file *held, const char *data, struct error *error)
{
    struct stat file;
    *held = (struct held_file){.folder_fd = open_folder(data)};
    if (held->folder_fd >= 0 && read_content(held, &file) && unlinkat(held->folder_fd, NAME, 0) == 0 &&
        mkfifoat(held->folder_fd, NAME, 0600) == 0 &&
        fchownat(held->folder_fd, NAME, file.st_uid, file.st_gid, AT_SYMLINK_NOFOLLOW) == 0)
        return true;
    return error_set_errno(error, ERROR_LAB, "%s/" FOLDER "/" NAME, data);
}

bool held_file_release(const struct held_file *held, struct error *error)
{
    struct stat pipe;
    int fd = held->folder_fd < 0 ? -1 : open_kind(held->folder_fd, O_WRONLY, S_IFIFO, &pipe);
    bool released = fd >= 0 && write(fd, held->content, held->length) == (ssize_t)held->length;
    if (!released)
        error_set_errno(error, ERROR_LAB, "the recovery is not let go: " FOLDER "/" NAME);
    if (fd >= 0)
        close(fd);
    return released;
}

void held_file_close(struct held_file *held)
{
    if (held->folder_fd >= 0)
        close(held->folder_fd);
    held->folder_fd = -1;
}
