// What this machine can do, what is missing, and the command that fixes it.
#ifndef HANGUP_HOST_DOCTOR_H
#define HANGUP_HOST_DOCTOR_H

#include "base/error.h"
#include "host/advice.h"

#include <stddef.h>
#include <stdio.h>

enum doctor_state {
    DOCTOR_OK,
    DOCTOR_MISSING, // can be fixed
    DOCTOR_NO,      // not to be had on this machine
};

struct doctor_finding {
    enum doctor_state state;
    bool required;              // by the virtual lab
    char what[32];              // "guest kernel"
    char detail[PATH_MAX + 64]; // what was found, or what is wrong
    char fix[ADVICE_SIZE];      // a command that fixes it, to be pasted, or empty
    char hint[256];             // what else there is to do, in words, or empty
};

struct doctor_findings {
    struct doctor_finding all[64];
    size_t count;
};

// Looks, and changes nothing: what must be tried out is tried in a child and in namespaces of its own.
void doctor_examine(struct doctor_findings *findings, const struct paths *paths);

// One line per finding, what fixes it below, as wide as the reader's terminal. True when the virtual lab
// lacks nothing that it requires.
bool doctor_print(FILE *out, const struct doctor_findings *findings);

// Both of them. The program's exit status: 0 when the virtual lab can run, else 1.
int doctor_report(FILE *out, const struct paths *paths) MUST_CHECK;

#endif
