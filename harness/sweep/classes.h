// Classes of outcome: what the application was told and what the database holds, in words that are the same
// for all points that end alike. Pure.
#ifndef HANGUP_SWEEP_CLASSES_H
#define HANGUP_SWEEP_CLASSES_H

#include "verdict/verdict.h"

struct sweep_class {
    char *words;  // "errors: 5 ok, 1 error, 1 in doubt: SSL connection has been closed unexpectedly"
    size_t first; // the first point that ends so
    size_t count;
};

struct sweep_classes {
    struct sweep_class *items; // in the order in which they are met
    size_t count;
};

// Of a subject's cell; sweep/program.h has those of a program. The caller frees it. NULL: no memory.
char *sweep_outcome_words(const struct verdict *verdict);

// The class of the next point, whose outcome is `outcome`; `*index` receives its place. False: no memory.
bool sweep_classes_add(struct sweep_classes *classes, const char *outcome, size_t point, size_t *index);
void sweep_classes_free(struct sweep_classes *classes);

#endif
