// Between the steps of a diagnosis: from lines to hits, from hits to groups, from groups to findings.
#ifndef HANGUP_ATLAS_INTERNAL_H
#define HANGUP_ATLAS_INTERNAL_H

#include "atlas/diagnose.h"

// A phrase at a place of a line.
struct hit {
    const struct phrase *phrase;
    size_t line, start, end;
    size_t length; // of what was found, with the lines behind
    size_t covers; // so many lines behind it belong to it
};

struct evidence {
    uint64_t speakers, wrappers; // as bits
};

struct hits {
    struct hit *items;
    size_t count, room;
    struct evidence *evidence; // of each line by itself
};

// What the lines say, without what a better match explains. False: no memory.
bool hits_find(const struct phrases *phrases, const struct log *log, struct hits *hits);
void hits_free(struct hits *hits);

// What is known of the speaker at a line: by the line itself, else by those around it in its record.
struct evidence hits_evidence(const struct hits *hits, const struct log *log, size_t line);
// The same with all around it in any case.
struct evidence hits_evidence_around(const struct hits *hits, const struct log *log, size_t line);

enum condition_kind hit_kind(const struct phrases *phrases, const struct hit *hit);

// The hits of one event as findings. False: no memory.
bool findings_make(const struct phrases *phrases, const struct log *log, const struct hits *hits,
    struct diagnosis *diagnosis);

// The code behind "SQLSTATE", "code:" and their like; `from` is where to look. NULL: none.
const char *sqlstate_find(const char *from, char code[static 6]);

#endif
