// The environment of a program in the lab: the user's, but for what would lead it elsewhere. Pure.
#ifndef HANGUP_EXEC_ENVIRONMENT_H
#define HANGUP_EXEC_ENVIRONMENT_H

#include "plan/plan.h"

struct exec_environment_settings {
    const char *programs; // folder of `hangup`, put in front of PATH
    const char *helpers;  // folder of hangup_pytest.py, put in front of PYTHONPATH
    enum lab_kind lab;
};

// "NAME=value", sorted and NULL-terminated: exec_words_free. NULL: no memory.
char **exec_environment_make(char *const *outside, const struct exec_environment_settings *settings);

// Whether "NAME=value" may be written down with its value: what hangup sets itself, and names that are
// known to hold no secret.
bool exec_environment_is_kept(const char *variable);

#endif
