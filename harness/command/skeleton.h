// `hangup init-subject`: an adapter that works as it is, with a place for the user's pool, and its manifest.
#ifndef HANGUP_COMMAND_SKELETON_H
#define HANGUP_COMMAND_SKELETON_H

#include "base/error.h"

#include <limits.h>
#include <stdio.h>

struct init_subject_files {
    char source[PATH_MAX];   // "./mypool_subject.py"
    char manifest[PATH_MAX]; // "./mypool.yaml"
    char name[64];           // "mypool"
    const char *build;       // a command with "mypool" where the name goes; NULL: nothing is built
    const char *needs;       // what the user has to do besides; NULL: nothing
};

// `file`: where the adapter goes; NULL: mypool_subject with the language's suffix, here. ERROR_INPUT when
// there is no such language, when the name will not do, or when one of the two files exists.
bool init_subject_write(const char *root, const char *language, const char *file,
    struct init_subject_files *files, struct error *error) MUST_CHECK;

// The languages, from 0 on. NULL behind the last.
const char *init_subject_language(size_t index);

// What `mypool` stands for in a skeleton.
void init_subject_put(FILE *out, const char *text, const char *name);

#endif
