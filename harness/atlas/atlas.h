// The atlas: which hang-up says what, in which client and at which moment, and what the packets say of it.
//
//   event x transport x client = one cell: a generated scenario (atlas/event.h) and a probe (pool/probes)
//   that has a connection of its own for each phase. Each phase of each cell is a row.
#ifndef HANGUP_ATLAS_ATLAS_H
#define HANGUP_ATLAS_ATLAS_H

#include "base/error.h"
#include "trace/connection.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

// What the connection was doing when the event came.
enum atlas_phase {
    ATLAS_IDLE,         // nothing; then a query
    ATLAS_WAITING,      // waiting for a query's result
    ATLAS_TRANSACTION,  // between BEGIN and COMMIT, while the application thinks
    ATLAS_BULK,         // sending a megabyte
    ATLAS_CONNECTING,   // in the middle of its handshake
    ATLAS_RECONNECTING, // not there yet: it is opened a second after the event
    ATLAS_AGAIN,        // the idle one once more, when even the most patient TCP has given up its query
    ATLAS_PHASES,
};

enum atlas_outcome {
    ATLAS_OK,     // the operation ended well
    ATLAS_ERROR,  // the client said something
    ATLAS_HUNG,   // the client said nothing as long as anybody waited
    ATLAS_ABSENT, // a hole: `note` says why
    ATLAS_OUTCOMES,
};

// How the bad news came, as the packets show it.
enum atlas_cause {
    CAUSE_UNHARMED,
    CAUSE_FIN_UNREAD,
    CAUSE_FIN_READ,
    CAUSE_GOODBYE_UNREAD,
    CAUSE_GOODBYE_READ,
    CAUSE_RST_UNREAD,
    CAUSE_RST_READ,
    CAUSE_RST_ANSWER,
    CAUSE_UNACKNOWLEDGED,
    CAUSE_KEEPALIVE,
    CAUSE_SYN_LOST,
    CAUSE_REFUSED,
    CAUSE_UNREACHABLE,
    CAUSE_OWN_DEADLINE,
    CAUSE_SERVER_SAID,
    CAUSE_GARBLED,
    CAUSE_UNTRUSTED,
    CAUSE_NO_PACKET,
    CAUSE_NOT_TOLD,
    CAUSES,
};

// In plain words: what happened on the wire, who noticed, what would have shown it earlier.
struct atlas_cause_words {
    const char *name, *title, *wire, *noticed, *earlier;
};

struct atlas_row {
    char *event, *client; // owned, as all texts here
    bool tls;
    enum atlas_phase phase;
    enum atlas_outcome outcome;
    char *text, *kind, *sqlstate, *state; // NULL: none
    char *note;                           // why there is a hole, or what to know about the row; NULL: nothing
    int64_t after_us;                     // from the event to the answer; negative: before it
    int64_t took_us;                      // from the request to the answer
    struct atlas_evidence evidence;
    enum atlas_cause cause;
};

struct atlas_client {
    char *name, *version, *driver; // as the client reports itself
};

struct atlas {
    char *lab, *kernel; // may be NULL
    uint64_t seed;
    struct atlas_client *clients;
    size_t clients_count;
    struct atlas_row *rows; // by event, transport, client, phase
    size_t rows_count;
};

extern const struct atlas_cause_words atlas_causes[CAUSES];
const char *atlas_phase_name(enum atlas_phase phase);
const char *atlas_phase_words(enum atlas_phase phase); // "waiting for a result"
const char *atlas_outcome_name(enum atlas_outcome outcome);

// Whether what the client said are the server's words: then its goodbye has been read.
bool atlas_quotes_server(const struct atlas_row *row);

// Pure. Of ATLAS_ABSENT: CAUSE_NOT_TOLD.
enum atlas_cause atlas_cause_of(const struct atlas_row *row);

struct atlas *atlas_new(const char *lab, const char *kernel, uint64_t seed); // NULL: no memory
void atlas_free(struct atlas *atlas);
// Takes over the row's texts, also when it fails: no memory.
bool atlas_add(struct atlas *atlas, struct atlas_row *row);
// Notes a client's versions once; the arguments are copied. False: no memory.
bool atlas_name_client(struct atlas *atlas, const char *name, const char *version, const char *driver);
void atlas_sort(struct atlas *atlas);
// Moves the rows of `older` that `atlas` does not have, by event and client, into `atlas`.
bool atlas_complete(struct atlas *atlas, struct atlas *older);

// atlas.json. Reading: ERROR_INPUT with the place; a file that is not there is one too.
json_t *atlas_to_json(const struct atlas *atlas);
struct atlas *atlas_from_json(const json_t *json, struct error *error) MUST_CHECK;
struct atlas *atlas_read(const char *path, struct error *error) MUST_CHECK;
bool atlas_write(const struct atlas *atlas, const char *path, struct error *error) MUST_CHECK;

// For people: atlas.md in the folder, and below atlas/ a file for each client.
bool atlas_report_write(const struct atlas *atlas, const char *folder, struct error *error) MUST_CHECK;

// "FIN 9.98s before, without a goodbye; 120 bytes unanswered, sent 15 times again". The caller frees it;
// NULL: no memory.
char *atlas_evidence_words(const struct atlas_evidence *evidence);

#define ATLAS_TIME_SIZE 32
// Rounded for people: "972.2s", "10.03s", "5ms", "0". Returns `text`.
char *atlas_time(int64_t time_us, char text[static ATLAS_TIME_SIZE]);

#endif
