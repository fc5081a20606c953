// The labs: which door leads into a cell's world.
#ifndef HANGUP_CONTRACT_LAB_KIND_H
#define HANGUP_CONTRACT_LAB_KIND_H

#include <stdbool.h>

enum lab_kind {
    LAB_VIRTUAL,  // guest with time travel
    LAB_REALTIME, // the same guest in real time
    LAB_NATIVE,   // namespaces on this machine's kernel
};

const char *lab_kind_name(enum lab_kind kind);
bool lab_kind_by_name(const char *name, enum lab_kind *kind);

#endif
