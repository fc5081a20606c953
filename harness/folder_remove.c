// A walk from the leaves to the root.
#include "folder_remove.h"

#include <ftw.h>
#include <stdio.h>

#define OPEN_FOLDERS 16

static int remove_entry(const char *path, const struct stat *attributes, int type, struct FTW *position)
{
    (void)attributes, (void)type, (void)position;
    return remove(path);
}

void folder_remove(const char *path)
{
    nftw(path, remove_entry, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
}
