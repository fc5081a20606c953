// degrade with `connections`: the packets of one connection are late or lost, among others that are well. The
// filter drops them all; here each is kept and sent on later, or is lost by dice of our own.
#include "fault/degrade_one.h"

#include "fault/filter.h"
#include "fault/held_packets.h"
#include "lab/flow.h"
#include "net/filter.h"

#include <stdlib.h>

#define WHOLE_PPM 1000000

struct degrade_one {
    enum fault_direction direction;
    uint16_t port; // the application's
    int64_t delay_us, loss_ppm;
    uint64_t dice;
    int64_t lost;
    char table[FAULT_FILTER_NAME_SIZE];
    struct held_packets held;
    struct lab_watcher watcher;
};

// splitmix64: the same cell throws the same.
static uint64_t throw_dice(uint64_t *dice)
{
    uint64_t z = (*dice += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

static void degrade_one_on_packet(
    struct lab *lab, void *context, const struct trace_flow *flow, const struct trace_packet *packet)
{
    struct degrade_one *one = context;
    bool to_app = packet->source_port == flow->server_port;
    if (packet->leaving || flow->client_port != one->port ||
        !(one->direction & (to_app ? FAULT_TO_APP : FAULT_TO_DB)))
        return;
    if (one->loss_ppm > 0 && (int64_t)(throw_dice(&one->dice) % WHOLE_PPM) < one->loss_ppm)
        one->lost++;
    else
        held_packets_add(lab, &one->held, packet, one->delay_us);
}

bool degrade_one_apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    struct degrade_one *one = calloc(1, sizeof(*one));
    if (one == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *state = one;
    one->direction = fault_direction_of(spec->argument);
    one->delay_us = fault_option_number(spec, "delay", 0);
    one->loss_ppm = fault_option_number(spec, "loss", 0);
    one->dice = lab->cell->seed + spec->index;
    held_packets_init(&one->held, (json_int_t)spec->index);
    one->watcher = (struct lab_watcher){.on_packet = degrade_one_on_packet, .context = one};
    lab_watch(lab, &one->watcher);
    return fault_filter_add_connection(
        lab, fault_filter_name(spec, one->table), spec, "counter drop", &one->port, error);
}

bool degrade_one_revert(struct lab *lab, void *state, struct error *error)
{
    struct degrade_one *one = state;
    lab_unwatch(lab, &one->watcher);
    held_packets_clear(lab, &one->held);
    bool removed = lab_filter_remove(lab->filter, one->table, error);
    free(one);
    return removed;
}

bool degrade_one_count_hits(struct lab *lab, void *state, int64_t *hits, struct error *error)
{
    const struct degrade_one *one = state;
    *hits = one->lost;
    return one->loss_ppm > 0 || lab_filter_count(lab->filter, one->table, hits, error);
}
