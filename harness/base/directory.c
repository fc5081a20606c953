// Folders from the root to the leaf, and back.
#include "base/directory.h"

#include "base/path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

static bool make_one(const char *path, enum error_category category, struct error *error)
{
    if (mkdir(path, 0755) == 0 || errno == EEXIST)
        return true;
    return error_set_errno(error, category, "%s", path);
}

bool folder_make(const char *path, enum error_category category, struct error *error)
{
    char above[PATH_MAX];
    path_format(above, "%s", path);
    for (char *slash = strchr(above + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (!make_one(above, category, error))
            return false;
        *slash = '/';
    }
    return make_one(path, category, error);
}

static void remove_in(int folder_fd, const char *name);

// Takes over `fd`.
static void remove_content(int fd)
{
    DIR *folder = fdopendir(fd);
    if (folder == NULL) {
        close(fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            remove_in(fd, entry->d_name);
    closedir(folder);
}

// By descriptor, so that nobody can lead us elsewhere meanwhile.
static void remove_in(int folder_fd, const char *name)
{
    if (unlinkat(folder_fd, name, 0) == 0)
        return;
    int fd = openat(folder_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return;
    remove_content(fd);
    (void)unlinkat(folder_fd, name, AT_REMOVEDIR);
}

void folder_remove(const char *path)
{
    remove_in(AT_FDCWD, path);
}

// A second name for the same file where that is possible, else a copy.
static bool take_file(int from_fd, int to_fd, const char *name, struct error *error)
{
    struct stat attributes;
    (void)unlinkat(to_fd, name, 0);
    if (linkat(from_fd, name, to_fd, name, 0) == 0)
        return true;
    int input = openat(from_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    int output = openat(to_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    bool copied = input >= 0 && output >= 0 && fstat(input, &attributes) == 0;
    for (off_t at = 0; copied && at < attributes.st_size;)
        copied = sendfile(output, input, &at, (size_t)(attributes.st_size - at)) > 0;
    if (!copied)
        error_set_errno(error, ERROR_LAB, "%s", name);
    if (input >= 0)
        close(input);
    if (output >= 0)
        close(output);
    return copied;
}

static bool take_files(int from_fd, int to_fd, DIR *from, struct error *error)
{
    for (struct dirent *entry; (entry = readdir(from)) != NULL;) {
        struct stat attributes;
        if (fstatat(from_fd, entry->d_name, &attributes, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(attributes.st_mode) && !take_file(from_fd, to_fd, entry->d_name, error))
            return false;
    }
    return true;
}

bool folder_take_files(const char *from, const char *to, struct error *error)
{
    if (!folder_make(to, ERROR_LAB, error))
        return false;
    int from_fd = open(from, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int to_fd = open(to, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *folder = from_fd >= 0 ? fdopendir(from_fd) : NULL;
    bool taken = folder != NULL && to_fd >= 0 ? take_files(from_fd, to_fd, folder, error)
                                              : error_set_errno(error, ERROR_LAB, "%s", from);
    if (folder != NULL)
        closedir(folder);
    else if (from_fd >= 0)
        close(from_fd);
    if (to_fd >= 0)
        close(to_fd);
    return taken ? true : error_context(error, "%s", to);
}
