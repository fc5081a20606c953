// Folders from the root to the leaf, and back.
#include "base/directory.h"

#include "base/path.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define OPEN_FOLDERS 16

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

static int remove_entry(const char *path, const struct stat *attributes, int type, struct FTW *position)
{
    (void)attributes, (void)type, (void)position;
    return remove(path);
}

void folder_remove(const char *path)
{
    nftw(path, remove_entry, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}
