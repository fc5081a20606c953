// Two sides of cells, compared cell by cell: two runs, two labs, or two subjects. Pure.
#ifndef HANGUP_RESULT_COMPARE_H
#define HANGUP_RESULT_COMPARE_H

#include "result/result.h"
#include "subject/subject.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What must agree. What else differs is shown, and is no difference.
enum compare_rules {
    COMPARE_RUNS,     // verdict, all numbers, error texts
    COMPARE_LABS,     // verdict, what the application saw and wrote, error texts; times within the tolerance
    COMPARE_SUBJECTS, // pings, connects, errors, hung, and what was written: clients have words of their own
};

struct compare_side {
    const struct run_result *run;
    const char *subject; // NULL: all
};

// Times agree when they differ by no more than `us` and a tenth of the longer one.
struct compare_tolerance {
    int64_t us;
};

#define COMPARE_TOLERANCE_US 1000000
#define COMPARE_TENTH        10

struct compare_row {
    const struct cell_result *left, *right; // NULL: the cell is only on the other side
    bool verdict, texts;                    // differ
    bool metrics[METRIC_KINDS];             // differ
    bool shown[METRIC_KINDS];               // differ, and need not agree
    bool bytes_known, bytes;                // both have digests; these are equal
    const char *because;                    // why a difference is right, or NULL; comparison_explain's
};

struct comparison {
    enum compare_rules rules;
    struct compare_side left, right;
    struct compare_tolerance tolerance;
    struct compare_row *rows; // in the order of the left side; what is only on the right side last
    size_t rows_count;
};

// Skipped cells take no part. Cells belong together when scenario, seed and (unless both sides name one)
// subject are the same. The runs are borrowed. NULL: no memory.
struct comparison *run_compare(struct compare_side left, struct compare_side right, enum compare_rules rules,
    struct compare_tolerance tolerance);
void comparison_free(struct comparison *comparison);

// Of two subjects: puts what the left one's manifest says about its differences from the right one beside the
// cells.
void comparison_explain(
    struct comparison *comparison, const struct subject *const *subjects, size_t subjects_count);

bool compare_row_differs(const struct compare_row *row); // a cell that is on one side only does
struct compare_counts {
    size_t same, same_bytes, differ, explained, only_left, only_right;
    size_t explained_wrongly; // nothing differs any more
};
struct compare_counts comparison_count(const struct comparison *comparison);
// Everything agrees or is explained, and at least one cell stands on both sides.
bool comparison_agrees(const struct comparison *comparison);

#endif
