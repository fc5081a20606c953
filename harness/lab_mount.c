// Mounts of the guest. The kernel mounted the host's root read-only (hostfs) before it started us.
#include "lab_mount.h"

#include "path_format.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCRATCH "/run" // exists on every Debian; holds the upper layers

static bool make_folder(const char *path, struct error *error)
{
    if (mkdir(path, 0755) != 0 && errno != EEXIST)
        return error_set_errno(error, ERROR_LAB, "mkdir %s", path);
    return true;
}

static bool mount_at(const char *type, const char *target, const char *options, struct error *error)
{
    if (mount(type, target, type, 0, options) != 0)
        return error_set_errno(error, ERROR_LAB, "mount %s at %s", type, target);
    return true;
}

// The overlay's own attributes are those of its upper folder.
static bool make_upper(const char *upper, const char *lower, struct error *error)
{
    struct stat attributes;
    if (!make_folder(upper, error))
        return false;
    if (stat(lower, &attributes) != 0 || chown(upper, attributes.st_uid, attributes.st_gid) != 0 ||
        chmod(upper, attributes.st_mode & 07777) != 0)
        return error_set_errno(error, ERROR_LAB, "%s", upper);
    return true;
}

// Mounts the overlay at `target`, which exists; `name` names its folder for what is written.
static bool mount_overlay(const char *name, const char *lower, const char *target, struct error *error)
{
    char folder[PATH_MAX], upper[PATH_MAX], work[PATH_MAX], options[3 * PATH_MAX + 64];
    path_format(folder, SCRATCH "/.overlay-%s", name);
    path_format(upper, "%s/upper", folder);
    path_format(work, "%s/work", folder);
    snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s", lower, upper, work);
    return make_folder(folder, error) && make_upper(upper, lower, error) && make_folder(work, error) &&
           mount_at("overlay", target, options, error);
}

static bool enter_root(const char *root, struct error *error)
{
    // The kernel's first root cannot be unmounted; moving the new one over it hides it for good.
    if (chdir(root) != 0 || mount(".", "/", NULL, MS_MOVE, NULL) != 0 || chroot(".") != 0 || chdir("/") != 0)
        return error_set_errno(error, ERROR_LAB, "cannot enter the new root");
    return true;
}

static bool mount_kernel_folders(struct error *error)
{
    if (!mount_at("proc", "/proc", NULL, error) || !mount_at("sysfs", "/sys", NULL, error) ||
        !mount_at("devtmpfs", "/dev", NULL, error) || !mount_at("tmpfs", "/run", NULL, error))
        return false;
    if (!make_folder("/dev/shm", error) || !mount_at("tmpfs", "/dev/shm", "mode=1777", error))
        return false;
    if (symlink("/proc/self/fd", "/dev/fd") != 0 && errno != EEXIST)
        return error_set_errno(error, ERROR_LAB, "/dev/fd");
    return true;
}

bool lab_mount_all(const char *folder, struct error *error)
{
    umask(022);
    if (!mount_at("tmpfs", SCRATCH, NULL, error) || !make_folder(SCRATCH "/root", error) ||
        !mount_overlay("root", "/", SCRATCH "/root", error))
        return false;
    if (!enter_root(SCRATCH "/root", error) || !mount_kernel_folders(error))
        return false;
    if (mount("none", folder, "hostfs", 0, folder) != 0)
        return error_set_errno(error, ERROR_LAB, "mount %s for the results", folder);
    if (chdir(folder) != 0)
        return error_set_errno(error, ERROR_LAB, "%s", folder);
    return true;
}

bool lab_mount_overlay(const char *lower, const char *target, struct error *error)
{
    const char *name = strrchr(target, '/');
    return make_folder(target, error) &&
           mount_overlay(name == NULL ? target : name + 1, lower, target, error);
}
