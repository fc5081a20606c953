// What a sweep found: on the terminal, and as sweep.json.
#ifndef HANGUP_SWEEP_REPORT_H
#define HANGUP_SWEEP_REPORT_H

#include "sweep/classes.h"
#include "sweep/point.h"
#include "sweep/retry.h"

#include <stdio.h>

// Of one subject. Class 0 is that of the undisturbed cell.
struct sweep {
    const struct cell *cell;
    struct sweep_points points;
    struct sweep_classes classes;
    size_t *class_of; // by point; SWEEP_NOT_RUN: it has no outcome
    size_t not_run;
    enum sweep_retry retry;
    size_t doubled;    // points after which a row is there twice
    char *unsupported; // why the adapter cannot do it, owned; NULL: it can. There are no points then
};
#define SWEEP_NOT_RUN SIZE_MAX

// False: ERROR_LAB, no memory. Free it in any case.
bool sweep_begin(struct sweep *sweep, const struct verdict *undisturbed, struct error *error) MUST_CHECK;
// The outcome of a point; NULL: it was not run.
bool sweep_take(
    struct sweep *sweep, size_t point, const struct verdict *verdict, struct error *error) MUST_CHECK;
void sweep_free(struct sweep *sweep);

#define SWEEP_FILE "sweep.json" // in the sweep's folder

// '.' is the undisturbed cell's class, '?' a point that was not run, '*' a class behind the 26th.
char sweep_letter(size_t class);

void sweep_print(FILE *file, const struct sweep *sweep, int width); // as base/terminal.h has it
json_t *sweep_to_json(const struct sweep *sweep);                   // NULL: no memory

#define SWEEP_PAGE_FILE "report.html" // in the sweep's folder: the strip for a browser

void sweep_print_page(FILE *file, const struct sweep *sweeps, size_t count);

#endif
