// Verdict: how long until the pool was back, measured from the first operation sent after the last
// disturbance.
//
// A fault disturbs when it is applied, when it hits, and when it is over: then the path works again. So does
// a flow table when it forgets a connection. From what was sent, because a pause of the schedule is no merit
// and no fault of a pool's.
#include "verdict/internal.h"

struct disturbance {
    int64_t at_us; // -1: there was none
    size_t index;  // in the trace
    bool lasting;  // something still stands in the way
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
        const struct fault_spec *spec = &judgement->cell->scenario->faults[i];
        const struct fault_fact *fault = &judgement->faults[i];
        if (!fault->applied)
            continue;
        take_later(&last, fault->harmed_us, fault->harmed_index);
        last.lasting |= fault_lasts(spec) && !fault->healed;
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

// Of several workers the first that succeeds shows that the pool is back. Nothing sent: nothing is known. No
// success while something stands in the way: that is no pool's fault.
void judgement_measure_recovery(struct judgement *judgement)
{
    struct disturbance last = last_disturbance(judgement);
    const struct operation_fact *first = NULL, *good = NULL;
    for (size_t i = 0; last.at_us >= 0 && i < judgement->operations_count; i++) {
        const struct operation_fact *operation = &judgement->operations[i];
        if (!is_after(operation, &last))
            continue;
        if (!first || operation->sent_us < first->sent_us)
            first = operation;
        if (operation->answer == ANSWER_OK && (!good || operation->answered_us < good->answered_us))
            good = operation;
    }
    int64_t *recovery_us = &judgement->verdict->metrics.value[METRIC_RECOVERY];
    if (good)
        *recovery_us = good->answered_us - first->sent_us;
    else if (first && !last.lasting)
        *recovery_us = METRIC_NEVER;
}
