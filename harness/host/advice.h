// Commands that bring what is missing, from the folder that the reader is in.
#ifndef HANGUP_ADVICE_H
#define HANGUP_ADVICE_H

#include "host/paths.h"

#define ADVICE_SIZE (PATH_MAX + 64)

// "make kernel" in the project's folder, elsewhere the path of the script that it calls. Returns `command`.
char *advice_kernel(const struct paths *paths, char command[static ADVICE_SIZE]);
// "make", or "make -C FOLDER". Returns `command`.
char *advice_make(const struct paths *paths, const char *target, char command[static ADVICE_SIZE]);
// "" for root, else "sudo ".
const char *advice_sudo(void);

// True when there is a guest kernel. ERROR_LAB names the command that builds it.
bool advice_check_kernel(const struct paths *paths, struct error *error) MUST_CHECK;

#endif
