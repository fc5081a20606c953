// Applies and reverts faults. A fault that was begun is always reverted, so that nothing outlives it.
#include "session/faults.h"

#include "fault/behaviour.h"
#include "lab/sock_diag.h"

#include <stdlib.h>

struct lab_faults {
    void **states;  // by fault; NULL: not in place
    size_t *order;  // indices in the order of their application
    size_t applied; // length of `order`
};

struct lab_faults *lab_faults_new(size_t count)
{
    struct lab_faults *faults = calloc(1, sizeof(*faults));
    if (faults == NULL)
        return NULL;
    faults->states = calloc(count + 1, sizeof(*faults->states));
    faults->order = calloc(count + 1, sizeof(*faults->order));
    if (faults->states != NULL && faults->order != NULL)
        return faults;
    lab_faults_free(faults);
    return NULL;
}

void lab_faults_free(struct lab_faults *faults)
{
    if (faults != NULL) {
        free(faults->states);
        free(faults->order);
    }
    free(faults);
}

bool lab_faults_grow(struct lab_faults *faults, size_t count)
{
    struct lab_faults *larger = lab_faults_new(count);
    if (larger == NULL)
        return false;
    // Those in place are of both scenarios.
    for (size_t i = 0; i < faults->applied; i++) {
        const size_t index = larger->order[i] = faults->order[i];
        larger->states[index] = faults->states[index];
    }
    larger->applied = faults->applied;
    const struct lab_faults before = *faults;
    *faults = *larger;
    *larger = before;
    lab_faults_free(larger);
    return true;
}

static void report_failure(struct lab *lab, size_t index, const struct error *error)
{
    lab_event(lab, "fault-failed", json_pack("{s:I, s:s}", "fault", (json_int_t)index, "error", error->text));
}

bool lab_faults_apply(struct lab *lab, struct lab_faults *faults, size_t index, struct error *error)
{
    const struct fault_spec *spec = &lab->cell->scenario->faults[index];
    const struct fault_behaviour *behaviour = fault_behaviour_of(spec->kind);
    struct error failure = {0};
    int64_t connections = 0;
    if (!lab_sockets_count(lab, &connections, &failure))
        report_failure(lab, index, &failure);
    faults->order[faults->applied++] = index;
    // The event first: it begins no later than its first effect.
    lab_event(lab, "fault-applied",
        json_pack("{s:I, s:s, s:s, s:I}", "fault", (json_int_t)index, "kind", spec->kind->name, "argument",
            spec->argument, "connections", (json_int_t)connections));
    if (behaviour == NULL)
        error_set(&failure, ERROR_LAB, "nobody has written what %s does", spec->kind->name);
    else if (behaviour->apply(lab, spec, &faults->states[index], &failure))
        return true;
    report_failure(lab, index, &failure);
    if (error != NULL)
        *error = failure;
    return false;
}

bool lab_faults_begun(const struct lab_faults *faults, size_t index)
{
    size_t i = 0;
    while (i < faults->applied && faults->order[i] != index)
        i++;
    return i < faults->applied;
}

bool lab_faults_in_place(const struct lab_faults *faults, size_t index)
{
    return faults->states[index] != NULL;
}

void lab_faults_revert(struct lab *lab, struct lab_faults *faults, size_t index, int64_t *hits)
{
    const struct fault_behaviour *behaviour = fault_behaviour_of(lab->cell->scenario->faults[index].kind);
    void *state = faults->states[index];
    struct error error = {0};
    int64_t count = -1;
    if (hits != NULL)
        *hits = -1;
    if (state == NULL)
        return;
    faults->states[index] = NULL;
    bool counted = behaviour->count_hits(lab, state, &count, &error);
    if (!counted)
        report_failure(lab, index, &error);
    if (!behaviour->revert(lab, state, &error))
        report_failure(lab, index, &error);
    else if (counted)
        lab_event(lab, "fault-reverted",
            json_pack("{s:I, s:I}", "fault", (json_int_t)index, "hits", (json_int_t)count));
    if (hits != NULL && counted)
        *hits = count;
}

void lab_faults_revert_all(struct lab *lab, struct lab_faults *faults)
{
    while (faults != NULL && faults->applied > 0)
        lab_faults_revert(lab, faults, faults->order[--faults->applied], NULL);
}
