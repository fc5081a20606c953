// One small file for each digest, named after what the file looked like: who changes a file changes its
// times.
#include "host/file_digest.h"

#include "base/directory.h"
#include "base/path.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define WORTH_REMEMBERING (4L << 20) // bytes; less is read in a few milliseconds

static void name_memory(const struct stat *file, char name[static DIGEST_TEXT_SIZE])
{
    char text[256];
    snprintf(text, sizeof(text), "%llu %llu %lld %lld.%09ld %lld.%09ld", (unsigned long long)file->st_dev,
        (unsigned long long)file->st_ino, (long long)file->st_size, (long long)file->st_mtim.tv_sec,
        file->st_mtim.tv_nsec, (long long)file->st_ctim.tv_sec, file->st_ctim.tv_nsec);
    digest_text(text, name);
    name[24] = '\0';
}

static bool recall(const char *folder, const char *name, char digest[static DIGEST_TEXT_SIZE])
{
    char path[PATH_MAX];
    struct folder_file file;
    struct error none = {0};
    digest[0] = '\0';
    if (!folder_open_path(path_format(path, "%s/%s", folder, name), &file, ERROR_INPUT, &none))
        return false;
    bool known = fgets(digest, DIGEST_TEXT_SIZE, file.stream) != NULL &&
                 strspn(digest, "0123456789abcdef") == DIGEST_TEXT_SIZE - 1;
    folder_close_file(&file);
    return known;
}

static void remember(const char *folder, const char *name, const char *digest)
{
    struct folder digests;
    struct error none = {0};
    if (!folder_make(folder, ERROR_LAB, &none) || !folder_open(&digests, folder, ERROR_LAB, &none))
        return;
    (void)!folder_write_file(&digests, name, digest, strlen(digest), &none);
    folder_close(&digests);
}

static bool read_whole(const char *path, char digest[static DIGEST_TEXT_SIZE], struct error *error)
{
    FILE *stream = fopen(path, "re");
    if (stream == NULL)
        return error_set_errno(error, ERROR_INPUT, "%s", path);
    struct folder_file file = {.stream = stream};
    bool read = digest_file(&file, digest) || error_set_errno(error, ERROR_INPUT, "%s", path);
    fclose(stream);
    return read;
}

bool file_digest(
    const struct paths *paths, const char *path, char digest[static DIGEST_TEXT_SIZE], struct error *error)
{
    char folder[PATH_MAX], name[DIGEST_TEXT_SIZE];
    struct stat file;
    if (stat(path, &file) != 0)
        return error_set_errno(error, ERROR_INPUT, "%s", path);
    if (file.st_size < WORTH_REMEMBERING)
        return read_whole(path, digest, error);
    name_memory(&file, name);
    path_format(folder, "%s/digests", paths->cache);
    if (recall(folder, name, digest))
        return true;
    if (!read_whole(path, digest, error))
        return false;
    remember(folder, name, digest);
    return true;
}
