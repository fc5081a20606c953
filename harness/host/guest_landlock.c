// Debian 12's headers know ABI 2 at most, so the later rights are written down here.
#include "host/guest_landlock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (1ULL << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15)
#endif
#ifndef LANDLOCK_ACCESS_NET_BIND_TCP
#define LANDLOCK_ACCESS_NET_BIND_TCP    (1ULL << 0)
#define LANDLOCK_ACCESS_NET_CONNECT_TCP (1ULL << 1)
#endif
#ifndef LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET
#define LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET (1ULL << 0)
#define LANDLOCK_SCOPE_SIGNAL               (1ULL << 1)
#endif

#define READ_FILES  (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE)
#define WRITE_FILES (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)
#define CHANGE_FOLDERS                                                                                       \
    (LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |          \
        LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |          \
        LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_REFER)
#define NEVER_GRANTED                                                                                        \
    (LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_IOCTL_DEV)
#define OF_A_FILE (READ_FILES | WRITE_FILES | LANDLOCK_ACCESS_FS_IOCTL_DEV)

// As the newest kernel that is known here has it; an older one takes the zeros at its end for what they are.
struct ruleset {
    uint64_t handled_files, handled_net, scoped;
};

int guest_landlock_abi(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return abi > 0 ? (int)abi : 0;
}

static struct ruleset all_of(int abi)
{
    struct ruleset all = {.handled_files = READ_FILES | WRITE_FILES | CHANGE_FOLDERS | NEVER_GRANTED |
                                           LANDLOCK_ACCESS_FS_READ_DIR};
    if (abi < 2)
        all.handled_files &= ~LANDLOCK_ACCESS_FS_REFER;
    if (abi < 3)
        all.handled_files &= ~LANDLOCK_ACCESS_FS_TRUNCATE;
    if (abi < 5)
        all.handled_files &= ~LANDLOCK_ACCESS_FS_IOCTL_DEV;
    if (abi >= 4)
        all.handled_net = LANDLOCK_ACCESS_NET_BIND_TCP | LANDLOCK_ACCESS_NET_CONNECT_TCP;
    if (abi >= 6)
        all.scoped = LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | LANDLOCK_SCOPE_SIGNAL;
    return all;
}

struct rules {
    int fd;
    uint64_t handled;
};

static bool allow(const struct rules *rules, const char *path, uint64_t access, struct error *error)
{
    struct stat attributes;
    struct landlock_path_beneath_attr rule = {.parent_fd = open(path, O_PATH | O_CLOEXEC)};
    if (rule.parent_fd < 0) // nothing is there, or it cannot be reached anyway
        return errno == ENOENT || errno == EACCES || errno == ENOTDIR || errno == ELOOP ||
               error_set_errno(error, ERROR_LAB, "%s", path);
    if (fstat(rule.parent_fd, &attributes) != 0 || !S_ISDIR(attributes.st_mode))
        access &= OF_A_FILE;
    rule.allowed_access = access & rules->handled;
    bool added = rule.allowed_access == 0 ||
                 syscall(SYS_landlock_add_rule, rules->fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0 ||
                 error_set_errno(error, ERROR_LAB, "Landlock: %s", path);
    close(rule.parent_fd);
    return added;
}

// The host's own files, as a root for the guest: what is in its folders, but for those of which the guest has
// its own: they hold devices, processes and sockets.
static bool allow_root(const struct rules *rules, struct error *error)
{
    static const char hidden[] = " . .. dev proc sys run ";
    DIR *root = opendir("/");
    bool good = root != NULL || error_set_errno(error, ERROR_LAB, "/");
    for (struct dirent *entry; good && root != NULL && (entry = readdir(root)) != NULL;) {
        char path[PATH_MAX], word[NAME_MAX + 3];
        snprintf(word, sizeof(word), " %s ", entry->d_name);
        snprintf(path, sizeof(path), "/%s", entry->d_name);
        if (strstr(hidden, word) == NULL)
            good = allow(rules, path, READ_FILES | LANDLOCK_ACCESS_FS_READ_DIR, error);
    }
    if (root != NULL)
        closedir(root);
    return good && allow(rules, "/", LANDLOCK_ACCESS_FS_READ_DIR, error);
}

static bool allow_all(const struct rules *rules, const struct guest_landlock *allowed, struct error *error)
{
    for (const char *const *path = allowed->readable; *path != NULL; path++) {
        if (strcmp(*path, "/") == 0 ? !allow_root(rules, error)
                                    : !allow(rules, *path, READ_FILES | LANDLOCK_ACCESS_FS_READ_DIR, error))
            return false;
    }
    for (const char *const *path = allowed->writable; *path != NULL; path++)
        if (!allow(
                rules, *path, READ_FILES | WRITE_FILES | CHANGE_FOLDERS | LANDLOCK_ACCESS_FS_READ_DIR, error))
            return false;
    return allowed->memory == NULL ||
           allow(rules, allowed->memory, LANDLOCK_ACCESS_FS_READ_FILE | WRITE_FILES, error);
}

int guest_landlock_ruleset(const struct guest_landlock *allowed, struct error *error)
{
    const struct ruleset all = all_of(guest_landlock_abi());
    const struct rules rules = {
        .fd = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0), .handled = all.handled_files};
    if (rules.fd < 0) {
        error_set_errno(error, ERROR_LAB, "Landlock");
        return -1;
    }
    fcntl(rules.fd, F_SETFD, FD_CLOEXEC);
    if (allow_all(&rules, allowed, error))
        return rules.fd;
    close(rules.fd);
    return -1;
}

bool guest_landlock_enter(const struct guest_landlock *allowed, struct error *error)
{
    int fd = guest_landlock_ruleset(allowed, error);
    if (fd < 0)
        return false;
    bool entered = syscall(SYS_landlock_restrict_self, fd, 0) == 0 ||
                   error_set_errno(error, ERROR_LAB, "Landlock");
    close(fd);
    return entered;
}
