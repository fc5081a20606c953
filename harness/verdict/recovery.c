// Verdict: how long until the pool was back, measured from the first operation sent after the last
// disturbance.
//
// A fault disturbs when it is applied, when it hits, and when it is over: then the path works again. So does
// a flow table when it forgets a connection. From what was sent, because a pause of the schedule is no merit
// and no fault of a pool's.
//
// That it is never back must not depend on when a pool met its disturbance: a pool that answers more
// operations well would else look worse for having met it later. So `never` is counted from the scenario's
// own times.
#include "verdict/internal.h"

struct disturbance {
    int64_t at_us; // -1: there was none
    size_t index;  // in the trace
};

static void take_later(struct disturbance *last, int64_t at_us, size_t index)
{
    if (at_us < last->at_us || (at_us == last->at_us && index < last->index))
        return;
    last->at_us = at_us;
    last->index = index;
}

static struct disturbance last_disturbance(const struct judgement *judgement)
{
    struct disturbance last = {.at_us = -1};
    const struct wire_counts *wire = judgement->evidence->wire;
    for (size_t i = 0; i < judgement->cell->scenario->faults_count; i++) {
        const struct fault_fact *fault = &judgement->faults[i];
        if (fault->applied)
            take_later(&last, fault->harmed_us, fault->harmed_index);
    }
    if (judgement->reset_flow)
        take_later(&last, judgement->reset_flow_us, judgement->reset_flow_index);
    bool forgot = judgement->verdict->metrics.value[METRIC_FORGOTTEN] > 0;
    if (forgot && wire && wire->forgotten_at_ns >= 0 && judgement->zero_us >= 0)
        take_later(&last, wire->forgotten_at_ns / 1000 - judgement->zero_us, 0);
    return last;
}

static bool is_after(const struct operation_fact *operation, const struct disturbance *last)
{
    return operation->sent_us > last->at_us ||
           (operation->sent_us == last->at_us && operation->sent_index > last->index);
}

// When the scenario's own faults are over. False: one of them is not, within the scenario's time.
static bool path_works_from(const struct judgement *judgement, int64_t *from_us)
{
    *from_us = -1;
    for (size_t i = 0; i < judgement->cell->scenario->faults_count; i++) {
        const struct fault_spec *spec = &judgement->cell->scenario->faults[i];
        const bool lasts = fault_lasts(spec);
        if (lasts && spec->for_us >= judgement->cell->scenario->run_for_us - spec->at_us)
            return false;
        const int64_t over_us = spec->at_us + (lasts ? spec->for_us : 0);
        if (over_us > *from_us)
            *from_us = over_us;
    }
    return true;
}

static const struct operation_fact *last_good(const struct judgement *judgement)
{
    const struct operation_fact *last = NULL;
    for (size_t i = 0; i < judgement->operations_count; i++) {
        const struct operation_fact *operation = &judgement->operations[i];
        if (operation->answer == ANSWER_OK && (!last || operation->sent_index > last->sent_index))
            last = operation;
    }
    return last;
}

// Each connection may cost one error until it is replaced. A pool that ends with more of them in a row does
// not come back.
static bool never_recovers(const struct judgement *judgement)
{
    int64_t from_us, failed = 0;
    if (!path_works_from(judgement, &from_us))
        return false;
    const struct operation_fact *good = last_good(judgement);
    for (size_t i = 0; i < judgement->operations_count; i++) {
        const struct operation_fact *operation = &judgement->operations[i];
        failed += operation->sent_us > from_us && (!good || operation->sent_index > good->sent_index);
    }
    return failed > judgement->cell->scenario->pool.size;
}

// Of several workers the first that succeeds shows that the pool is back. Nothing sent: nothing is known. No
// success while something stands in the way: that is no pool's fault.
void judgement_measure_recovery(struct judgement *judgement)
{
    struct disturbance last = last_disturbance(judgement);
    const struct operation_fact *first = NULL, *good = NULL;
    for (size_t i = 0; last.at_us >= 0 && i < judgement->operations_count; i++) {
        const struct operation_fact *operation = &judgement->operations[i];
        if (!is_after(operation, &last) || operation->answer == ANSWER_UNSUPPORTED)
            continue;
        if (!first || operation->sent_us < first->sent_us)
            first = operation;
        if (operation->answer == ANSWER_OK && (!good || operation->answered_us < good->answered_us))
            good = operation;
    }
    int64_t *recovery_us = &judgement->verdict->metrics.value[METRIC_RECOVERY];
    if (never_recovers(judgement))
        *recovery_us = METRIC_NEVER;
    else if (good)
        *recovery_us = good->answered_us - first->sent_us;
}
