// The words of faults: what a scenario can ask for. What a fault does to the lab is fault/behaviour.h's.
#ifndef HANGUP_SCENARIO_FAULT_H
#define HANGUP_SCENARIO_FAULT_H

#include "base/error.h"
#include "base/range.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAULT_FOREVER INT64_MAX

// What an option's value is, and in which unit it is kept.
enum fault_option_type {
    FAULT_OPTION_DURATION, // "10ms"; microseconds, above 0
    FAULT_OPTION_COUNT,    // "3"
    FAULT_OPTION_PERCENT,  // "0.1%"; parts per million, above 0
    FAULT_OPTION_RATE,     // "10mbit"; bits per second, above 0
    FAULT_OPTION_SIZE,     // "1200b", "64kb"; bytes
    FAULT_OPTION_WORD,     // one of `words`
    FAULT_OPTION_TYPES,
};

struct fault_option_kind {
    const char *name; // "when"
    enum fault_option_type type;
    const char *const *words; // of FAULT_OPTION_WORD, NULL-terminated; the first is the default
    const char *summary;      // a few plain words for `hangup list faults`
};

// One option as written.
struct fault_option {
    const struct fault_option_kind *kind;
    int64_t number;   // FAULT_OPTION_WORD: place in the kind's words
    const char *word; // NULL for all other types
};

// One fault of a scenario, as written: `{at: 60s, silence: both, for: 950s}`.
struct fault_spec {
    int64_t at_us;
    const struct fault_kind *kind; // silence, rst, server ...
    const char *argument;          // one of the kind's
    int64_t for_us;                // until it is reverted; FAULT_FOREVER: until the end of the cell
    struct fault_option *options;  // those that were written, once each; owned
    size_t options_count;
    bool claims_hits; // `hits` says how much it must meet; otherwise something
    struct range hits;
    int line, column; // where it stands in the scenario's file
    size_t index;     // its place among the scenario's faults
};

struct fault_kind {
    const char *name;
    const char *const *arguments;            // NULL-terminated words
    const char *summary;                     // one line of plain words
    bool takes_for;                          // has a duration
    bool needs_flow_table;                   // acts on the flow table of the scenario's network
    const struct fault_option_kind *options; // ends with a NULL name; NULL: none

    // Those of its arguments that meet only connections which open while it stands, NULL-terminated. NULL:
    // none.
    const char *const *opening;

    // Of a kind that takes a duration: whether this one is over as soon as it has happened. NULL: none is.
    bool (*at_once)(const struct fault_spec *spec);

    // Pure: the combination makes sense (each word and number by itself has been checked). NULL: it always
    // does.
    bool (*validate)(const struct fault_spec *spec, struct error *error) MUST_CHECK;
};

// All kinds, NULL-terminated.
extern const struct fault_kind *const fault_kinds[];

// `arguments` of a kind that acts on a direction: to-app, to-db, both.
extern const char *const fault_directions[];
enum fault_direction { FAULT_TO_APP = 1, FAULT_TO_DB = 2, FAULT_BOTH = FAULT_TO_APP | FAULT_TO_DB };
enum fault_direction fault_direction_of(const char *argument); // zero: none of them

// Words of the option `connections`: which of the open ones.
extern const char *const fault_connections[];

// NULL: there is no such kind, or the kind has no such option.
const struct fault_kind *fault_kind_by_name(const char *name);
const struct fault_option_kind *fault_option_kind_by_name(const struct fault_kind *kind, const char *name);

// Whether something stands in the way from when it is applied until it is reverted.
bool fault_lasts(const struct fault_spec *spec);

// Whether it meets only connections that open while it stands.
bool fault_meets_opening(const struct fault_spec *spec);

// The value of an option, or `fallback` where the scenario does not name it.
int64_t fault_option_number(const struct fault_spec *spec, const char *name, int64_t fallback);
const char *fault_option_word(const struct fault_spec *spec, const char *name, const char *fallback);

#endif
