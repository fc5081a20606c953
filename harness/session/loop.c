// One loop, one thread, one clock.
#include "session/loop.h"

#include "base/clock.h"
#include "base/duration.h"
#include "base/event_wait.h"
#include "lab/alarm.h"
#include "lab/capture.h"
#include "lab/world.h"
#include "scenario/timeline.h"
#include "session/faults.h"
#include "session/subject.h"

#include <stdio.h>

#define HEARTBEAT_EVERY_US (10 * US_PER_S)
// What is due so soon is done now. Who sleeps until then comes after the server, which a packet has woken,
// too, and which has sent its answer by then: a fault between the two packets would be ten microseconds late.
#define SOON_US 1

// The host's watchdog and progress display read this on the console.
static void give_cell_heartbeat(int64_t at_us)
{
    printf("@ %lld\n", (long long)(at_us / US_PER_S));
    fflush(stdout);
}

// The first moment after now at which a sign is due.
static int64_t next_sign_us(int64_t now_us)
{
    int64_t since_us = (now_us % HEARTBEAT_EVERY_US + HEARTBEAT_EVERY_US) % HEARTBEAT_EVERY_US;
    return now_us + HEARTBEAT_EVERY_US - since_us;
}

// Waits for packets and for the subject until `until_us` of the scenario, and takes in what has come. It runs
// for each packet: each system call that it does without makes a cell faster.
static bool wait_and_listen(struct lab *lab, int64_t now_us, int64_t until_us, struct error *error)
{
    int64_t sign_us = next_sign_us(now_us);
    struct pollfd watched[] = {{.fd = lab->alarm_fd, .events = POLLIN},
        {.fd = trace_capture_fd(lab->capture), .events = POLLIN},
        {.fd = subject_process_fd(lab->subject), .events = POLLIN}};
    clock_alarm_set(lab->alarm_fd, lab->zero_us + (sign_us < until_us ? sign_us : until_us));
    if (!event_wait(watched, 3, NULL, error))
        return false;
    if (watched[0].revents != 0 && sign_us <= until_us)
        give_cell_heartbeat(sign_us);
    if (watched[1].revents != 0 && !lab_world_watch_path(lab, error))
        return false;
    if (watched[2].revents != 0)
        subject_process_listen(lab);
    return true;
}

bool lab_timeline_reach_zero(struct lab *lab, struct error *error)
{
    for (int64_t now_us; (now_us = lab_now_us(lab)) < 0 && !subject_process_broken(lab->subject);)
        if (!wait_and_listen(lab, now_us, 0, error))
            return false;
    if (!subject_process_ready(lab->subject))
        subject_process_break(lab, "silent", "it was not ready when the scenario started");
    if (!subject_process_broken(lab->subject))
        lab_event(lab, "start", NULL);
    return true;
}

// How far a cell has come.
struct walk {
    struct timeline timeline;
    struct lab_faults *faults;
    size_t next;         // of the timeline's entries
    int next_id;         // of operations
    int64_t stops;       // that it has come to
    uint64_t stopped_at; // the packets heard of by then
};

// Of what its faults do, what comes at this moment or later waits for the cell's next stop. `became`: how
// often a branch has become it.
static int64_t faults_until(const struct cell *cell, size_t became, int64_t stops)
{
    if (became > 0 && became <= cell->via_count)
        return cell->via[became - 1].until_us;
    const bool waits = became < cell->via_count || stops < cell->stop;
    return waits ? INT64_MIN : INT64_MAX;
}

static bool is_to_come(
    const struct timeline_entry *entry, const struct lab_faults *faults, int *sent, int64_t until_us)
{
    const bool begun = entry->kind != TIMELINE_OPERATION && lab_faults_begun(faults, entry->index);
    switch (entry->kind) {
    case TIMELINE_OPERATION: return (*sent)-- <= 0;
    case TIMELINE_APPLY: return entry->at_us < until_us && !begun;
    case TIMELINE_REVERT:
        return entry->at_us < until_us && (!begun || lab_faults_in_place(faults, entry->index));
    }
    return false;
}

// Leaves what is still to come: not the operations that have been sent, nor what its faults have done, and
// will do after its next stop.
static void trim_timeline(
    struct timeline *timeline, const struct lab_faults *faults, int sent, int64_t until_us)
{
    size_t kept = 0;
    for (size_t i = 0; i < timeline->count; i++)
        if (is_to_come(&timeline->entries[i], faults, &sent, until_us))
            timeline->entries[kept++] = timeline->entries[i];
    timeline->count = kept;
}

// `became`: how often a branch has become the cell.
static bool begin_walk(struct walk *walk, const struct cell *cell, size_t became, struct error *error)
{
    walk->next = 0;
    if (!timeline_make(&walk->timeline, cell->scenario))
        return error_set(error, ERROR_LAB, "out of memory");
    trim_timeline(&walk->timeline, walk->faults, walk->next_id - 1, faults_until(cell, became, walk->stops));
    return true;
}

static void end_walk(struct lab *lab, struct walk *walk)
{
    lab_faults_revert_all(lab, walk->faults);
    timeline_free(&walk->timeline);
    lab_faults_free(walk->faults);
}

static bool perform_entry(struct lab *lab, struct walk *walk, struct error *error)
{
    const struct timeline_entry *entry = &walk->timeline.entries[walk->next++];
    if (!lab_world_watch_path(lab, error)) // a fault must know what is on its way
        return false;
    switch (entry->kind) {
    case TIMELINE_APPLY: lab_faults_apply(lab, walk->faults, entry->index, NULL); break;
    case TIMELINE_REVERT: lab_faults_revert(lab, walk->faults, entry->index, NULL); break;
    case TIMELINE_OPERATION:
        subject_process_send(lab, &lab->cell->scenario->workload[entry->index], walk->next_id++);
        break;
    }
    return true;
}

// What comes before a stop is the same in each cell that has it, also the faults that are in place: the guest
// goes on in the timeline of whichever it has become.
static bool stop_here(struct lab *lab, struct lab_cells *cells, struct walk *walk, struct error *error)
{
    bool became;
    lab_event(lab, "stop",
        json_pack("{s:I, s:I}", "number", (json_int_t)++walk->stops, "frames", (json_int_t)walk->stopped_at));
    if (!lab_fork(lab, cells, walk->stops, &became, error))
        return false;
    if (!became)
        return true;
    timeline_free(&walk->timeline);
    if (!lab_faults_grow(walk->faults, lab->cell->scenario->faults_count))
        return error_set(error, ERROR_LAB, "out of memory");
    return begin_walk(walk, lab->cell, cells->count, error);
}

static bool stops_now(const struct lab *lab, struct walk *walk)
{
    const int64_t last = lab->cell->stop;
    const uint64_t heard = trace_capture_count(lab->capture);
    const bool stops = heard != walk->stopped_at && (last == STOP_EVERYWHERE || walk->stops < last);
    walk->stopped_at = heard;
    return stops;
}

// True when nothing is left that could still change what the application sees.
static bool is_over(const struct lab *lab, const struct walk *walk)
{
    size_t next = walk->next;
    if (subject_process_unanswered(lab->subject) > 0)
        return false;
    while (next < walk->timeline.count && walk->timeline.entries[next].kind == TIMELINE_REVERT)
        next++;
    return next == walk->timeline.count;
}

// The next of what is due; alarms come first.
static bool take_step(struct lab *lab, struct walk *walk, int64_t now_us, struct error *error)
{
    const struct timeline *timeline = &walk->timeline;
    const int64_t alarm_us = lab_alarm_next_us(lab);
    const int64_t entry_us = walk->next < timeline->count ? timeline->entries[walk->next].at_us
                                                          : lab->cell->scenario->run_for_us;
    if (now_us >= alarm_us && alarm_us <= entry_us) {
        lab_alarm_ring(lab);
        return true;
    }
    if (walk->next < timeline->count && entry_us < alarm_us && now_us >= entry_us - SOON_US)
        return perform_entry(lab, walk, error);
    return wait_and_listen(lab, now_us, alarm_us < entry_us ? alarm_us : entry_us, error);
}

static const char *follow_subject(
    struct lab *lab, struct lab_cells *cells, struct walk *walk, struct error *error)
{
    for (;;) {
        int64_t now_us = lab_now_us(lab);
        if (subject_process_broken(lab->subject))
            return "broken";
        if (is_over(lab, walk))
            return "done";
        if (now_us >= lab->cell->scenario->run_for_us)
            return "run_for";
        if (!take_step(lab, walk, now_us, error))
            return NULL;
        if (stops_now(lab, walk) && !stop_here(lab, cells, walk, error))
            return NULL;
    }
}

const char *lab_timeline_run(struct lab *lab, struct lab_cells *cells, struct error *error)
{
    struct walk walk = {.next_id = 1, .stops = STOP_AT_ZERO, .stopped_at = trace_capture_count(lab->capture)};
    const char *reason = NULL;
    walk.faults = lab_faults_new(lab->cell->scenario->faults_count);
    if (walk.faults == NULL)
        error_set(error, ERROR_LAB, "out of memory");
    else if (begin_walk(&walk, lab->cell, cells->count, error))
        reason = follow_subject(lab, cells, &walk, error);
    end_walk(lab, &walk);
    return reason;
}
