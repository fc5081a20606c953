// What the server sees: PostgreSQL's programs, its data, its sockets, and accounts of the lab's own.
#include "lab/keys.h"
#include "lab/mount.h"
#include "lab/view_internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

// The machine's own accounts and name services are no business of the server's, and would differ from machine
// to machine.
static const struct {
    const char *place, *text;
} files[] = {
    {"/etc/passwd", "root:x:0:0::/:/bin/false\nhangup-server:x:64070:64070::/:/bin/false\n"},
    {"/etc/group", "root:x:0:\nhangup-server:x:64070:\n"},
    {"/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\n"},
};

static bool place_file(const char *place, const char *text, struct error *error)
{
    char source[64], target[64];
    snprintf(source, sizeof(source), LAB_VIEW_SCRATCH "%s", strrchr(place, '/'));
    snprintf(target, sizeof(target), LAB_VIEW_ROOT "%s", place);
    int fd = open(source, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (!written)
        error_set_errno(error, ERROR_LAB, "%s", source);
    if (fd >= 0)
        close(fd);
    return written && lab_mount_bind(source, target, true, error);
}

static bool place_files(struct error *error)
{
    if (!lab_mount_folder(LAB_VIEW_SCRATCH, 0755, error) ||
        !lab_mount_at("tmpfs", LAB_VIEW_SCRATCH, 0, "mode=755", error))
        return false;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        if (!place_file(files[i].place, files[i].text, error))
            return false;
    return true;
}

static bool share(const char *folder, struct error *error)
{
    char target[64];
    snprintf(target, sizeof(target), LAB_VIEW_ROOT "%s", folder);
    return lab_mount_folder(target, 0755, error) && lab_mount_bind(folder, target, false, error);
}

static bool cover(const char *folder, const char *options, unsigned long flags, struct error *error)
{
    return lab_mount_at("tmpfs", folder, MS_NOSUID | MS_NODEV | MS_NOEXEC | flags, options, error);
}

static bool furnish_server_view(const void *context, struct error *error)
{
    (void)context;
    return lab_mount_folder(LAB_VIEW_ROOT, 0755, error) && lab_mount_bind("/", LAB_VIEW_ROOT, true, error) &&
           cover(LAB_VIEW_ROOT "/proc", "size=4k,mode=555", MS_RDONLY, error) &&
           cover(LAB_VIEW_ROOT "/sys", "size=4k,mode=555", MS_RDONLY, error) &&
           cover(LAB_VIEW_ROOT "/run", "mode=755", 0, error) &&
           cover(LAB_VIEW_ROOT "/tmp", "mode=1777", 0, error) && lab_view_make_devices(error) &&
           share(LAB_MOUNT_DATABASE, error) && share(LAB_MOUNT_SOCKETS, error) && place_files(error) &&
           lab_keys_place_library(LAB_VIEW_SCRATCH, LAB_VIEW_ROOT, error);
}

bool lab_view_open_server(struct lab_view *view, struct error *error)
{
    const struct lab_view_plan plan = {.furnish = furnish_server_view, .namespace_fd = -1};
    return lab_view_open(view, &plan, error);
}
