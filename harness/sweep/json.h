// sweep.json: a sweep, or what one shard has of it, and the whole of all shards. Pure.
//
// {"schema": "hangup-sweep/1", "shard": "1/2" (of a part), "sweeps": [{"scenario", "subject": or a command
// line,
//  "cell": NAME, "fault", "given" (with --depth), "seed", "retry": "plain" | "once" | null, "doubled",
//  "unsupported", "packets", "outcomes": [{"outcome", "points"}], "points": [{"at_us", "after", "outcome":
//  its place | null, "dir", "took_us" (of a program)}]}]}
#ifndef HANGUP_SWEEP_JSON_H
#define HANGUP_SWEEP_JSON_H

#include "sweep/report.h"

#define SWEEP_FILE "sweep.json" // in the sweep's folder

// All sweeps of a folder, one a subject.
struct sweep_file {
    struct sweep *sweeps; // owned
    size_t count;
    unsigned shard, shards; // shards == 1: it is the whole
};

// One more, at its end, in a file that began empty. NULL: ERROR_LAB.
struct sweep *sweep_file_add(struct sweep_file *file, struct error *error) MUST_CHECK;
// From that number on: those without a moment have led nowhere, and those of which no cell was run say
// nothing.
void sweep_file_drop_empty(struct sweep_file *file, size_t from);

// Whether it has this point of each of its sweeps: each N-th is one shard's, for those that lie together are
// of like cost.
bool sweep_file_has(const struct sweep_file *file, size_t point);

json_t *sweep_file_to_json(const struct sweep_file *file); // NULL: no memory
// To be freed whatever the result. False: ERROR_INPUT where it is not as hangup writes it.
bool sweep_file_from_json(const json_t *json, struct sweep_file *file, struct error *error) MUST_CHECK;
void sweep_file_free(struct sweep_file *file);

// The whole of several parts; `names` are theirs for messages. ERROR_INPUT: they are not each shard of one
// sweep once, or one was cut short.
bool sweep_file_join(const struct sweep_file *parts, const char *const *names, size_t count,
    struct sweep_file *whole, struct error *error) MUST_CHECK;

#endif
