// Everything that diagnose looks for, out of the atlas and out of sayings.yaml, indexed by how it begins.
#ifndef HANGUP_ATLAS_PHRASES_H
#define HANGUP_ATLAS_PHRASES_H

#include "atlas/sayings.h"

#define PHRASE_CAUSES (CAUSES + SAYING_CAUSES)

struct cause_share {
    int cause;      // of sayings_words
    unsigned share; // of PHRASE_WHOLE
};
#define PHRASE_WHOLE 1000

struct phrase {
    char *first; // what is looked for in a line: folded, "..." for anything
    char *rest;  // of a text of several lines: those behind the first; NULL: none
    size_t length;
    const struct saying *saying;              // NULL: it is out of the atlas
    const char *text, *client;                // of the atlas's rows
    int speaker;                              // -1: anybody; of evidence: whom it is evidence for
    int wrapper;                              // of evidence for a pool or framework; -1: it is none
    bool evidence;                            // says nothing by itself
    bool shared, generic, vague, at_end;      // as in sayings.yaml; at_end: nothing follows on its line
    struct cause_share causes[PHRASE_CAUSES]; // the largest first
    size_t causes_count;
    size_t next; // in the index: 1 + the next phrase that begins like this one; 0: none
};

#define PHRASE_BUCKETS 4096

struct phrases {
    const struct atlas *atlas;
    const struct sayings *sayings;
    struct phrase *items;
    size_t count, room;
    size_t *of_row;                 // of each of the atlas's rows 1 + its phrase; 0: it has none
    size_t buckets[PHRASE_BUCKETS]; // 1 + a phrase; 0: none
};

// NULL: no memory. Both must outlive it.
struct phrases *phrases_new(const struct atlas *atlas, const struct sayings *sayings);
void phrases_free(struct phrases *phrases);

// The bucket of a folded text of at least two characters.
size_t phrases_bucket(const char *text);

// Whether `phrase` is at text[at] of a folded line; *end is where it ends.
bool phrase_is_at(const struct phrase *phrase, const char *text, size_t at, size_t *end);

#endif
