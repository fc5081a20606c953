// The data directory that the server starts with.
#include "contract/template.h"
#include "lab/mount.h"
#include "lab/pack.h"
#include "lab/server_internal.h"
#include "lab/view.h"

#include <sys/mount.h>
#include <unistd.h>

bool lab_server_make_data(struct error *error)
{
    return lab_mount_folder(LAB_MOUNT_DATABASE, 0700, error) &&
           lab_mount_at("tmpfs", LAB_MOUNT_DATABASE, MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=700", error) &&
           (chown(LAB_MOUNT_DATABASE, LAB_SERVER_USER, LAB_SERVER_USER) == 0 ||
               error_set_errno(error, ERROR_LAB, LAB_MOUNT_DATABASE)) &&
           lab_unpack(LAB_MOUNT_TEMPLATE "/" TEMPLATE_DATA, LAB_MOUNT_DATABASE, LAB_SERVER_USER, error);
}
