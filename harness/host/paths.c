// Where things are: what hangup brings, the results, and the cache with the guest kernel and the database
// templates.
#include "host/paths.h"

#include <libgen.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// An empty variable counts as unset, as the XDG specification and the shell's ${NAME:-…} have it.
static const char *environment(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && value[0] != '\0' ? value : NULL;
}

static bool copy_path(char path[PATH_MAX], const char *from, struct error *error)
{
    int length = snprintf(path, PATH_MAX, "%s", from);
    if (length < 0 || length >= PATH_MAX)
        return error_set(error, ERROR_INPUT, "path too long: %s", from);
    return true;
}

static bool join_path(char path[PATH_MAX], const char *folder, const char *name, struct error *error)
{
    int length = snprintf(path, PATH_MAX, "%s/%s", folder, name);
    if (length < 0 || length >= PATH_MAX)
        return error_set(error, ERROR_INPUT, "path too long: %s/%s", folder, name);
    return true;
}

// An override must exist: a typing error must not silently fall back to the default.
static bool resolve_override(char path[PATH_MAX], const char *variable, int mode, struct error *error)
{
    if (realpath(environment(variable), path) == NULL || access(path, mode) != 0)
        return error_set_errno(error, ERROR_INPUT, "%s=%s", variable, environment(variable));
    return true;
}

static bool find_executable(struct paths *paths, struct error *error)
{
    ssize_t length = readlink("/proc/self/exe", paths->executable, sizeof paths->executable - 1);
    if (length < 0)
        return error_set_errno(error, ERROR_LAB, "/proc/self/exe");
    paths->executable[length] = '\0';
    return true;
}

// Builds live at different depths (build/hangup, build/asan/hangup, build/harness/tests/…), so look upwards.
static bool find_root(struct paths *paths, struct error *error)
{
    if (environment("HANGUP_ROOT") != NULL)
        return resolve_override(paths->root, "HANGUP_ROOT", R_OK | X_OK, error);
    memcpy(paths->root, paths->executable, sizeof paths->root);
    for (char *slash; (slash = strrchr(paths->root, '/')) != NULL && slash != paths->root;) {
        *slash = '\0';
        char scenarios[PATH_MAX];
        if (!join_path(scenarios, paths->root, "scenarios", error))
            return false;
        if (access(scenarios, R_OK | X_OK) == 0)
            return true;
    }
    return error_set(error, ERROR_LAB,
        "no folder above %s holds scenarios/: set HANGUP_ROOT to the project's folder, or to PREFIX/lib/hangup",
        paths->executable);
}

static bool find_results(struct paths *paths, struct error *error)
{
    char here[PATH_MAX];
    if (getcwd(here, sizeof here) == NULL)
        return error_set_errno(error, ERROR_INPUT, "the working directory");
    return join_path(paths->results, here, "results", error) &&
           join_path(paths->baseline, paths->root, "results/baseline", error);
}

static bool find_companions(struct paths *paths, struct error *error)
{
    char executable[PATH_MAX];
    memcpy(executable, paths->executable, sizeof executable);
    const char *folder = dirname(executable);
    return join_path(paths->lab, folder, "hangup-lab", error) &&
           join_path(paths->init, folder, "hangup-init", error);
}

// scripts/cache-folder.sh says the same for the shell.
static bool find_cache(struct paths *paths, struct error *error)
{
    const char *override = environment("HANGUP_CACHE");
    if (override != NULL && override[0] != '/')
        return error_set(error, ERROR_INPUT, "HANGUP_CACHE=%s: not an absolute path", override);
    if (override != NULL)
        return copy_path(paths->cache, override, error);
    if (environment("XDG_CACHE_HOME") != NULL)
        return join_path(paths->cache, environment("XDG_CACHE_HOME"), "hangup", error);
    const char *home = environment("HOME");
    const struct passwd *user = home == NULL ? getpwuid(getuid()) : NULL;
    if (user != NULL)
        home = user->pw_dir;
    if (home != NULL && home[0] == '/')
        return join_path(paths->cache, home, ".cache/hangup", error);
    // A user without a home, as in some containers.
    char name[64];
    snprintf(name, sizeof name, "hangup-%u", (unsigned)getuid());
    return join_path(paths->cache, "/var/tmp", name, error);
}

// guest-kernel, in the cache or in a release, points to the newest build's folder. The real path names the
// version, which the results record.
static bool find_kernel_in(const char *folder, char kernel[PATH_MAX])
{
    char link[PATH_MAX];
    int length = snprintf(link, sizeof link, "%s/guest-kernel/linux", folder);
    return length < (int)sizeof link && realpath(link, kernel) != NULL && access(kernel, X_OK) == 0;
}

static bool find_kernel(struct paths *paths, struct error *error)
{
    if (environment("HANGUP_KERNEL") != NULL)
        return resolve_override(paths->kernel, "HANGUP_KERNEL", X_OK, error);
    if (!find_kernel_in(paths->cache, paths->kernel) && !find_kernel_in(paths->root, paths->kernel))
        paths->kernel[0] = '\0';
    return true;
}

static bool find_mode(struct paths *paths, struct error *error)
{
    const char *mode = environment("HANGUP_GUEST");
    paths->ptrace = mode != NULL && strcmp(mode, "ptrace") == 0;
    return mode == NULL || paths->ptrace || strcmp(mode, "seccomp") == 0 ||
           error_set(error, ERROR_INPUT, "HANGUP_GUEST=%s: neither `seccomp` nor `ptrace`", mode);
}

bool paths_find(struct paths *paths, struct error *error)
{
    return find_executable(paths, error) && find_root(paths, error) && find_companions(paths, error) &&
           find_cache(paths, error) && find_kernel(paths, error) && find_mode(paths, error) &&
           find_results(paths, error) && join_path(paths->database, paths->cache, "database", error) &&
           join_path(paths->images, paths->cache, "images", error);
}

const char *paths_kernel_in_cache(const struct paths *paths)
{
    char cache[PATH_MAX];
    size_t length = realpath(paths->cache, cache) != NULL ? strlen(cache) : 0;
    bool below = length > 0 && strncmp(paths->kernel, cache, length) == 0 && paths->kernel[length] == '/';
    return below ? paths->kernel + length + 1 : NULL;
}
