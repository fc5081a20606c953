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

static bool perform_entry(struct lab *lab, struct lab_faults *faults, const struct timeline_entry *entry,
    int *next_id, struct error *error)
{
    if (!lab_world_watch_path(lab, error)) // a fault must know what is on its way
        return false;
    switch (entry->kind) {
    case TIMELINE_APPLY: lab_faults_apply(lab, faults, entry->index, NULL); break;
    case TIMELINE_REVERT: lab_faults_revert(lab, faults, entry->index, NULL); break;
    case TIMELINE_OPERATION:
        subject_process_send(lab, &lab->cell->scenario->workload[entry->index], (*next_id)++);
        break;
    }
    return true;
}

// True when nothing is left that could still change what the application sees.
static bool is_over(const struct lab *lab, const struct timeline *timeline, size_t next)
{
    if (subject_process_unanswered(lab->subject) > 0)
        return false;
    while (next < timeline->count && timeline->entries[next].kind == TIMELINE_REVERT)
        next++;
    return next == timeline->count;
}

static const char *follow_subject(
    struct lab *lab, const struct timeline *timeline, struct lab_faults *faults, struct error *error)
{
    int64_t run_for_us = lab->cell->scenario->run_for_us;
    size_t next = 0;
    int next_id = 1;
    for (;;) {
        int64_t now_us = lab_now_us(lab);
        if (subject_process_broken(lab->subject))
            return "broken";
        if (is_over(lab, timeline, next))
            return "done";
        if (now_us >= run_for_us)
            return "run_for";
        int64_t entry_us = next < timeline->count ? timeline->entries[next].at_us : run_for_us;
        int64_t alarm_us = lab_alarm_next_us(lab), until_us = alarm_us < entry_us ? alarm_us : entry_us;
        bool done = true;
        if (now_us >= alarm_us && alarm_us <= entry_us)
            lab_alarm_ring(lab);
        else if (next < timeline->count && entry_us < alarm_us && now_us >= entry_us - SOON_US)
            done = perform_entry(lab, faults, &timeline->entries[next++], &next_id, error);
        else
            done = wait_and_listen(lab, now_us, until_us, error);
        if (!done)
            return NULL;
    }
}

const char *lab_timeline_run(struct lab *lab, struct error *error)
{
    struct timeline timeline = {0};
    struct lab_faults *faults = lab_faults_new(lab->cell->scenario->faults_count);
    const char *reason = NULL;
    if (faults == NULL || !timeline_make(&timeline, lab->cell->scenario))
        error_set(error, ERROR_LAB, "out of memory");
    else
        reason = follow_subject(lab, &timeline, faults, error);
    lab_faults_revert_all(lab, faults);
    timeline_free(&timeline);
    lab_faults_free(faults);
    return reason;
}
