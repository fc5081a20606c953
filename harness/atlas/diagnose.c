// A diagnosis: the steps in their order, and what is known even where nothing is found.
#include "atlas/internal.h"

#include <stdlib.h>
#include <string.h>

static bool has_other_letters(const char *plain)
{
    while (*plain != '\0' && (unsigned char)*plain < 0x80)
        plain++;
    return *plain != '\0';
}

static void note_what_is_known(const struct phrases *phrases, const struct log *log, const struct hits *hits,
    struct diagnosis *diagnosis)
{
    char code[6];
    for (size_t i = 0; i < log->count; i++) {
        diagnosis->speakers |= hits->evidence[i].speakers;
        diagnosis->wrappers |= hits->evidence[i].wrappers;
        diagnosis->other_letters = diagnosis->other_letters || has_other_letters(log->lines[i].plain);
        if (diagnosis->sqlstate[0] == '\0' && sqlstate_find(log->lines[i].plain, code) != NULL &&
            sayings_sqlstate(phrases->sayings, code) != NULL)
            memcpy(diagnosis->sqlstate, code, sizeof(code));
    }
    diagnosis->lines = log->count;
}

bool diagnose(const struct phrases *phrases, const struct log *log, struct diagnosis *diagnosis)
{
    struct hits hits;
    *diagnosis = (struct diagnosis){0};
    bool whole = hits_find(phrases, log, &hits) && findings_make(phrases, log, &hits, diagnosis);
    if (whole)
        note_what_is_known(phrases, log, &hits, diagnosis);
    hits_free(&hits);
    return whole;
}

void diagnosis_free(struct diagnosis *diagnosis)
{
    for (size_t i = 0; i < diagnosis->count; i++)
        free(diagnosis->findings[i].quoted);
    free(diagnosis->findings);
    *diagnosis = (struct diagnosis){0};
}
