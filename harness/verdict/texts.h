// The distinct texts among the errors that the application saw, with how often it saw them.
#ifndef HANGUP_VERDICT_TEXTS_H
#define HANGUP_VERDICT_TEXTS_H

#include "verdict/verdict.h"

struct error_text {
    char *text; // owned
    int64_t count;
};

struct error_texts {
    struct error_text *items; // in order of first sight
    size_t count;
};

// False: no memory; `texts` is empty then.
bool error_texts_collect(const struct verdict *verdict, struct error_texts *texts) MUST_CHECK;
void error_texts_clear(struct error_texts *texts);

#endif
