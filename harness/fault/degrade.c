// degrade: the path goes on working, badly: slower, with losses, duplicates, wrong bits, at a lower rate.
#include "fault/degrade_one.h"
#include "fault/kinds.h"
#include "lab/lab.h"
#include "lab/network.h"

#include <stdlib.h>
#include <string.h>

static const enum host ends[] = {HOST_APP, HOST_DB};
#define ENDS (sizeof(ends) / sizeof(ends[0]))

struct degrade {
    const struct fault_spec *spec;
    void *one; // the state where `connections` names one; NULL: the whole path
    struct lab_netem_counters before[ENDS];
    struct lab_path_change change;
};

static bool touches(const struct fault_spec *spec, enum host to)
{
    return fault_direction_of(spec->argument) & (to == HOST_APP ? FAULT_TO_APP : FAULT_TO_DB);
}

static bool worsen(const struct lab_path_change *change, enum host to, struct lab_netem *netem)
{
    const struct fault_spec *spec = ((const struct degrade *)change->context)->spec;
    if (!touches(spec, to))
        return false;
    netem->delay_us += fault_option_number(spec, "delay", 0);
    netem->jitter_us = fault_option_number(spec, "jitter", netem->jitter_us);
    netem->loss_ppm = fault_option_number(spec, "loss", netem->loss_ppm);
    netem->burst_start_ppm = fault_option_number(spec, "burst_start", netem->burst_start_ppm);
    netem->burst_end_ppm = fault_option_number(spec, "burst_end", netem->burst_end_ppm);
    netem->duplicate_ppm = fault_option_number(spec, "duplicate", netem->duplicate_ppm);
    netem->reorder_ppm = fault_option_number(spec, "reorder", netem->reorder_ppm);
    netem->corrupt_ppm = fault_option_number(spec, "corrupt", netem->corrupt_ppm);
    netem->rate_bps = fault_option_number(spec, "rate", netem->rate_bps);
    return true;
}

static bool degrade_apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    struct degrade *degrade = calloc(1, sizeof(*degrade));
    if (degrade == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *state = degrade;
    degrade->spec = spec;
    if (strcmp(fault_option_word(spec, "connections", "all"), "all") != 0)
        return degrade_one_apply(lab, spec, &degrade->one, error);
    degrade->change = (struct lab_path_change){.change = worsen, .context = degrade};
    for (size_t i = 0; i < ENDS; i++)
        if (!lab_network_count(ends[i], &degrade->before[i], error))
            return false;
    return lab_network_push(lab, &degrade->change, error);
}

static bool degrade_revert(struct lab *lab, void *state, struct error *error)
{
    struct degrade *degrade = state;
    bool restored = degrade->one != NULL ? degrade_one_revert(lab, degrade->one, error)
                                         : lab_network_pop(lab, &degrade->change, error);
    free(degrade);
    return restored;
}

// Losses where it is about losses, or it would have hit although nothing was lost; else what had to go
// through.
static bool degrade_count_hits(struct lab *lab, void *state, int64_t *hits, struct error *error)
{
    const struct degrade *degrade = state;
    if (degrade->one != NULL)
        return degrade_one_count_hits(lab, degrade->one, hits, error);
    bool losses = fault_option_number(degrade->spec, "loss", 0) > 0 ||
                  fault_option_number(degrade->spec, "burst_start", 0) > 0;
    *hits = 0;
    for (size_t i = 0; i < ENDS; i++) {
        struct lab_netem_counters now;
        if (!touches(degrade->spec, ends[i]))
            continue;
        if (!lab_network_count(ends[i], &now, error))
            return false;
        *hits += losses ? now.dropped - degrade->before[i].dropped : now.packets - degrade->before[i].packets;
    }
    return true;
}

const struct fault_behaviour fault_degrade = {
    .kind = "degrade",
    .apply = degrade_apply,
    .revert = degrade_revert,
    .count_hits = degrade_count_hits,
};
