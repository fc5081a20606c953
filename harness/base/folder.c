// Opening and reading below a folder.
#include "base/folder.h"

#include "base/array.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool folder_name_is_plain(const char *name)
{
    size_t length = strnlen(name, FOLDER_NAME_MAX + 1);
    if (length == 0 || length > FOLDER_NAME_MAX || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
        strchr(name, '/') != NULL)
        return false;
    char *shown = text_one_line(name); // drops what a terminal would obey
    bool plain = shown != NULL && strcmp(shown, name) == 0;
    free(shown);
    return plain;
}

// What cannot be opened must not be named with what a terminal obeys.
static bool refuse_name(const struct folder *folder, enum error_category category, struct error *error)
{
    return error_set(error, category, "%s: what is to be opened there is not a plain name", folder->path);
}

static bool name_path(char path[static PATH_MAX], const struct folder *folder, const char *name)
{
    return snprintf(path, PATH_MAX, "%s/%s", folder->path, name) < PATH_MAX;
}

static bool take_folder(
    struct folder *folder, int fd, const char *path, enum error_category category, struct error *error)
{
    if (fd < 0)
        return error_set_errno(error, category, "%s", path);
    folder->fd = fd;
    if (snprintf(folder->path, sizeof(folder->path), "%s", path) < PATH_MAX)
        return true;
    close(fd);
    return error_set(error, category, "the path is too long");
}

bool folder_open(struct folder *folder, const char *path, enum error_category category, struct error *error)
{
    return take_folder(folder, open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), path, category, error);
}

bool folder_has(const struct folder *folder, const char *name)
{
    struct stat attributes;
    return folder_name_is_plain(name) && fstatat(folder->fd, name, &attributes, AT_SYMLINK_NOFOLLOW) == 0;
}

bool folder_has_link(const struct folder *folder, const char *name)
{
    struct stat attributes;
    return folder_name_is_plain(name) && fstatat(folder->fd, name, &attributes, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISLNK(attributes.st_mode);
}

bool folder_enter(const struct folder *folder, const char *name, struct folder *below,
    enum error_category category, struct error *error)
{
    char path[PATH_MAX];
    if (!folder_name_is_plain(name) || !name_path(path, folder, name))
        return refuse_name(folder, category, error);
    if (folder_has_link(folder, name))
        return error_set(error, category, "%s: a link: expected the folder itself", path);
    return take_folder(below, openat(folder->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), path,
        category, error);
}

bool folder_enter_new(
    const struct folder *folder, const char *name, struct folder *below, struct error *error)
{
    if (!folder_name_is_plain(name))
        return refuse_name(folder, ERROR_LAB, error);
    if (mkdirat(folder->fd, name, 0755) != 0 && errno != EEXIST)
        return error_set_errno(error, ERROR_LAB, "%s/%s", folder->path, name);
    return folder_enter(folder, name, below, ERROR_LAB, error);
}

void folder_close(struct folder *folder)
{
    if (folder->fd >= 0)
        close(folder->fd);
    folder->fd = -1;
}

bool folder_is_same(const struct folder *a, const struct folder *b)
{
    struct stat of_a, of_b;
    return fstat(a->fd, &of_a) == 0 && fstat(b->fd, &of_b) == 0 && of_a.st_dev == of_b.st_dev &&
           of_a.st_ino == of_b.st_ino;
}

static int compare_entry_names(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static bool add_entry_name(char ***names, size_t *count, const char *name)
{
    char **grown = array_grow(*names, *count, sizeof(*grown));
    if (grown == NULL)
        return false;
    *names = grown;
    grown[*count] = name != NULL ? strdup(name) : NULL;
    return grown[(*count)++] != NULL || name == NULL;
}

static bool read_names(DIR *stream, char ***names, size_t *count)
{
    for (const struct dirent *entry; (entry = readdir(stream)) != NULL;)
        if (folder_name_is_plain(entry->d_name) &&
            (*count >= FOLDER_NAMES_MAX || !add_entry_name(names, count, entry->d_name)))
            return false;
    return true;
}

char **folder_names(const struct folder *folder, struct error *error)
{
    char **names = NULL;
    size_t count = 0;
    int fd = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); // a place of its own to read from
    DIR *stream = fd >= 0 ? fdopendir(fd) : NULL;
    if (stream == NULL) {
        (void)error_set_errno(error, ERROR_INPUT, "%s", folder->path);
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    bool whole = read_names(stream, &names, &count);
    closedir(stream);
    if (whole && count > 0)
        qsort(names, count, sizeof(*names), compare_entry_names);
    bool ended = add_entry_name(&names, &count, NULL);
    if (whole && ended)
        return names;
    (void)error_set(
        error, ERROR_INPUT, "%s: more than %d names, or out of memory", folder->path, FOLDER_NAMES_MAX);
    for (size_t i = 0; i < count; i++)
        free(names[i]);
    free(names);
    return NULL;
}

void folder_names_free(char **names)
{
    for (char **name = names; name != NULL && *name != NULL; name++)
        free(*name);
    free(names);
}

static bool refuse_file(
    const struct stat *attributes, const char *path, enum error_category category, struct error *error)
{
    if (S_ISLNK(attributes->st_mode))
        return error_set(error, category, "%s: a link: expected the file itself", path);
    if (!S_ISREG(attributes->st_mode))
        return error_set(error, category, "%s: expected a regular file", path);
    if (attributes->st_size > FOLDER_FILE_MAX)
        return error_set(error, category, "%s: larger than %ld MB", path, FOLDER_FILE_MAX >> 20);
    return true;
}

// Looked at before it is opened: to open a device can already do something. And again when it is open:
// meanwhile somebody may have put something else there.
static bool open_regular(int folder_fd, const char *name, int follow, struct folder_file *file,
    enum error_category category, struct error *error)
{
    struct stat attributes;
    if (fstatat(folder_fd, name, &attributes, follow == 0 ? 0 : AT_SYMLINK_NOFOLLOW) != 0)
        return error_set_errno(error, category, "%s", file->path);
    if (!refuse_file(&attributes, file->path, category, error))
        return false;
    int fd = openat(folder_fd, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | follow);
    if (fd < 0 || fstat(fd, &attributes) != 0 || (file->stream = fdopen(fd, "r")) == NULL) {
        (void)error_set_errno(error, category, "%s", file->path);
        if (fd >= 0)
            close(fd);
        return false;
    }
    if (refuse_file(&attributes, file->path, category, error))
        return true;
    folder_close_file(file);
    return false;
}

bool folder_open_file(const struct folder *folder, const char *name, struct folder_file *file,
    enum error_category category, struct error *error)
{
    file->stream = NULL;
    if (!folder_name_is_plain(name) || !name_path(file->path, folder, name))
        return refuse_name(folder, category, error);
    return open_regular(folder->fd, name, O_NOFOLLOW, file, category, error);
}

bool folder_open_path(
    const char *path, struct folder_file *file, enum error_category category, struct error *error)
{
    file->stream = NULL;
    if (snprintf(file->path, sizeof(file->path), "%s", path) >= PATH_MAX)
        return error_set(error, category, "the path is too long");
    return open_regular(AT_FDCWD, path, 0, file, category, error);
}

void folder_close_file(struct folder_file *file)
{
    if (file->stream != NULL)
        fclose(file->stream);
    file->stream = NULL;
}
