// The project's folder has a Makefile; what `make install` installs has none.
#include "host/advice.h"

#include "base/invocation.h"
#include "base/path.h"
#include "host/image.h"
#include "host/kernel_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_here(const struct paths *paths)
{
    char folder[PATH_MAX];
    return getcwd(folder, sizeof(folder)) != NULL && strcmp(folder, paths->root) == 0;
}

static bool has_makefile(const struct paths *paths)
{
    char makefile[PATH_MAX];
    return access(path_format(makefile, "%s/Makefile", paths->root), R_OK) == 0;
}

// "root/NAME", quoted. The caller frees it.
static char *quoted_below_root(const struct paths *paths, const char *name)
{
    char path[PATH_MAX];
    return shell_word(path_format(path, "%s%s", paths->root, name));
}

char *advice_make(const struct paths *paths, const char *target, char command[static ADVICE_SIZE])
{
    char *root = quoted_below_root(paths, "");
    const char *blank = target[0] != '\0' ? " " : "";
    command[0] = '\0';
    if (has_makefile(paths) && (is_here(paths) || root == NULL))
        snprintf(command, ADVICE_SIZE, "make%s%s", blank, target);
    else if (has_makefile(paths))
        snprintf(command, ADVICE_SIZE, "make -C %s%s%s", root, blank, target);
    free(root);
    return command;
}

char *advice_kernel(const struct paths *paths, char command[static ADVICE_SIZE])
{
    if (advice_make(paths, "kernel", command)[0] != '\0')
        return command;
    char *packages = quoted_below_root(paths, "/scripts/install-packages.sh");
    char *build = quoted_below_root(paths, "/scripts/build-kernel.sh");
    if (packages != NULL && build != NULL)
        snprintf(command, ADVICE_SIZE, "%s kernel && %s", packages, build);
    free(packages);
    free(build);
    return command;
}

char *advice_image(const struct paths *paths, const char *name, char command[static ADVICE_SIZE])
{
    char target[NAME_MAX + 32];
    snprintf(target, sizeof(target), "image IMAGE=%s", name);
    if (advice_make(paths, target, command)[0] != '\0')
        return command;
    char *packages = quoted_below_root(paths, "/scripts/install-packages.sh");
    char *build = quoted_below_root(paths, "/scripts/build-image.sh");
    if (packages != NULL && build != NULL)
        snprintf(command, ADVICE_SIZE, "%s image && %s %s", packages, build, name);
    free(packages);
    free(build);
    return command;
}

char *advice_new_kernel(const struct paths *paths, char command[static ADVICE_SIZE])
{
    char folder[PATH_MAX], build[ADVICE_SIZE];
    command[0] = '\0';
    if (paths_kernel_in_cache(paths) == NULL)
        return command;
    path_format(folder, "%s", paths->kernel);
    *strrchr(folder, '/') = '\0';
    char *word = shell_word(folder);
    size_t used = (size_t)snprintf(command, ADVICE_SIZE, "rm -r %s && ", word != NULL ? word : "");
    snprintf(command + used, ADVICE_SIZE - used, "%s", advice_kernel(paths, build));
    free(word);
    return command;
}

// What lies in the folder of a build's results is made by `make`.
static bool is_built_here(const struct paths *paths, const char *path)
{
    char folder[PATH_MAX];
    path_format(folder, "%s/build/", paths->root);
    return strncmp(path, folder, strlen(folder)) == 0;
}

char *advice_subject(const struct paths *paths, const struct subject *subject, const struct erofs *image,
    char command[static ADVICE_SIZE])
{
    const char *missing = subject_missing_file(subject, image);
    command[0] = '\0';
    if (missing != NULL && is_built_here(paths, missing))
        return advice_make(paths, "", command);
    if (missing != NULL && image != NULL && !subject_brings(subject, missing))
        return advice_image(paths, IMAGE_WITH_PEERS, command);
    if (missing == NULL || subject->packages[0] == NULL)
        return command;
    size_t used = (size_t)snprintf(command, ADVICE_SIZE, "%sapt-get install", advice_sudo());
    for (char **package = subject->packages; *package != NULL && used < ADVICE_SIZE; package++)
        used += (size_t)snprintf(command + used, ADVICE_SIZE - used, " %s", *package);
    return command;
}

const char *advice_sudo(void)
{
    return geteuid() == 0 ? "" : "sudo ";
}

bool advice_check_kernel(const struct paths *paths, struct error *error)
{
    char command[ADVICE_SIZE];
    if (paths->kernel[0] != '\0' && kernel_file_read(paths->kernel).whole)
        return true;
    if (paths->kernel[0] != '\0' && advice_new_kernel(paths, command)[0] == '\0')
        return error_set(error, ERROR_INPUT,
            "HANGUP_KERNEL=%s: no program, or cut off: name another guest kernel", paths->kernel);
    if (paths->kernel[0] != '\0')
        return error_set(error, ERROR_LAB,
            "the guest kernel %s is no program, or cut off; this builds it again: %s", paths->kernel,
            command);
    return error_set(error, ERROR_LAB,
        "there is no guest kernel yet; this builds it, once, in some minutes: %s",
        advice_kernel(paths, command));
}
