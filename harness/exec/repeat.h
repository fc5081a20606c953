// One program run again and again, side by side, each time in a lab of its own: for `hangup sweep`. Nobody
// types to it, and what it says is kept in files.
#ifndef HANGUP_EXEC_REPEAT_H
#define HANGUP_EXEC_REPEAT_H

#include "host/image.h"
#include "host/paths.h"
#include "plan/plan.h"

struct exec_repeat {
    const char *scenario;
    char *const *command; // NULL-terminated
    const struct paths *paths;
    const struct image *image;
    const struct folder *folder; // gets a folder for each run, named as its cell
    uint64_t seed;
    int64_t timeout_us; // on the lab's clock; 0: as of `hangup exec`
    int64_t disk_limit; // of each run, in bytes
    bool inside;        // the program is the image's
    unsigned jobs;      // labs at once
    bool show_progress; // on standard error, which is a terminal
};

// The scenario with the program in a subject's place. NULL: ERROR_INPUT.
struct cell *exec_repeat_cell(const struct exec_repeat *repeat, struct error *error) MUST_CHECK;

// Keeps our standard input in the folder, as what each run reads: a terminal is read by none. With `resume`
// what is there already counts.
bool exec_repeat_take_input(const struct exec_repeat *repeat, bool resume, struct error *error) MUST_CHECK;

// Whether the cell's folder has a whole run of it, and of files that are still the same.
bool exec_repeat_is_made(const struct exec_repeat *repeat, const struct cell *cell);

// Runs the cells but for those that are made. SIGINT, SIGTERM and SIGHUP end all labs: `*interrupted`, and
// what is done is kept. False: a run could not be made; those that had begun are done.
bool exec_repeat_run(const struct exec_repeat *repeat, struct cell *const *cells, size_t count,
    bool *interrupted, struct error *error) MUST_CHECK;

// What a run left. To be freed whatever the result.
struct exec_run_texts {
    json_t *report;        // as in exec/report.h; NULL: it has not come to its end
    char *output, *errors; // the last of what the program wrote to its streams
};
// Of the folder of a cell. False: ERROR_LAB.
bool exec_run_texts_read(
    const struct folder *folder, struct exec_run_texts *texts, struct error *error) MUST_CHECK;
void exec_run_texts_free(struct exec_run_texts *texts);

#endif
