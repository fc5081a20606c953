// A scenario: one claim about one kind of hang-up, read from one YAML file and checked as a whole.
#ifndef HANGUP_SCENARIO_SCENARIO_H
#define HANGUP_SCENARIO_SCENARIO_H

#include "base/error.h"
#include "scenario/expectation.h"
#include "scenario/fault.h"
#include "scenario/impact.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum flow_table_then {
    FLOW_TABLE_SILENCE,  // packets of a forgotten connection vanish
    FLOW_TABLE_RST,      // ... are answered with an RST
    FLOW_TABLE_RST_BOTH, // both ends are reset when the connection is forgotten; what still comes vanishes
    FLOW_TABLE_FIN, // both ends are sent a FIN when it is forgotten; what still comes is answered with RST
};
extern const char *const flow_table_then_names[]; // NULL-terminated

#define FLOW_TABLE_SIZE_MAX 10000

// The router forgets connections over which no packet went for that long. 0: it has no flow table.
struct flow_table {
    int64_t idle_us; // whole seconds
    enum flow_table_then then;
    int64_t age_us; // whole seconds; it forgets a connection that is so old, in use or not; 0: never
    int64_t size;   // connections that it has room for: one more is not let in; 0: any number
};

enum proxy_then {
    PROXY_FIN,     // the application is sent a FIN
    PROXY_RST,     // ... an RST
    PROXY_SILENCE, // ... nothing: what it says is acknowledged, and never answered
};
extern const char *const proxy_then_names[]; // NULL-terminated

// A TCP proxy in the path: two connections for each of the application's. Where one idles for so long the
// proxy ends the server's half, and `then` is what the application's sees. 0: there is none.
struct proxy {
    int64_t idle_us; // whole seconds
    enum proxy_then then;
};

// A pooler in the path: the application's connections are to it, the server's are its own.
enum pooler { POOLER_NONE, POOLER_PGBOUNCER, POOLER_PGBOUNCER_TRANSACTION };
extern const char *const pooler_names[]; // NULL-terminated; the first is nobody's: "none"

// What the path does all the time. Fractions are parts per million; the rate is bits per second, 0:
// unlimited.
struct network {
    int64_t rtt_us;    // half of it in each direction
    int64_t jitter_us; // per direction
    int64_t loss_ppm, duplicate_ppm, reorder_ppm, corrupt_ppm;
    int64_t rate_bps;
    struct flow_table flow_table;
    struct proxy proxy;
    enum pooler pooler;
};

// Whether the path has two legs: from the application to a proxy or pooler, and from there to the server.
bool network_has_legs(const struct network *network);

// Whether the fault finds there what it acts on: `error` says what it needs (ERROR_INPUT).
bool network_suits_fault(
    const struct network *network, const struct fault_spec *spec, struct error *error) MUST_CHECK;

enum sslmode {
    SSLMODE_VERIFY_FULL,
    SSLMODE_VERIFY_CA,
    SSLMODE_REQUIRE,
    SSLMODE_PREFER,
    SSLMODE_ALLOW,
    SSLMODE_DISABLE, // plain TCP
};
extern const char *const sslmode_names[]; // as libpq calls them; NULL-terminated

struct pool_settings {
    int size;       // connections the pool may hold; all are open when the scenario starts
    int workers;    // operations the subject runs side by side
    char *conninfo; // what the application adds to the conninfo: "tcp_user_timeout=5000"; NULL: nothing
    enum sslmode sslmode;
};

// Each is one transaction with one statement in it, but for those that say otherwise.
enum operation {
    OPERATION_INSERT,      // writes one row into blog_posts
    OPERATION_READ,        // counts the rows
    OPERATION_WAIT,        // a query that runs for `takes_us` at the server
    OPERATION_TRANSACTION, // an insert, a `pause_us` of the application, `then` more inserts
    OPERATION_BULK,        // an insert of `size_bytes`
    OPERATION_FETCH,       // a result of `size_bytes`
    OPERATION_CONNECT,     // a connection of its own, and one query on it
    OPERATION_LOCK,        // locks the table against writers, for a `pause_us` of the application
    OPERATION_NOTIFY,      // an insert that tells all listeners its key
    OPERATION_LISTEN,      // a connection of its own that listens for `takes_us`
    OPERATIONS,
};

// `{at: 400s, insert: 5, every: 100ms}`, `{at: 10s, wait: 1, takes: 30s}`
struct workload_item {
    int64_t at_us, every_us;
    enum operation operation;
    int count;
    int line, column;
    int64_t takes_us, pause_us, size_bytes; // where the operation has them, else 0
    int then;                               // inserts after the pause, of `transaction`
    int64_t within_us;                      // the deadline that the application gives it; 0: none
    int retries; // how often the application does it again when it was told an error
    bool once;   // with its key as an idempotency key: the database takes it once
};

struct scenario {
    char *name; // "idle/hung-up": the path below scenarios/, without .yaml
    char *path;
    char *claim;
    bool must_fail; // a negative control below selftest/: its claim is false, and the cell must find that out
    enum impact best;  // that any pool can have, by the mechanism: IMPACT_CLEAN, or what nobody can avoid
    char **reproduces; // links; reproduces_count of them
    size_t reproduces_count;
    struct network network;
    struct pool_settings pool;
    struct workload_item *workload;
    size_t workload_count;
    struct fault_spec *faults; // in order of at_us
    size_t faults_count;
    int64_t run_for_us;
    struct expectation *expectations;
    size_t expectations_count;
};

// Reads and checks a file. NULL: `error` says "file:line:column: what was found, what was expected"
// (ERROR_INPUT).
struct scenario *scenario_read(const char *path, struct error *error) MUST_CHECK;
// The same from memory; `path` is used for messages and for the name.
struct scenario *scenario_parse(
    const char *path, const char *yaml, size_t length, struct error *error) MUST_CHECK;
void scenario_free(struct scenario *scenario);

// The resolved form that plan.json holds: durations in integer microseconds, names as in the YAML. New
// reference.
json_t *scenario_to_json(const struct scenario *scenario);
struct scenario *scenario_from_json(const json_t *json, struct error *error) MUST_CHECK;

const char *operation_name(enum operation operation);
bool operation_by_name(const char *name, enum operation *operation);
const char *operation_needs(enum operation operation);   // "takes": the key that says how long; NULL: none
const char *operation_summary(enum operation operation); // a few plain words
bool operation_writes(enum operation operation);         // a row with a key: the ledger knows it

bool operation_can_be_once(enum operation operation); // its rows can have an idempotency key

bool scenario_has_once(const struct scenario *scenario); // one of its operations is

#define WORKLOAD_WORDS 4

// What an adapter must say that it speaks before it is sent this: "then", "within", "lock". How many.
size_t workload_item_words(const struct workload_item *item, const char *words[static WORKLOAD_WORDS]);

#endif
