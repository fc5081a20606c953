// A subject: a pool under test. Its manifest (pool/subjects/NAME.yaml) says how to start it and what it can
// do.
#ifndef HANGUP_SUBJECT_SUBJECT_H
#define HANGUP_SUBJECT_SUBJECT_H

#include "base/erofs.h"
#include "base/error.h"
#include "scenario/expectation.h"

#include <stddef.h>

// One setting of the pool, and the class of strategy it belongs to: expectations name classes.
struct subject_strategy {
    char *name;  // "pre-ping", as the adapter knows it
    char *class; // "pre-ping", as expectations know it
    char *code;  // what an application writes to have it, in one or several lines: "engine =
                 // create_engine(url, pool_pre_ping=True)"; NULL
    int line;
};

// What a scenario shows about one strategy, in plain words, and the numbers by which it is true.
struct subject_finding {
    char *strategy, *scenario;
    char *says; // "hangs for {slowest}": the cell's metrics by name, and {error}, the first error's text
    struct subject_condition {
        enum metric metric;
        struct range range;
        int line;
    } *conditions; // at least one
    size_t conditions_count;
    int line;
};

// Why a strategy differs from another subject's in some scenarios (`hangup compare --subjects`).
struct subject_difference {
    char *strategy, *from; // "pre-ping", "pqpool:pre-ping"
    char **scenarios;      // NULL-terminated
    char *because;
    int line;
};

struct subject {
    char *name;     // "sqlalchemy": the manifest's file name without .yaml
    char *path;     // of the manifest
    char *folder;   // where it lies; absolute, a link to it is followed
    char *root;     // the project's folder, the same
    char *summary;  // one line
    char **command; // argv of the adapter, NULL-terminated, absolute paths
    char **
        requires;    // files that must exist for the subject to run, NULL-terminated, absolute paths
    char **packages; // Debian packages that bring them, NULL-terminated
    char **differs; // metrics ("median"), or words ("says"), that its class's expectations are not judged by,
                    // because its driver takes other round trips than libpq; NULL-terminated
    char **conninfo; // libpq's keywords that its client takes, NULL-terminated; "libpq" alone: all of them
    struct subject_strategy *strategies;
    size_t strategies_count;
    struct subject_finding *findings;
    size_t findings_count;
    struct subject_difference *differences;
    size_t differences_count;
};

// `root` is the project's folder: relative paths of the manifest start there. NULL: ERROR_INPUT with file and
// line.
struct subject *subject_read(const char *path, const char *root, struct error *error) MUST_CHECK;
// The same from memory; `path` is used for messages, for the name, and for what lies beside it.
struct subject *subject_parse(
    const char *path, const char *root, const char *yaml, size_t length, struct error *error) MUST_CHECK;
void subject_free(struct subject *subject);

const struct subject_strategy *subject_strategy_by_name(const struct subject *subject, const char *name);
// Whether its client takes a keyword of libpq's conninfo, `length` bytes long.
bool subject_takes(const struct subject *subject, const char *keyword, size_t length);
// The first file of those it requires that is not there: the project's and the manifest's are looked for on
// this machine, all others in the image (NULL: on this machine, too). NULL: it is ready.
const char *subject_missing_file(const struct subject *subject, const struct erofs *image);
// Whether a file is one of those that are looked for on this machine.
bool subject_brings(const struct subject *subject, const char *path);
// True when all it requires is there. Otherwise `missing` (of `size` bytes) names the first that is not.
bool subject_is_ready(const struct subject *subject, const struct erofs *image, char *missing, size_t size);

#endif
