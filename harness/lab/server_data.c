// The data directory that the server starts with.
#include "contract/template.h"
#include "lab/mount.h"
#include "lab/server_internal.h"
#include "lab/view.h"

#include <errno.h>
#include <ftw.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMPLATE LAB_MOUNT_TEMPLATE "/" TEMPLATE_DATA
#define SCRATCH  "/run/data"

static int give_away(const char *path, const struct stat *attributes, int type, struct FTW *position)
{
    (void)type, (void)position;
    if (attributes->st_uid == LAB_SERVER_USER && attributes->st_gid == LAB_SERVER_USER)
        return 0;
    return lchown(path, LAB_SERVER_USER, LAB_SERVER_USER);
}

// Where the host's user could not give the template's files away, they are still that user's.
static bool own_all(struct error *error)
{
    struct stat data;
    if (stat(TEMPLATE, &data) != 0)
        return error_set_errno(error, ERROR_LAB, "the database template");
    bool owned = data.st_uid == LAB_SERVER_USER || nftw(LAB_MOUNT_DATABASE, give_away, 16, FTW_PHYS) == 0;
    return owned || error_set_errno(error, ERROR_LAB, "the database template: cannot give it to the server");
}

bool lab_server_make_data(struct error *error)
{
    return lab_mount_folder(LAB_MOUNT_DATABASE, 0700, error) && lab_mount_folder(SCRATCH, 0700, error) &&
           lab_mount_at("tmpfs", SCRATCH, MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=700", error) &&
           lab_mount_overlay(TEMPLATE, SCRATCH "/written", LAB_MOUNT_DATABASE, error) && own_all(error);
}
