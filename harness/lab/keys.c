// The library that asks for the keys is built into PID 1: no image needs to have it.
#include "lab/keys.h"

#include "base/path.h"
#include "contract/cell_files.h"
#include "lab/mount.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

__asm__(".section .rodata\n"
        "hangup_keys_begin:\n"
        ".incbin \"keys.so\"\n"
        "hangup_keys_end:\n"
        ".previous\n");

extern const char hangup_keys_begin[], hangup_keys_end[];

static bool write_library(const char *path, struct error *error)
{
    const size_t length = (size_t)((uintptr_t)hangup_keys_end - (uintptr_t)hangup_keys_begin);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
    bool written = file >= 0 && write(file, hangup_keys_begin, length) == (ssize_t)length;
    if (!written)
        error_set_errno(error, ERROR_LAB, "%s", path);
    if (file >= 0)
        close(file);
    return written;
}

bool lab_keys_place_library(const char *scratch, const char *root, struct error *error)
{
    char source[PATH_MAX], target[PATH_MAX];
    path_format(source, "%s/keys.so", scratch);
    path_format(target, "%s" LAB_KEYS_LIBRARY, root);
    int place = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (place < 0)
        return error_set_errno(error, ERROR_LAB, "%s", target);
    close(place);
    return write_library(source, error) && lab_mount_bind(source, target, true, error);
}

bool lab_keys_keep(struct error *error)
{
    struct stat attributes = {0};
    // The server's user wrote it: nothing says that it is still a file.
    int input = open(LAB_MOUNT_KEYS, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (input < 0)
        return errno == ENOENT || error_set_errno(error, ERROR_LAB, LAB_MOUNT_KEYS);
    int output = open(CELL_KEYS_FILE, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    bool kept = output >= 0 && fstat(input, &attributes) == 0 && S_ISREG(attributes.st_mode) &&
                sendfile(output, input, NULL, (size_t)attributes.st_size) == attributes.st_size;
    if (!kept)
        error_set_errno(error, ERROR_LAB, CELL_KEYS_FILE);
    if (output >= 0)
        close(output);
    close(input);
    return kept;
}
