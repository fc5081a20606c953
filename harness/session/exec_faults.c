// Each fault has a slot with its alarms. Those that the program asks for stand behind the scenario's own in
// the cell's scenario, where everything else looks for them.
#include "session/exec_faults.h"

#include "base/duration.h"
#include "contract/program.h"
#include "lab/world.h"
#include "scenario/fault_request.h"
#include "scenario/timeline.h"
#include "session/fault_socket.h"
#include "session/faults.h"

#include <stdlib.h>

#define REQUESTS_MAX 10000

struct slot {
    struct lab_exec_faults *faults;
    size_t index;
    struct lab_alarm apply, revert;
    bool ended;
    int64_t hits; // once it has ended
};

struct lab_exec_faults {
    struct lab *lab;
    struct scenario *scenario; // the cell's; its list of faults has room for all that may come
    struct lab_faults *in_place;
    struct lab_fault_socket *socket;
    struct slot *slots;
    size_t room;
};

static void ring_apply(struct lab *lab, void *context)
{
    const struct slot *slot = context;
    lab_faults_apply(lab, slot->faults->in_place, slot->index, NULL);
}

static void revert_exec_fault(struct lab_exec_faults *faults, size_t index)
{
    int64_t hits;
    lab_alarm_clear(faults->lab, &faults->slots[index].revert);
    lab_faults_revert(faults->lab, faults->in_place, index, &hits);
    faults->slots[index].ended = true;
    faults->slots[index].hits = hits;
    lab_fault_socket_tell_end(faults->socket, index, hits);
}

static void ring_revert(struct lab *lab, void *context)
{
    const struct slot *slot = context;
    (void)lab;
    revert_exec_fault(slot->faults, slot->index);
}

static struct slot *take_slot(struct lab_exec_faults *faults, size_t index)
{
    struct slot *slot = &faults->slots[index];
    *slot = (struct slot){.faults = faults, .index = index};
    slot->apply = (struct lab_alarm){.ring = ring_apply, .context = slot};
    slot->revert = (struct lab_alarm){.ring = ring_revert, .context = slot};
    return slot;
}

// In the timeline's order: at one moment what ends ends first.
static bool set_alarms(struct lab_exec_faults *faults)
{
    struct timeline timeline;
    if (!timeline_make(&timeline, faults->scenario))
        return false;
    for (size_t i = 0; i < faults->scenario->faults_count; i++)
        take_slot(faults, i);
    for (size_t i = 0; i < timeline.count; i++) {
        const struct timeline_entry *entry = &timeline.entries[i];
        if (entry->kind == TIMELINE_OPERATION) // the program is the workload
            continue;
        struct slot *slot = &faults->slots[entry->index];
        struct lab_alarm *alarm = entry->kind == TIMELINE_APPLY ? &slot->apply : &slot->revert;
        alarm->at_us = entry->at_us;
        lab_alarm_set(faults->lab, alarm);
    }
    timeline_free(&timeline);
    return true;
}

static json_t *refuse_exec_fault(const struct error *error)
{
    return json_pack("{s:b, s:s, s:b}", "ok", 0, "error", error->text, "lab", error->category == ERROR_LAB);
}

static bool check_exec_fault(
    const struct lab_exec_faults *faults, const struct fault_spec *spec, bool wait, struct error *error)
{
    if (faults->scenario->faults_count == faults->room)
        return error_set(error, ERROR_INPUT, "more than %d faults", REQUESTS_MAX);
    if (wait && spec->for_us == FAULT_FOREVER)
        return error_set(
            error, ERROR_INPUT, "%s: there is no end to wait for without 'for'", spec->kind->name);
    return network_suits_fault(&faults->scenario->network, spec, error);
}

// The spec is the scenario's from now on, which frees it.
static json_t *apply_exec_fault(
    struct lab_exec_faults *faults, const struct fault_spec *spec, struct error *error)
{
    struct lab *lab = faults->lab;
    size_t index = faults->scenario->faults_count++;
    struct slot *slot = take_slot(faults, index);
    faults->scenario->faults[index] = *spec;
    faults->scenario->faults[index].at_us = lab_now_us(lab);
    faults->scenario->faults[index].index = index;
    char *text = fault_request_describe(spec);
    double at_s = (double)lab_now_us(lab) / US_PER_S;
    lab_event(lab, "fault-requested",
        json_pack("{s:I, s:s*, s:b}", "fault", (json_int_t)index, "text", text, "lasts", fault_lasts(spec)));
    bool applied = lab_faults_apply(lab, faults->in_place, index, error);
    slot->revert.at_us = lab_now_us(lab) + (spec->for_us != FAULT_FOREVER ? spec->for_us : 0);
    if (applied && spec->for_us != FAULT_FOREVER)
        lab_alarm_set(lab, &slot->revert);
    json_t *answer = applied ? json_pack("{s:b, s:I, s:f, s:s*}", "ok", 1, "fault", (json_int_t)index, "at_s",
                                   at_s, "text", text)
                             : refuse_exec_fault(error);
    free(text);
    return answer;
}

// One that is asked for by its number and has ended already is told of again: who made it wants its hits.
static void clear_one(struct lab_exec_faults *faults, size_t index, bool any, json_t *cleared)
{
    const struct slot *slot = &faults->slots[index];
    if (lab_faults_in_place(faults->in_place, index))
        revert_exec_fault(faults, index);
    else if (any || !slot->ended)
        return;
    char *text = fault_request_describe(&faults->scenario->faults[index]);
    json_array_append_new(cleared, json_pack("{s:I, s:s*, s:I}", "fault", (json_int_t)index, "text", text,
                                       "hits", (json_int_t)slot->hits));
    free(text);
}

static json_t *clear_exec_fault(struct lab_exec_faults *faults, const json_t *which)
{
    struct error error = {0};
    json_int_t count = (json_int_t)faults->scenario->faults_count, number = json_integer_value(which);
    if (!json_is_null(which) && (!json_is_integer(which) || number < 0 || number >= count)) {
        error_set(&error, ERROR_INPUT,
            "clear: there is no such fault: %lld have been asked for, numbered from 0", (long long)count);
        return refuse_exec_fault(&error);
    }
    json_t *cleared = json_array();
    for (size_t i = faults->scenario->faults_count; i-- > 0;) // the newest first, as they lie on each other
        if (json_is_null(which) || number == (json_int_t)i)
            clear_one(faults, i, json_is_null(which), cleared);
    return json_pack("{s:b, s:o}", "ok", 1, "cleared", cleared);
}

static json_t *handle(void *context, const json_t *request, size_t *awaited)
{
    struct lab_exec_faults *faults = context;
    const json_t *which = json_object_get(request, "clear");
    bool wait = json_is_true(json_object_get(request, "wait"));
    struct fault_spec spec;
    struct error error = {0};
    if (which != NULL)
        return clear_exec_fault(faults, which);
    if (!fault_request_read(request, &spec, &error))
        return refuse_exec_fault(&error);
    // It must know what is on its way.
    if (!check_exec_fault(faults, &spec, wait, &error) || !lab_world_watch_path(faults->lab, &error)) {
        fault_request_free(&spec);
        return refuse_exec_fault(&error);
    }
    *awaited = wait ? faults->scenario->faults_count : LAB_FAULT_NONE;
    return apply_exec_fault(faults, &spec, &error);
}

static bool make_room_for_fault(struct lab_exec_faults *faults)
{
    faults->room = faults->scenario->faults_count + REQUESTS_MAX;
    struct fault_spec *grown = reallocarray(faults->scenario->faults, faults->room, sizeof(*grown));
    if (grown == NULL)
        return false;
    faults->scenario->faults = grown;
    faults->slots = calloc(faults->room, sizeof(*faults->slots));
    faults->in_place = lab_faults_new(faults->room);
    return faults->slots != NULL && faults->in_place != NULL && set_alarms(faults);
}

struct lab_exec_faults *lab_exec_faults_open(struct lab *lab, struct error *error)
{
    struct lab_exec_faults *faults = calloc(1, sizeof(*faults));
    if (faults != NULL) {
        faults->lab = lab;
        faults->scenario = lab->cell->scenario;
    }
    if (faults == NULL || !make_room_for_fault(faults))
        error_set(error, ERROR_LAB, "out of memory");
    else if ((faults->socket = lab_fault_socket_open(EXEC_SOCKET, handle, faults, error)) != NULL)
        return faults;
    lab_exec_faults_close(faults);
    return NULL;
}

void lab_exec_faults_close(struct lab_exec_faults *faults)
{
    if (faults == NULL)
        return;
    lab_fault_socket_close(faults->socket);
    lab_faults_free(faults->in_place);
    free(faults->slots);
    free(faults);
}

int lab_exec_faults_fd(const struct lab_exec_faults *faults)
{
    return lab_fault_socket_fd(faults->socket);
}

void lab_exec_faults_serve(struct lab_exec_faults *faults)
{
    lab_fault_socket_serve(faults->socket);
}

void lab_exec_faults_end(struct lab_exec_faults *faults)
{
    for (size_t i = 0; i < faults->scenario->faults_count; i++) {
        lab_alarm_clear(faults->lab, &faults->slots[i].apply);
        lab_alarm_clear(faults->lab, &faults->slots[i].revert);
    }
    lab_faults_revert_all(faults->lab, faults->in_place);
}
