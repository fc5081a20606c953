// From a text of a log to the rows of the atlas that say it.
#ifndef HANGUP_ATLAS_DIAGNOSE_H
#define HANGUP_ATLAS_DIAGNOSE_H

#include "atlas/atlas.h"

#include <stdio.h>

// Most specific first.
enum diagnose_level {
    DIAGNOSE_EXACT,  // the row's whole text, letter by letter
    DIAGNOSE_FOLDED, // ... but for numbers, addresses, quoted names and line breaks
    DIAGNOSE_PART,   // a part of either is in the other
    DIAGNOSE_CLASS,  // the error's class alone
    DIAGNOSE_NOTHING,
};

struct diagnose_match {
    const struct atlas_row *row; // of the atlas
    enum diagnose_level level;
    bool class_named; // the text names the row's class too
    size_t length;    // of the folded text that was found: longer is more specific
};

struct diagnosis {
    struct diagnose_match *matches; // the best first
    size_t count;
    size_t best; // so many of the first fit equally well
};

// Numbers and addresses become '#', what is quoted '*'; runs of white space (also the \n and \t of a quoted
// log) become one space, or one line break where they hold one. The caller frees it; NULL: no memory.
char *diagnose_fold(const char *text);

// Whether the whole of the folded `wanted` is in the folded `text`, and nothing goes on behind it on that
// line. A line break of `wanted` may be a space.
bool diagnose_holds(const char *text, const char *wanted);

// Pure. False: no memory.
bool diagnose(const struct atlas *atlas, const char *text, struct diagnosis *diagnosis);
void diagnosis_free(struct diagnosis *diagnosis);

// A scenario below root/scenarios that shows what the row shows: the same fault, and an operation in the same
// phase. The caller frees the name; NULL: there is none.
char *diagnose_find_scenario(const char *root, const struct atlas_row *row);

// The causes in plain words. False: no row fits.
bool diagnose_report(FILE *file, const char *root, const struct atlas *atlas,
    const struct diagnosis *diagnosis, const char *text);

#endif
