// The project's folder has a Makefile; what `make install` installs has none.
#include "host/advice.h"

#include "base/invocation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_here(const struct paths *paths)
{
    char folder[PATH_MAX];
    return getcwd(folder, sizeof(folder)) != NULL && strcmp(folder, paths->root) == 0;
}

char *advice_make(const struct paths *paths, const char *target, char command[static ADVICE_SIZE])
{
    char *root = shell_word(paths->root);
    const char *blank = target[0] != '\0' ? " " : "";
    if (is_here(paths) || root == NULL)
        snprintf(command, ADVICE_SIZE, "make%s%s", blank, target);
    else
        snprintf(command, ADVICE_SIZE, "make -C %s%s%s", root, blank, target);
    free(root);
    return command;
}

char *advice_kernel(const struct paths *paths, char command[static ADVICE_SIZE])
{
    char script[PATH_MAX + 32];
    if (is_here(paths) && access("Makefile", R_OK) == 0)
        return advice_make(paths, "kernel", command);
    snprintf(script, sizeof(script), "%s/scripts/build-kernel.sh", paths->root);
    char *word = shell_word(script);
    snprintf(command, ADVICE_SIZE, "%s", word != NULL ? word : script);
    free(word);
    return command;
}

const char *advice_sudo(void)
{
    return geteuid() == 0 ? "" : "sudo ";
}

bool advice_check_kernel(const struct paths *paths, struct error *error)
{
    char command[ADVICE_SIZE];
    if (paths->kernel[0] != '\0')
        return true;
    return error_set(error, ERROR_LAB,
        "there is no guest kernel yet; this builds it, once, in some minutes: %s",
        advice_kernel(paths, command));
}
