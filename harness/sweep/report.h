// What a sweep found: on the terminal, as sweep.json, and for a browser.
#ifndef HANGUP_SWEEP_REPORT_H
#define HANGUP_SWEEP_REPORT_H

#include "sweep/classes.h"
#include "sweep/point.h"
#include "sweep/retry.h"

#include <jansson.h>
#include <stdio.h>

// What was swept, in words.
struct sweep_title {
    char *scenario; // "commit/answer-lost"
    char *who;      // "pqpool:none", or a program's command line as a shell reads it
    char *fault;    // "silence to-app": what comes at each moment
    char *given;    // what had come by then: "silence to-app, after packet 5 left to db"; NULL: nothing
    char *name;     // of its cells, which end in "--0003"
    uint64_t seed;
};

// Of one subject, or of one program. Class 0 is that of the undisturbed cell.
struct sweep {
    const struct cell *cell;  // the scenario's own; NULL: it was read from a file
    struct sweep_title title; // owned
    struct sweep_point from;  // when the last of what is given came
    struct sweep_points points;
    struct sweep_classes classes;
    size_t *class_of; // by point; SWEEP_NOT_RUN: it has no outcome
    int64_t *took_us; // by point; NULL: nobody measured it
    size_t not_run;
    enum sweep_retry retry;
    size_t doubled;    // points after which a row is there twice
    char *unsupported; // why the adapter cannot do it, owned; NULL: it can. There are no points then
};
#define SWEEP_NOT_RUN      SIZE_MAX
#define SWEEP_TOOK_UNKNOWN (-1)

struct sweep_outcome {
    const char *words; // of its class
    bool doubled;      // a row is there twice
    int64_t took_us;   // on the lab's clock; SWEEP_TOOK_UNKNOWN
};

// Of the cell that the scenario and `who` make. False: ERROR_LAB, no memory. Free the sweep in any case.
bool sweep_name(
    struct sweep *sweep, const struct cell *cell, const char *who, struct error *error) MUST_CHECK;
// With its points; none of them was run so far. `undisturbed`: the outcome, in words.
bool sweep_begin(struct sweep *sweep, const char *undisturbed, struct error *error) MUST_CHECK;
// The outcome of a point.
bool sweep_take(
    struct sweep *sweep, size_t point, const struct sweep_outcome *outcome, struct error *error) MUST_CHECK;
void sweep_free(struct sweep *sweep);

// "NAME--0003": the folder of a point's cell.
#define SWEEP_DIR_SIZE (FOLDER_NAME_MAX + 32)
char *sweep_point_dir(const struct sweep *sweep, size_t point, char dir[static SWEEP_DIR_SIZE]);

// What class 0 is.
const char *sweep_calm_words(const struct sweep *sweep);
// '.' is the undisturbed cell's class, '?' a point that was not run, '*' a class behind the 26th.
char sweep_letter(size_t class);
// Whether another outcome begins with this point; `*before` receives the class of the last one that was run.
bool sweep_turns_at(const struct sweep *sweep, size_t point, size_t *before);

void sweep_print(FILE *file, const struct sweep *sweep, int width); // as base/terminal.h has it

#define SWEEP_PAGE_FILE "report.html" // in the sweep's folder: the strip for a browser

void sweep_print_page(FILE *file, const struct sweep *sweeps, size_t count);

#endif
