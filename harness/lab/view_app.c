// What the application sees: the image, or in `hangup exec` the host's files, below a tmpfs of its own; and
// no other process than its own.
#include "base/path.h"
#include "lab/mount.h"
#include "lab/view_internal.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

static char *in_view(char path[static PATH_MAX], const char *place)
{
    return path_format(path, LAB_VIEW_ROOT "%s", place);
}

// Above everything that is written; the files below stay as they are.
static bool make_root(const char *lower, struct error *error)
{
    return lab_mount_folder(LAB_VIEW_ROOT, 0755, error) && lab_mount_folder(LAB_VIEW_SCRATCH, 0700, error) &&
           lab_mount_at("tmpfs", LAB_VIEW_SCRATCH, 0, "mode=700", error) &&
           lab_mount_overlay(lower, LAB_VIEW_SCRATCH "/root", LAB_VIEW_ROOT, error);
}

// Where something is mounted below: a root folder that holds one static program has none of these.
static bool make_places(struct error *error)
{
    static const char *const folders[] = {"/dev", "/etc", "/proc", "/run", "/sys", "/tmp"};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        if (mkdir(in_view(path, folders[i]), 0755) != 0 && errno != EEXIST)
            return error_set_errno(error, ERROR_LAB, "mkdir %s", folders[i]);
    if (mknod(in_view(path, "/etc/hosts"), S_IFREG | 0644, 0) != 0 && errno != EEXIST)
        return error_set_errno(error, ERROR_LAB, "/etc/hosts");
    return true;
}

// A folder lies below a tmpfs, so that who may not enter it can be let through.
static bool show(const struct guest_shown *shown, size_t nth, struct error *error)
{
    char source[PATH_MAX], target[PATH_MAX];
    struct stat attributes;
    path_format(source, LAB_MOUNT_HOST "%s", shown->from);
    if (stat(source, &attributes) != 0)
        return error_set_errno(error, ERROR_LAB, "%s", shown->from);
    if (!lab_mount_folders_above(LAB_VIEW_ROOT, in_view(target, shown->at), error))
        return false;
    if (S_ISDIR(attributes.st_mode)) {
        char scratch[64];
        snprintf(scratch, sizeof(scratch), LAB_VIEW_SCRATCH "/shown-%zu", nth);
        return lab_mount_folder(target, 0755, error) && lab_mount_overlay(source, scratch, target, error);
    }
    int file = open(target, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (file < 0)
        return error_set_errno(error, ERROR_LAB, "%s", shown->at);
    close(file);
    return lab_mount_bind(source, target, true, error);
}

static bool show_all(const struct guest_task *task, struct error *error)
{
    for (size_t i = 0; i < task->shown_count; i++)
        if (!show(&task->shown[i], i, error))
            return false;
    return true;
}

// A link in it leads where it leads in the view, never into PID 1's world.
static int open_in_view(int root_fd, const char *path, uint64_t flags)
{
    const struct open_how how = {
        .flags = O_PATH | O_CLOEXEC | flags, .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    return (int)syscall(SYS_openat2, root_fd, path, &how, sizeof(how));
}

// False: `errno` says why.
static bool let_through(int folder_fd)
{
    char itself[PATH_MAX];
    struct stat attributes;
    if (fstat(folder_fd, &attributes) != 0)
        return false;
    path_format(itself, "/proc/self/fd/%d", folder_fd);
    return (attributes.st_mode & S_IXOTH) != 0 || chmod(itself, (attributes.st_mode & 07777) | S_IXOTH) == 0;
}

// A program may lie in somebody's home. Who cannot list that, and read nothing in it that is closed to
// others, may still pass through it.
static bool open_passage(int root_fd, const char *path, struct error *error)
{
    char folder[PATH_MAX];
    bool there = true, opened = true;
    path_format(folder, "%s", path);
    for (char *end = folder + 1; opened && there && (end = strchr(end, '/')) != NULL; *end++ = '/') {
        *end = '\0';
        int folder_fd = open_in_view(root_fd, folder, O_DIRECTORY);
        there = folder_fd >= 0; // else the program will say so itself
        opened = !there || let_through(folder_fd) || error_set_errno(error, ERROR_LAB, "%s", folder);
        if (there)
            close(folder_fd);
    }
    return opened;
}

// Words like "build/java:/usr/share/java/gson.jar" and "--file=/x" name files, too.
static bool open_passages_of(int root_fd, const char *command_word, struct error *error)
{
    char *words = strdup(command_word), *rest = NULL;
    bool opened = words != NULL || error_set(error, ERROR_LAB, "out of memory");
    for (char *word = words == NULL ? NULL : strtok_r(words, ":=", &rest); opened && word != NULL;
        word = strtok_r(NULL, ":=", &rest))
        opened = word[0] != '/' || open_passage(root_fd, word, error);
    free(words);
    return opened;
}

static bool open_passages(char *const *command, struct error *error)
{
    int root_fd = open(LAB_VIEW_ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
    bool opened = root_fd >= 0 || error_set_errno(error, ERROR_LAB, LAB_VIEW_ROOT);
    for (; opened && command != NULL && *command != NULL; command++)
        opened = open_passages_of(root_fd, *command, error);
    if (root_fd >= 0)
        close(root_fd);
    return opened;
}

static bool make_devices(struct error *error)
{
    static const struct {
        const char *target, *link;
    } links[] = {
        {"pts/ptmx", LAB_VIEW_ROOT "/dev/ptmx"},
        {"/proc/self/fd", LAB_VIEW_ROOT "/dev/fd"},
        {"/proc/self/fd/0", LAB_VIEW_ROOT "/dev/stdin"},
        {"/proc/self/fd/1", LAB_VIEW_ROOT "/dev/stdout"},
        {"/proc/self/fd/2", LAB_VIEW_ROOT "/dev/stderr"},
    };
    if (!lab_view_make_devices(error))
        return false;
    if (mknod(LAB_VIEW_ROOT "/dev/tty", S_IFCHR | 0666, makedev(5, 0)) != 0 ||
        chmod(LAB_VIEW_ROOT "/dev/tty", 0666) != 0)
        return error_set_errno(error, ERROR_LAB, "/dev/tty");
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
        if (symlink(links[i].target, links[i].link) != 0)
            return error_set_errno(error, ERROR_LAB, "%s", links[i].link);
    return lab_mount_folder(LAB_VIEW_ROOT "/dev/pts", 0755, error) &&
           lab_mount_bind(LAB_MOUNT_TERMINALS, LAB_VIEW_ROOT "/dev/pts", false, error);
}

// An entry of /proc that is not a process's: whoever may write to it sets something for the whole kernel.
static bool protect(const char *name, struct error *error)
{
    char path[PATH_MAX];
    struct stat attributes;
    path_format(path, LAB_VIEW_ROOT "/proc/%s", name);
    if (lstat(path, &attributes) != 0)
        return error_set_errno(error, ERROR_LAB, "%s", path);
    bool closed = S_ISLNK(attributes.st_mode) ||
                  (S_ISREG(attributes.st_mode) && (attributes.st_mode & 0222) == 0);
    return closed || lab_mount_bind(path, path, true, error);
}

static bool make_proc(struct error *error)
{
    const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    if (!lab_mount_at("proc", LAB_VIEW_ROOT "/proc", flags, NULL, error))
        return false;
    DIR *proc = opendir(LAB_VIEW_ROOT "/proc");
    if (proc == NULL)
        return error_set_errno(error, ERROR_LAB, "/proc");
    bool made = true;
    for (struct dirent *entry; made && (entry = readdir(proc)) != NULL;)
        if (entry->d_name[0] != '.' && !isdigit((unsigned char)entry->d_name[0]))
            made = protect(entry->d_name, error);
    closedir(proc);
    return made && lab_mount_at("sysfs", LAB_VIEW_ROOT "/sys", flags | MS_RDONLY, NULL, error);
}

// The image has none, and the host's may be a link into its /run.
static bool make_resolver(struct error *error)
{
    static const char resolver[] = LAB_VIEW_ROOT "/etc/resolv.conf";
    return ((unlink(resolver) == 0 || errno == ENOENT) && mknod(resolver, S_IFREG | 0644, 0) == 0) ||
           error_set_errno(error, ERROR_LAB, "/etc/resolv.conf");
}

// A mount at a file that was opened covers it: what is there now is opened anew, and closed to writers.
static bool show_truststore(int root_fd, int covered, const char *path, struct error *error)
{
    char place[PATH_MAX];
    if (!lab_mount_bind(LAB_MOUNT_CACERTS, path_format(place, "/proc/self/fd/%d", covered), false, error))
        return false;
    int file = open_in_view(root_fd, path, 0);
    bool closed = file >= 0 && mount(NULL, path_format(place, "/proc/self/fd/%d", file), NULL,
                                   MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) == 0;
    if (!closed)
        error_set_errno(error, ERROR_LAB, "%s", path);
    if (file >= 0)
        close(file);
    return closed;
}

// The image's Java has a link to a file that is not there: what is missing on the way is made, in the view
// only.
static void make_truststore_place(int root_fd)
{
    static const char *const way[][2] = {{"/etc", "ssl"}, {"/etc/ssl", "certs"}, {"/etc/ssl/certs", "java"},
        {"/etc/ssl/certs/java", "cacerts"}};
    for (size_t i = 0; i < sizeof(way) / sizeof(way[0]); i++) {
        const bool last = i + 1 == sizeof(way) / sizeof(way[0]);
        int above = open_in_view(root_fd, way[i][0], O_DIRECTORY);
        if (above < 0)
            return;
        (void)(last ? mknodat(above, way[i][1], S_IFREG | 0644, 0) : mkdirat(above, way[i][1], 0755));
        close(above);
    }
}

// Where Debian's Java looks for those whom it trusts, in `hangup exec`. Where there is no place for it, as
// below a file that has a folder's name, there is nothing to do.
static bool make_truststore(struct error *error)
{
    static const char path[] = "/etc/ssl/certs/java/cacerts";
    if (access(LAB_MOUNT_CACERTS, R_OK) != 0)
        return true;
    int root_fd = open(LAB_VIEW_ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root_fd >= 0)
        make_truststore_place(root_fd);
    int file = root_fd < 0 ? -1 : open_in_view(root_fd, path, 0);
    bool shown = file < 0 || show_truststore(root_fd, file, path, error);
    if (file >= 0)
        close(file);
    if (root_fd >= 0)
        close(root_fd);
    return shown;
}

static bool make_run(struct error *error)
{
    return lab_mount_at("tmpfs", LAB_VIEW_ROOT "/run", MS_NOSUID | MS_NODEV, "mode=755", error) &&
           lab_mount_folder(LAB_VIEW_ROOT LAB_MOUNT_SHARED, 0755, error) &&
           lab_mount_bind(LAB_MOUNT_SHARED, LAB_VIEW_ROOT LAB_MOUNT_SHARED, true, error) &&
           lab_mount_bind(LAB_MOUNT_HOSTS, LAB_VIEW_ROOT "/etc/hosts", true, error) && make_resolver(error) &&
           lab_mount_bind(LAB_MOUNT_RESOLV, LAB_VIEW_ROOT "/etc/resolv.conf", true, error) &&
           make_truststore(error);
}

static bool make_writable(char *const *folders, struct error *error)
{
    char target[PATH_MAX];
    for (; folders != NULL && *folders != NULL; folders++)
        if (!lab_mount_folders_above(LAB_VIEW_ROOT, in_view(target, *folders), error) ||
            (mkdir(target, 0755) != 0 && errno != EEXIST) ||
            mount("none", in_view(target, *folders), "hostfs", MS_NOSUID | MS_NODEV, *folders) != 0)
            return error_set_errno(error, ERROR_LAB, "cannot make %s writable", *folders);
    return true;
}

static bool hide_at(const char *target, struct error *error)
{
    struct stat attributes;
    if (stat(target, &attributes) != 0)
        return errno == ENOENT || error_set_errno(error, ERROR_LAB, "%s", target); // below the host's /run
    return lab_mount_at(
        "tmpfs", target, MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, "size=4k,mode=000", error);
}

// The last of all mounts: the folder may lie in one that is writable, or in one that is shown elsewhere.
static bool hide(const char *folder, const struct guest_task *task, struct error *error)
{
    char target[PATH_MAX];
    for (size_t i = 0; i < task->shown_count; i++) {
        const size_t length = strlen(task->shown[i].from);
        if (strncmp(folder, task->shown[i].from, length) == 0 && folder[length] == '/' &&
            !hide_at(path_format(target, LAB_VIEW_ROOT "%s%s", task->shown[i].at, folder + length), error))
            return false;
    }
    return !task->host_root || hide_at(in_view(target, folder), error);
}

static bool furnish_app_view(const void *context, struct error *error)
{
    const struct lab_app_view *wanted = context;
    const struct guest_task *task = wanted->task;
    return make_root(task->host_root ? LAB_MOUNT_HOST : "/", error) &&
           (!task->host_root || make_places(error)) && show_all(task, error) &&
           open_passages(wanted->command, error) && make_devices(error) && make_proc(error) &&
           make_run(error) && make_writable(wanted->writable, error) && hide(wanted->hidden, task, error);
}

bool lab_view_open_app(struct lab_view *view, const struct lab_app_view *wanted, struct error *error)
{
    const struct lab_view_plan plan = {.furnish = furnish_app_view,
        .context = wanted,
        .namespace_fd = wanted->namespace_fd,
        .own_processes = true};
    return lab_view_open(view, &plan, error);
}
