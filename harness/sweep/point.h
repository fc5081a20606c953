// The moments at which a fault can make a difference: between any two things that happen on the path while
// nothing disturbs it. Pure, but for the reading of a cell's folder.
#ifndef HANGUP_SWEEP_POINT_H
#define HANGUP_SWEEP_POINT_H

#include "base/folder.h"
#include "trace/arrow.h"
#include "trace/server_lines.h"

#include <stddef.h>
#include <stdint.h>

#define SWEEP_WORDS_SIZE 160

// Just after what `words` say: "after packet 12 left to db (COMMIT), packet 13 entered to app (answer to
// COMMIT)". Packets are numbered from the scenario's zero on.
struct sweep_point {
    int64_t at_us;
    int64_t stop;  // of the guest (plan/plan.h); 0: it has none there
    size_t number; // of its cell
    char words[SWEEP_WORDS_SIZE];
};

struct sweep_points {
    struct sweep_point *items; // in order of time, one a moment; the first lies before the first packet
    size_t count;
    size_t packets; // that they lie between
};

// When a guest came to its stops, in order; that at zero is not among them. None: points are moments that it
// has to be woken at, a microsecond after what happens.
struct sweep_stops {
    struct sweep_stop {
        int64_t at_us;
        size_t frames; // of the capture, heard of by then
    } *items;
    size_t count;
};

// Of the packets from zero until `over_us`. False: ERROR_LAB, and nothing to free.
bool sweep_points_of(const struct trace_arrows *arrows, const struct server_lines *lines,
    const struct sweep_stops *stops, int64_t over_us, struct sweep_points *points,
    struct error *error) MUST_CHECK;
// Of the undisturbed cell in a folder.
bool sweep_points_read_in(
    const struct folder *folder, struct sweep_points *points, struct error *error) MUST_CHECK;
// Leaves those that come after a point, which the same cell came to.
void sweep_points_keep_after(struct sweep_points *points, const struct sweep_point *point);
// Whether the same happened at the same time before the point of that place.
bool sweep_points_agree_before(const struct sweep_points *a, const struct sweep_points *b, size_t point);
void sweep_points_free(struct sweep_points *points);

#endif
