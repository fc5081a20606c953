// Commands that bring what is missing. Each works when it is pasted, in the folder that the reader is in.
#ifndef HANGUP_ADVICE_H
#define HANGUP_ADVICE_H

#include "host/paths.h"
#include "subject/subject.h"

#define ADVICE_SIZE (3 * PATH_MAX)

// All return `command`. It is empty where there is none: only the project's folder has a Makefile, what `make
// install` has installed has not.

// "make TARGET", or "make -C FOLDER TARGET".
char *advice_make(const struct paths *paths, const char *target, char command[static ADVICE_SIZE]);
// Builds the guest kernel.
char *advice_kernel(const struct paths *paths, char command[static ADVICE_SIZE]);
// Makes an image.
char *advice_image(const struct paths *paths, const char *name, char command[static ADVICE_SIZE]);
// Builds a kernel in place of one that is damaged: it is removed first. Empty where HANGUP_KERNEL has named
// it: it is not ours.
char *advice_new_kernel(const struct paths *paths, char command[static ADVICE_SIZE]);
// Brings what a subject lacks: Debian packages, or what is built from this project.
char *advice_subject(const struct paths *paths, const struct subject *subject, const struct erofs *image,
    char command[static ADVICE_SIZE]);

// What is said where advice_subject has no command.
#define ADVICE_OF_SUBJECT "`make` builds it in the project's folder, before `make install`"

// "" for root, else "sudo ".
const char *advice_sudo(void);

// True when there is a guest kernel. ERROR_LAB names the command that builds it.
bool advice_check_kernel(const struct paths *paths, struct error *error) MUST_CHECK;

#endif
