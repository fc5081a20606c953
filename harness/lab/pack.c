// First a line for each entry, "f 600 8192 base/1/112" or "d 700 0 base", and "e 0 0 ." as the last: what is
// cut off there has none. Behind it the files' bytes in the same order. So unpacking reads the lines in one
// go, and costs three system calls a file: a cell pays for each with a change between the guest's kernel and
// its process.
#include "lab/pack.h"

#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define LAST_LINE "\ne 0 0 .\n"
#define BLOCK     (64 << 10)
#define LINES_MAX (4 << 20)

static int by_entry_name(const FTSENT **left, const FTSENT **right)
{
    return strcmp((*left)->fts_name, (*right)->fts_name);
}

static bool copy_bytes(int from, int to, off_t *offset, off_t length)
{
    while (length > 0) {
        const ssize_t copied = sendfile(to, from, offset, (size_t)length);
        if (copied == 0 || (copied < 0 && errno != EINTR))
            return false;
        length -= copied > 0 ? copied : 0;
    }
    return true;
}

static bool pack_line(int pack, const FTSENT *entry, const char *name)
{
    const bool is_file = entry->fts_info == FTS_F;
    return (is_file || entry->fts_info == FTS_D) &&
           dprintf(pack, "%c %o %lld %s\n", is_file ? 'f' : 'd', (unsigned)entry->fts_statp->st_mode & 07777,
               is_file ? (long long)entry->fts_statp->st_size : 0, name) > 0;
}

static bool pack_bytes(int pack, const FTSENT *entry, const char *name)
{
    (void)name;
    if (entry->fts_info != FTS_F)
        return true;
    off_t offset = 0;
    int file = open(entry->fts_accpath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    const bool packed = file >= 0 && copy_bytes(file, pack, &offset, entry->fts_statp->st_size);
    if (file >= 0)
        close(file);
    return packed;
}

static bool pack_each(int pack, const char *folder, bool (*part)(int, const FTSENT *, const char *))
{
    char root[PATH_MAX];
    char *const roots[] = {path_format(root, "%s", folder), NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_entry_name);
    bool packed = tree != NULL;
    for (FTSENT *entry; packed && (entry = fts_read(tree)) != NULL;)
        if (entry->fts_info != FTS_DP && (entry->fts_level > 0 || entry->fts_info != FTS_D))
            packed = part(pack, entry, entry->fts_path + strlen(folder) + 1);
    if (tree != NULL)
        fts_close(tree);
    return packed;
}

bool lab_pack(const char *folder, const char *file, struct error *error)
{
    int pack = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool packed = pack >= 0 && pack_each(pack, folder, pack_line) && dprintf(pack, LAST_LINE) > 0 &&
                  pack_each(pack, folder, pack_bytes);
    if (!packed)
        error_set_errno(error, ERROR_LAB, "%s", file);
    if (pack >= 0 && close(pack) != 0 && packed)
        packed = error_set_errno(error, ERROR_LAB, "%s", file);
    return packed;
}

struct unpacking {
    const char *lines; // of the entries that are still to be made
    int pack_fd, folder_fd;
    off_t offset; // of the next file's bytes
};

static bool unpack_file(struct unpacking *unpacking, const char *name, mode_t mode, off_t size)
{
    int file = openat(unpacking->folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    const bool made = file >= 0 && copy_bytes(unpacking->pack_fd, file, &unpacking->offset, size);
    if (file >= 0)
        close(file);
    return made;
}

// `*more`: this was not the last one.
static bool unpack_entry(struct unpacking *unpacking, bool *more)
{
    const char *line = unpacking->lines + strspn(unpacking->lines, "\n");
    char name[PATH_MAX], *at;
    const char kind = *line;
    if (kind == '\0')
        return false;
    const mode_t mode = (mode_t)strtoul(line + 1, &at, 8);
    const off_t size = (off_t)strtoll(at, &at, 10);
    const size_t length = strcspn(at, "\n");
    if (*at != ' ' || length > sizeof(name))
        return false;
    path_format(name, "%.*s", (int)length - 1, at + 1);
    unpacking->lines = at + length;
    *more = kind != 'e';
    if (kind == 'd')
        return mkdirat(unpacking->folder_fd, name, mode) == 0;
    return !*more || (kind == 'f' && unpack_file(unpacking, name, mode, size));
}

// The lines at the start of the pack, for the caller to free. NULL: it is cut off, or cannot be read.
static char *lines_of(int pack, off_t *length)
{
    char *lines = NULL;
    for (size_t size = 0, held = 0; size < LINES_MAX;) {
        char *more = realloc(lines, size + BLOCK + 1);
        const ssize_t got = more == NULL ? -1 : pread(pack, more + held, BLOCK, (off_t)held);
        lines = more != NULL ? more : lines;
        if (got <= 0)
            break;
        size += BLOCK;
        held += (size_t)got;
        lines[held] = '\0';
        const char *end = strstr(lines, LAST_LINE);
        if (end != NULL) {
            *length = end - lines + (off_t)strlen(LAST_LINE);
            return lines;
        }
    }
    free(lines);
    return NULL;
}

static bool unpack_all(int pack, int folder, const char *lines, off_t length)
{
    struct unpacking unpacking = {.lines = lines, .pack_fd = pack, .folder_fd = folder, .offset = length};
    bool unpacked = true;
    for (bool more = true; unpacked && more;)
        unpacked = unpack_entry(&unpacking, &more);
    return unpacked;
}

bool lab_unpack(const char *file, const char *folder, uid_t owner, struct error *error)
{
    off_t length = 0;
    int pack = open(file, O_RDONLY | O_CLOEXEC);
    int folder_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    char *lines = pack >= 0 && folder_fd >= 0 ? lines_of(pack, &length) : NULL;
    const uid_t user = (uid_t)setfsuid(owner);
    const gid_t group = (gid_t)setfsgid(owner);
    const bool unpacked = lines != NULL && unpack_all(pack, folder_fd, lines, length);
    setfsuid(user);
    setfsgid(group);
    if (!unpacked)
        error_set_errno(error, ERROR_LAB, "the database template cannot be unpacked");
    free(lines);
    if (pack >= 0)
        close(pack);
    if (folder_fd >= 0)
        close(folder_fd);
    return unpacked;
}
