// The story of one cell, made of what its folder holds: operations, faults, connections, packets and the
// server's words on one clock; and what each operation met, in plain words. The page shows it, `hangup why`
// tells it.
#ifndef HANGUP_REPORT_STORY_H
#define HANGUP_REPORT_STORY_H

#include "plan/plan.h"
#include "trace/arrow.h"
#include "trace/said.h"
#include "trace/server_lines.h"
#include "verdict/ledger.h"

#include <jansson.h>

struct story_operation {
    int64_t id;
    const char *name, *key;                    // borrowed from the events; `key` may be NULL
    int64_t sent_us, answered_us;              // never answered: ARROW_NEVER
    const char *error, *error_kind, *sqlstate; // NULL: ok, or not told
    int64_t backend;                           // that served it; 0: not told
    uint16_t port;                             // of that backend's connection; 0: not known
    int64_t own_us;                            // how long its own work takes: the query, the pause
    struct written written;                    // without keys: it writes nothing, or nobody read the ledger
    unsigned flaws;                            // of that: enum write_flaw
    const char *unsupported; // the word that its adapter does not know: it was not sent; NULL
    bool ok, retried;        // retried: it was told an error before, and sent again
};

struct story_fault {
    const struct fault_spec *spec; // NULL: asked for by a program
    const char *kind, *argument;
    int64_t applied_us, reverted_us; // ARROW_NEVER: it was not
    int64_t hits;
};

// One connection of the application's, as the wire shows it.
struct story_connection {
    uint16_t port;
    int64_t opened_us, closed_us; // its first packet; the first FIN or RST that arrived, or ARROW_NEVER
    long pid;                     // 0: the server never knew it
};

struct story {
    const struct cell *cell;
    json_t *events;
    int64_t zero_us, end_us; // the scenario's zero on the wall clock; the last event, or clean-up
    struct trace_arrows arrows;
    struct said_list said; // what they say; empty where nobody kept the keys
    struct server_lines lines;
    struct story_operation *operations; // in the order in which they were sent
    size_t operations_count;
    struct story_fault *faults;
    size_t faults_count;
    struct story_connection *connections; // in the order in which they were opened
    size_t connections_count;
    char missing[256]; // what could not be read; "": all could
};

// The cell is borrowed. NULL: ERROR_LAB; without a capture or a log the story is told without it.
struct story *story_new(const struct cell *cell, const struct folder *folder, struct error *error) MUST_CHECK;
void story_free(struct story *story);

// How much of a story a page has room for; what is left out is counted in it.
struct story_limits {
    size_t packets, lines, operations;
};
// NULL: no memory.
json_t *story_to_json(const struct story *story, const struct story_limits *limits);

// What one operation met, a line each, as a JSON array of strings: "t=400.000 s  ...". NULL: no memory.
json_t *story_words(const struct story *story, const struct story_operation *operation);
// Reads of the events what the database holds of each write. False: no memory.
bool story_read_ledger(struct story *story) MUST_CHECK;
// Whether there is more to tell of it than that it was answered.
bool story_operation_is_notable(const struct story_operation *operation);
// What an event says that no other part of the story shows. NULL: nothing. The caller frees it.
char *story_event_words(const json_t *event);

#endif
