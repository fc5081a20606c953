// Folders from the root to the leaf, and back.
#include "base/directory.h"

#include "base/path.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEEPEST 40 // folders in folders

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

bool folder_make_and_open(
    struct folder *folder, const char *path, enum error_category category, struct error *error)
{
    char absolute[PATH_MAX];
    if (!folder_make(path, category, error))
        return false;
    if (realpath(path, absolute) == NULL)
        return error_set_errno(error, category, "%s", path);
    return folder_open(folder, absolute, category, error);
}

static bool remove_tree(int folder_fd, const char *name, const char *last, int depth);

// `except`: NULL, or what stays.
static bool remove_contents(int fd, const char *except, int depth)
{
    bool removed = true;
    int own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = own >= 0 ? fdopendir(own) : NULL;
    if (stream == NULL && own >= 0)
        close(own);
    for (const struct dirent *entry; stream != NULL && (entry = readdir(stream)) != NULL;) {
        const char *name = entry->d_name;
        bool stays = strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
                     (except != NULL && strcmp(name, except) == 0);
        removed = (stays || remove_tree(fd, name, NULL, depth + 1)) && removed;
    }
    if (stream == NULL)
        return false;
    closedir(stream);
    return removed;
}

static bool remove_tree(int folder_fd, const char *name, const char *last, int depth)
{
    if (unlinkat(folder_fd, name, 0) == 0 || errno == ENOENT)
        return true;
    if (depth > DEEPEST) {
        errno = ELOOP;
        return false;
    }
    int fd = openat(folder_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool removed = remove_contents(fd, last, depth) && (last == NULL || remove_contents(fd, NULL, depth));
    int saved_errno = errno;
    close(fd);
    errno = saved_errno;
    return removed && unlinkat(folder_fd, name, AT_REMOVEDIR) == 0;
}

bool folder_remove_below(const struct folder *folder, const char *name, const char *last, struct error *error)
{
    if (!folder_name_is_plain(name))
        return error_set(
            error, ERROR_LAB, "%s: what is to be removed there is not a plain name", folder->path);
    return remove_tree(folder->fd, name, last, 0) ||
           error_set_errno(error, ERROR_LAB, "%s/%s", folder->path, name);
}

void folder_remove(const char *path)
{
    (void)remove_tree(AT_FDCWD, path, NULL, 0);
}
