// Each entry is a line, "f 600 8192 base/1/112" or "d 700 0 base", and a file's bytes behind its line. The
// last line is "e 0 0 .": what is cut off has none.
#include "lab/pack.h"

#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_SIZE (PATH_MAX + 64)

static int by_entry_name(const FTSENT **left, const FTSENT **right)
{
    return strcmp((*left)->fts_name, (*right)->fts_name);
}

static bool copy_bytes(int from, int to, off_t *offset, off_t length)
{
    while (length > 0) {
        const ssize_t copied = sendfile(to, from, offset, (size_t)length);
        if (copied <= 0 && errno != EINTR)
            return false;
        length -= copied > 0 ? copied : 0;
    }
    return true;
}

static bool pack_entry(int pack, const FTSENT *entry, const char *name)
{
    const struct stat *attributes = entry->fts_statp;
    const bool is_file = entry->fts_info == FTS_F;
    if (!is_file && entry->fts_info != FTS_D)
        return false;
    const off_t size = is_file ? attributes->st_size : 0;
    off_t offset = 0;
    if (dprintf(pack, "%c %o %lld %s\n", is_file ? 'f' : 'd', (unsigned)attributes->st_mode & 07777,
            (long long)size, name) < 0)
        return false;
    int file = is_file ? open(entry->fts_accpath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    const bool packed = !is_file || (file >= 0 && copy_bytes(file, pack, &offset, size));
    if (file >= 0)
        close(file);
    return packed;
}

static bool pack_all(int pack, const char *folder)
{
    char root[PATH_MAX];
    char *const roots[] = {path_format(root, "%s", folder), NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_entry_name);
    bool packed = tree != NULL;
    for (FTSENT *entry; packed && (entry = fts_read(tree)) != NULL;)
        if (entry->fts_info != FTS_DP && (entry->fts_level > 0 || entry->fts_info != FTS_D))
            packed = pack_entry(pack, entry, entry->fts_path + strlen(folder) + 1);
    if (tree != NULL)
        fts_close(tree);
    return packed && dprintf(pack, "e 0 0 .\n") > 0;
}

bool lab_pack(const char *folder, const char *file, struct error *error)
{
    int pack = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool packed = pack >= 0 && pack_all(pack, folder);
    if (!packed)
        error_set_errno(error, ERROR_LAB, "%s", file);
    if (pack >= 0 && close(pack) != 0 && packed)
        packed = error_set_errno(error, ERROR_LAB, "%s", file);
    return packed;
}

struct unpacking {
    FILE *pack;
    int pack_fd, folder_fd;
    uid_t owner;
};

static bool unpack_file(const struct unpacking *unpacking, const char *name, mode_t mode, off_t size)
{
    off_t offset = ftello(unpacking->pack);
    int file = openat(unpacking->folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    const bool made = file >= 0 && copy_bytes(unpacking->pack_fd, file, &offset, size) &&
                      fchown(file, unpacking->owner, unpacking->owner) == 0;
    if (file >= 0)
        close(file);
    return made && fseeko(unpacking->pack, offset, SEEK_SET) == 0;
}

static bool unpack_folder(const struct unpacking *unpacking, const char *name, mode_t mode)
{
    return mkdirat(unpacking->folder_fd, name, mode) == 0 &&
           fchownat(unpacking->folder_fd, name, unpacking->owner, unpacking->owner, AT_SYMLINK_NOFOLLOW) == 0;
}

// `*more`: this was not the last one.
static bool unpack_entry(const struct unpacking *unpacking, bool *more)
{
    char line[LINE_SIZE], *at = line;
    if (fgets(line, sizeof(line), unpacking->pack) == NULL || strlen(line) < 8)
        return false;
    line[strcspn(line, "\n")] = '\0';
    const char kind = *at++;
    const mode_t mode = (mode_t)strtoul(at, &at, 8);
    const off_t size = (off_t)strtoll(at, &at, 10);
    *more = kind != 'e';
    if (*at++ != ' ')
        return false;
    return !*more || (kind == 'd' ? unpack_folder(unpacking, at, mode)
                                  : kind == 'f' && unpack_file(unpacking, at, mode, size));
}

bool lab_unpack(const char *file, const char *folder, uid_t owner, struct error *error)
{
    struct unpacking unpacking = {.pack = fopen(file, "re"),
        .folder_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC),
        .owner = owner};
    bool unpacked = unpacking.pack != NULL && unpacking.folder_fd >= 0, more = unpacked;
    if (unpacked)
        unpacking.pack_fd = fileno(unpacking.pack);
    while (unpacked && more)
        unpacked = unpack_entry(&unpacking, &more);
    if (!unpacked)
        error_set_errno(error, ERROR_LAB, "the database template cannot be unpacked");
    if (unpacking.pack != NULL)
        fclose(unpacking.pack);
    if (unpacking.folder_fd >= 0)
        close(unpacking.folder_fd);
    return unpacked;
}
