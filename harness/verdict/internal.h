// What the steps of a verdict share: trace -> facts -> metrics -> proof -> expectations.
#ifndef HANGUP_VERDICT_INTERNAL_H
#define HANGUP_VERDICT_INTERNAL_H

#include "verdict/ledger.h"
#include "verdict/verdict.h"

enum answer {
    ANSWER_NONE,
    ANSWER_OK,
    ANSWER_ERROR,
    ANSWER_UNSUPPORTED, // it was not sent: the adapter does not know a word of it
};

// Strings are borrowed from the trace. An `index` is a place in the trace: it orders events of one moment.
struct operation_fact {
    int64_t id;
    const char *name;
    const char *key; // of its first row; NULL: it writes nothing
    struct written written;
    const char *word;    // of ANSWER_UNSUPPORTED: the word
    const json_t *heard; // by a listener: keys; NULL: it said nothing of that
    int64_t sent_us, answered_us;
    int64_t work_us;   // its own: the query's seconds, the transaction's pause
    int64_t within_us; // its deadline; 0: none
    size_t sent_index;
    enum answer answer;
};

struct key_fact {
    const char *key;
    struct operation_fact *operation;
};

struct fault_fact {
    bool applied, reverted;
    bool unopposed; // no connection was there when it was applied
    int64_t applied_us, reverted_us;
    int64_t hits;
    bool healed;       // reverted within the scenario's time
    int64_t harmed_us; // when it last did harm, as far as the trace says
    size_t harmed_index;
};

// What there is to judge. NULL: it could not be read, and the text beside it says why.
struct evidence {
    const json_t *events;
    const struct wire_counts *wire;
    const struct server_counts *server;
    const char *wire_missing, *server_missing;
};

struct judgement {
    const struct cell *cell;
    const struct evidence *evidence;
    struct verdict *verdict;
    struct operation_fact *operations; // by id
    size_t operations_count;
    struct key_fact *keys; // by key
    size_t keys_count;
    struct fault_fact *faults; // as in cell->scenario
    bool started, ended;
    bool other_client; // the subject named its driver, and it does not stand on libpq
    bool audited;      // the lab asked the server for leaked backends and so reached the end of its reading
    bool rows_seen;
    int64_t zero_us; // the scenario's zero on the lab's wall clock, as packets are stamped; -1: not told
    int64_t end_us;  // of the `end` event, else of the last one
    int64_t leaked_backends;
    bool reset_flow; // the flow table has reset both ends of a connection: when it last did
    int64_t reset_flow_us;
    size_t reset_flow_index;
    const char *refused;  // why the adapter cannot do as the scenario asks; NULL: it can
    bool nothing_to_lose; // the pool left a fault nothing to hit: there is nothing to expect
    bool out_of_memory;   // sticky: looked at once, at the end
};

struct verdict *verdict_new(enum outcome outcome);

// Adds a line, made fit for one, to the reasons. False: no memory.
bool verdict_add_reason(struct verdict *verdict, const char *text) MUST_CHECK;

// Adds a line to the reasons, made fit for one line. The second form sets the outcome to error as well, the
// third to fail, unless it is worse.
void judgement_note(struct judgement *judgement, const char *format, ...) PRINTF_LIKE(2, 3);
void judgement_error(struct judgement *judgement, const char *format, ...) PRINTF_LIKE(2, 3);
void judgement_fail(struct judgement *judgement, const char *format, ...) PRINTF_LIKE(2, 3);

// A copy that is fit for one line; NULL for NULL.
char *judgement_copy(struct judgement *judgement, const char *text);

// The steps. Each takes what the ones before it have left in `judgement`.
void judgement_read_trace(struct judgement *judgement);
// By id, and their keys by key. Two of one id or key are an error.
void judgement_sort_operations(struct judgement *judgement);
// NULL: it was not sent.
struct operation_fact *judgement_operation_of_id(const struct judgement *judgement, int64_t id);
struct operation_fact *judgement_operation_of_key(const struct judgement *judgement, const char *key);
void judgement_measure(struct judgement *judgement);
void judgement_measure_recovery(struct judgement *judgement); // a part of it
void judgement_prove(struct judgement *judgement);
void judgement_expect(struct judgement *judgement);

// All of them. NULL: no memory.
struct verdict *judge_evidence(const struct cell *cell, const struct evidence *evidence);

#endif
