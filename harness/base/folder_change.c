// Writing below a folder.
#include "base/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#define ASIDE_SIZE (FOLDER_NAME_MAX + 32)

// Nobody can have put something there before.
static bool name_aside(char aside[static ASIDE_SIZE], const char *name)
{
    uint64_t chance;
    if (getrandom(&chance, sizeof(chance), 0) != sizeof(chance))
        return false;
    snprintf(aside, ASIDE_SIZE, "%s.%016" PRIx64, name, chance);
    return true;
}

// Without a name as long as it is not whole, so that nothing is left when we are killed; where the file
// system cannot do that, under the name `aside`.
static int create_beside(int folder_fd, const char *aside, bool *named)
{
    int fd = openat(folder_fd, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
    *named = fd < 0;
    if (fd >= 0)
        return fd;
    return openat(folder_fd, aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
}

static bool write_descriptor(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, text, length);
        if (written < 0 && errno != EINTR)
            return false;
        text += written > 0 ? written : 0;
        length -= written > 0 ? (size_t)written : 0;
    }
    return true;
}

static bool give_name(int folder_fd, int fd, const char *aside)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return linkat(AT_FDCWD, path, folder_fd, aside, AT_SYMLINK_FOLLOW) == 0;
}

bool folder_write_file(
    const struct folder *folder, const char *name, const char *text, size_t length, struct error *error)
{
    char aside[ASIDE_SIZE];
    bool named = false;
    int fd = folder_name_is_plain(name) && name_aside(aside, name) ? create_beside(folder->fd, aside, &named)
                                                                   : -1;
    bool written = fd >= 0 && write_descriptor(fd, text, length);
    if (written && !named)
        written = named = give_name(folder->fd, fd, aside);
    if (written)
        written = renameat(folder->fd, aside, folder->fd, name) == 0;
    if (!written)
        (void)error_set_errno(error, ERROR_LAB, "%s/%s", folder->path, name);
    if (!written && named)
        (void)unlinkat(folder->fd, aside, 0);
    if (fd >= 0 && close(fd) != 0 && written)
        written = error_set_errno(error, ERROR_LAB, "%s/%s", folder->path, name);
    return written;
}

static bool copy_file_between(
    const struct folder_file *file, const struct folder *to, const char *name, struct error *error)
{
    char *text = NULL, block[1 << 16];
    size_t length = 0;
    FILE *memory = open_memstream(&text, &length);
    for (size_t bytes; memory != NULL && (bytes = fread(block, 1, sizeof(block), file->stream)) > 0;)
        fwrite(block, 1, bytes, memory);
    bool read = memory != NULL && !ferror(file->stream) && !ferror(memory);
    read = memory != NULL && fclose(memory) == 0 && read;
    bool copied = read ? folder_write_file(to, name, text, length, error)
                       : error_set(error, ERROR_LAB, "%s: it cannot be copied", file->path);
    free(text);
    return copied;
}

// What was opened and looked at is what gets the name.
static bool link_file(
    const struct folder *from, const struct folder *to, const char *name, struct error *error)
{
    struct folder_file file;
    char aside[ASIDE_SIZE];
    if (!folder_open_file(from, name, &file, ERROR_INPUT, error))
        return false;
    bool linked = name_aside(aside, name) && give_name(to->fd, fileno(file.stream), aside);
    if (linked && renameat(to->fd, aside, to->fd, name) != 0) {
        (void)unlinkat(to->fd, aside, 0);
        linked = false;
    } else if (linked) {
        (void)unlinkat(to->fd, aside, 0); // of two names of one file, rename leaves both
    }
    linked = linked || copy_file_between(&file, to, name, error);
    folder_close_file(&file);
    return linked;
}

static bool is_regular(const struct folder *folder, const char *name)
{
    struct stat attributes;
    return fstatat(folder->fd, name, &attributes, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(attributes.st_mode);
}

bool folder_link_files(const struct folder *from, const struct folder *to, struct error *error)
{
    char **names = folder_names(from, error);
    bool linked = names != NULL;
    for (char **name = names; linked && *name != NULL; name++)
        if (is_regular(from, *name))
            linked = link_file(from, to, *name, error);
    folder_names_free(names);
    return linked;
}
