// Adds up blocks, so that a file with holes counts for what it takes.
#include "host/guest_disk.h"

#include "base/path.h"

#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK     512   // the unit of st_blocks
#define FILES_MAX 20000 // as good as too many bytes: nobody makes so many files of a cell

int64_t guest_disk_used(const char *folder, char largest[static NAME_MAX + 1])
{
    char path[PATH_MAX];
    char *const roots[] = {path_format(path, "%s", folder), NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    int64_t used = 0, most = -1, files = 0;
    largest[0] = '\0';
    for (FTSENT *entry; tree != NULL && files < FILES_MAX && (entry = fts_read(tree)) != NULL;) {
        if (entry->fts_info != FTS_F && entry->fts_info != FTS_DEFAULT)
            continue;
        int64_t bytes = (int64_t)entry->fts_statp->st_blocks * BLOCK;
        files++;
        used += bytes;
        if (bytes > most)
            snprintf(largest, NAME_MAX + 1, "%s", entry->fts_name);
        most = bytes > most ? bytes : most;
    }
    if (tree != NULL)
        fts_close(tree);
    return files < FILES_MAX ? used : INT64_MAX;
}

// The guest's memory is a file, too, and longer than the limit: it is made before the kernel makes its home.
static void bound_each_file(struct guest_disk *disk, const char *folder, pid_t pid)
{
    char home[PATH_MAX];
    const struct rlimit limit = {(rlim_t)disk->limit, (rlim_t)disk->limit};
    if (disk->told || !disk->each_file ||
        (!disk->memory_made && access(path_format(home, "%s/.uml", folder), F_OK) != 0))
        return;
    disk->told = prlimit(pid, RLIMIT_FSIZE, &limit, NULL) == 0;
}

bool guest_disk_fail(const struct guest_disk *disk, const char *folder, struct error *error)
{
    char largest[NAME_MAX + 1];
    guest_disk_used(folder, largest);
    return error_set(error, ERROR_LAB,
        "the cell wrote more than %lld kb to this machine's disk, most of it to %s: --disk-limit allows more",
        (long long)(disk->limit >> 10), largest);
}

bool guest_disk_check(struct guest_disk *disk, const char *folder, pid_t pid, struct error *error)
{
    char largest[NAME_MAX + 1];
    if (disk->limit == 0)
        return true;
    bound_each_file(disk, folder, pid);
    return guest_disk_used(folder, largest) - disk->before <= disk->limit ||
           guest_disk_fail(disk, folder, error);
}
