// From a text of a log to what it stands for.
#ifndef HANGUP_ATLAS_DIAGNOSE_H
#define HANGUP_ATLAS_DIAGNOSE_H

#include "atlas/log.h"
#include "atlas/phrases.h"
#include "subject/list.h"

#include <stdint.h>
#include <stdio.h>

#define FINDING_PHRASES 12

// One distinct error of a log.
struct finding {
    const struct phrase *phrases[FINDING_PHRASES]; // of the diagnosis's phrases; the first is the telling one
    size_t phrases_count;
    struct cause_share causes[2 * PHRASE_CAUSES]; // the most likely first
    size_t causes_count;
    size_t line, last_line, times; // of the input
    char *quoted;                  // the telling line as it was meant
    int speaker, wrapper;          // -1: the text does not say
};

struct diagnosis {
    struct finding *findings; // in the order of the log
    size_t count;
    uint64_t speakers, wrappers; // seen anywhere, as bits
    char sqlstate[6];            // a code that nothing else explained; "": none
    bool other_letters;          // than English has: it may be translated
    size_t lines;
};

// Lower case; numbers and addresses become '#', quoted names '"*"'; runs of white space become one space, or
// one line break where they hold one. The caller frees it; NULL: no memory.
char *diagnose_fold(const char *text);

// Pure. False: no memory.
bool diagnose(const struct phrases *phrases, const struct log *log, struct diagnosis *diagnosis);
void diagnosis_free(struct diagnosis *diagnosis);

// A scenario below root/scenarios that shows what the row shows: the same fault, and an operation in the same
// phase. The caller frees the name; NULL: there is none.
char *diagnose_find_scenario(const char *root, const struct atlas_row *row);

// Whose settings can cure it: the pool that shows itself, else one on the client that speaks. NULL: nobody's
// that is recorded.
const char *diagnose_subject(const struct sayings *sayings, const struct finding *finding);

struct diagnose_request {
    const char *root;
    const struct phrases *phrases;
    const struct subject_list *subjects; // whose manifests have their settings as code; NULL: no cure is told
    const json_t *recorded;              // what they did; NULL: the same
    const char *source;                  // the file's name; NULL: the text came otherwise
    bool all;                            // every cause in full
};

// In plain words. False: nothing was found.
bool diagnose_report(FILE *file, const struct diagnose_request *request, const struct diagnosis *diagnosis);

#endif
