// Mounts of the guest. hangup-init has made the image the root before it became us.
#include "lab/mount.h"

#include "base/path.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

bool lab_mount_folder(const char *path, mode_t mode, struct error *error)
{
    if ((mkdir(path, mode) != 0 && errno != EEXIST) || chmod(path, mode) != 0)
        return error_set_errno(error, ERROR_LAB, "mkdir %s", path);
    return true;
}

bool lab_mount_folders_above(const char *root, const char *path, struct error *error)
{
    char folder[PATH_MAX];
    path_format(folder, "%s", path);
    for (char *end = folder + strlen(root) + 1; (end = strchr(end, '/')) != NULL; *end++ = '/') {
        *end = '\0';
        if (mkdir(folder, 0755) != 0 && errno != EEXIST)
            return error_set_errno(error, ERROR_LAB, "mkdir %s", folder);
    }
    return true;
}

bool lab_mount_at(
    const char *type, const char *target, unsigned long flags, const char *options, struct error *error)
{
    if (mount(type, target, type, flags, options) != 0)
        return error_set_errno(error, ERROR_LAB, "mount %s at %s", type, target);
    return true;
}

bool lab_mount_bind(const char *source, const char *target, bool read_only, struct error *error)
{
    if (mount(source, target, NULL, MS_BIND, NULL) != 0 ||
        (read_only &&
            mount(NULL, target, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) != 0))
        return error_set_errno(error, ERROR_LAB, "mount %s at %s", source, target);
    return true;
}

// The overlay's own attributes are those of its upper folder.
static bool make_upper(const char *upper, const char *lower, struct error *error)
{
    struct stat attributes;
    if (!lab_mount_folder(upper, 0700, error))
        return false;
    if (stat(lower, &attributes) != 0 || chown(upper, attributes.st_uid, attributes.st_gid) != 0 ||
        chmod(upper, attributes.st_mode & 07777) != 0)
        return error_set_errno(error, ERROR_LAB, "%s", upper);
    return true;
}

bool lab_mount_overlay(const char *lower, const char *scratch, const char *target, struct error *error)
{
    char upper[PATH_MAX], work[PATH_MAX], options[3 * PATH_MAX + 64];
    path_format(upper, "%s/upper", scratch);
    path_format(work, "%s/work", scratch);
    // Who is not the template's owner is given its files: metacopy does that without copying them.
    snprintf(options, sizeof(options), "lowerdir=%s,upperdir=%s,workdir=%s,metacopy=on", lower, upper, work);
    return lab_mount_folder(scratch, 0700, error) && make_upper(upper, lower, error) &&
           lab_mount_folder(work, 0700, error) &&
           lab_mount_at("overlay", target, MS_NOSUID | MS_NODEV, options, error);
}

static bool mount_kernel_folders(struct error *error)
{
    return lab_mount_at("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL, error) &&
           lab_mount_at("sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL, error) &&
           lab_mount_at("devtmpfs", "/dev", MS_NOSUID, NULL, error) &&
           lab_mount_at("tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=755", error);
}

// The guest's process works in the cell's folder, and hostfs finds it so: by what the name means at the time,
// for a branch of the guest works in another one.
static bool mount_host(char folder[static PATH_MAX], struct error *error)
{
    static const char working[] = "/proc/self/cwd", results[] = "/proc/self/cwd/.";
    char link[PATH_MAX];
    if (!lab_mount_folder(LAB_MOUNT_HOST, 0700, error) || !lab_mount_folder(LAB_MOUNT_RESULTS, 0700, error))
        return false;
    if (mount("none", LAB_MOUNT_HOST, "hostfs", MS_NOSUID | MS_NODEV | MS_RDONLY, "/") != 0)
        return error_set_errno(error, ERROR_LAB, "mount this machine's files");
    ssize_t length = readlink(path_format(link, LAB_MOUNT_HOST "%s", working), folder, PATH_MAX - 1);
    folder[length > 0 ? length : 0] = '\0';
    if (length <= 0 || mount("none", LAB_MOUNT_RESULTS, "hostfs",
                           MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME, results) != 0)
        return error_set_errno(error, ERROR_LAB, "mount the cell's folder for the results");
    return true;
}

bool lab_mount_all(char folder[static PATH_MAX], struct error *error)
{
    umask(022);
    if (!mount_kernel_folders(error) || !mount_host(folder, error) ||
        !lab_mount_folder(LAB_MOUNT_SHARED, 0755, error) ||
        !lab_mount_at("tmpfs", LAB_MOUNT_SHARED, MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755", error) ||
        !lab_mount_folder(LAB_MOUNT_TERMINALS, 0755, error) ||
        !lab_mount_at("devpts", LAB_MOUNT_TERMINALS, MS_NOSUID | MS_NOEXEC, "mode=620,ptmxmode=666", error))
        return false;
    if (!lab_mount_folder(LAB_MOUNT_INPUT, 0700, error) ||
        !lab_mount_bind(LAB_MOUNT_RESULTS, LAB_MOUNT_INPUT, true, error))
        return false;
    return chdir(LAB_MOUNT_RESULTS) == 0 || error_set_errno(error, ERROR_LAB, LAB_MOUNT_RESULTS);
}

bool lab_mount_template(const char *folder, struct error *error)
{
    char source[PATH_MAX];
    return lab_mount_folder(LAB_MOUNT_TEMPLATE, 0755, error) &&
           lab_mount_bind(path_format(source, LAB_MOUNT_HOST "%s", folder), LAB_MOUNT_TEMPLATE, true, error);
}
