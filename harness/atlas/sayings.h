// What is known beside the atlas: who speaks, what else can be the matter, and who says what (sayings.yaml).
#ifndef HANGUP_ATLAS_SAYINGS_H
#define HANGUP_ATLAS_SAYINGS_H

#include "atlas/atlas.h"

#include <stdint.h>

enum condition_kind {
    KIND_WIRE, // a cause of the atlas, but for the client's own deadline
    KIND_TOLD,
    KIND_ANSWER,
    KIND_LOG,
    KIND_DEADLINE,
    KIND_MISUSE,
    KIND_CLOSED,
    KIND_POOL,
    KIND_NAME,
    KIND_SETTING,
};

struct condition {
    char *name, *title, *wire, *noticed, *earlier;
    size_t kind; // enum condition_kind
};

struct speaker {
    char *name, *on, *is, *subject; // on, subject: may be NULL
    char **words;                   // folded, NULL behind the last
    bool language, foreign;         // foreign: of another server than PostgreSQL
    int parent;                     // -1: none
};

struct wrapper {
    char *name, *subject, *client; // subject, client: may be NULL
    char **words, **joins;         // joins: pools that must be seen together; NULL: none
    uint64_t joined;               // they, as bits
    int speaker;                   // -1: whatever the client is
};

struct sqlstate_class {
    char *code, *is;
};

#define SAYING_CAUSES 8

struct saying {
    char *says, *client, *sqlstate, *note, *from; // client, sqlstate, note: may be NULL
    bool shared, generic, vague;
    char **cause, **also;      // also: the same in other languages; may be NULL
    int speaker;               // -1: anybody
    int causes[SAYING_CAUSES]; // the most likely first
    size_t causes_count;
};

// All owned.
struct sayings {
    struct speaker *speakers;
    struct wrapper *wrappers;
    struct condition *conditions;
    struct saying *sayings;
    struct sqlstate_class *classes;
    size_t speakers_count, wrappers_count, conditions_count, sayings_count, classes_count;
};

// At most so many: sets of them are bits.
#define SPEAKERS_MAX 64
#define WRAPPERS_MAX 64

// Of a text like sayings.yaml. NULL: ERROR_INPUT with the place.
struct sayings *sayings_parse(
    const char *path, const char *text, size_t length, struct error *error) MUST_CHECK;
// The ones that are built in.
struct sayings *sayings_new(struct error *error) MUST_CHECK;
void sayings_free(struct sayings *sayings);

// Causes of the atlas keep their number, conditions follow.
struct atlas_cause_words sayings_words(const struct sayings *sayings, int cause);
enum condition_kind sayings_kind(const struct sayings *sayings, int cause);
// A cause of the atlas, or a condition. -1: there is none of that name.
int sayings_cause(const struct sayings *sayings, const char *name);
// NULL: nothing is known of the code's class.
const char *sayings_sqlstate(const struct sayings *sayings, const char *code);
// -1: there is none of that name.
int sayings_speaker(const struct sayings *sayings, const char *name);
// Whether one is the other, or is built on it.
bool sayings_is_on(const struct sayings *sayings, int speaker, int base);

#endif
