// netem on one of the router's interfaces: what happens to the packets that leave it.
#ifndef HANGUP_LAB_NETEM_H
#define HANGUP_LAB_NETEM_H

#include "error.h"
#include "lab_link.h"
#include "scenario.h"

#include <stdint.h>

struct lab_netem {
    int64_t delay_us, jitter_us;
    int64_t loss_ppm, duplicate_ppm, reorder_ppm, corrupt_ppm;
    int64_t rate_bps; // 0: unlimited
    uint64_t seed;    // must be repeated at each change, or the kernel draws another
};

// One direction of the scenario's path.
struct lab_netem lab_netem_of(const struct network *network, uint64_t seed);

// Sets or replaces the device's root qdisc.
bool lab_netem_set(
    struct lab_link *link, const char *device, const struct lab_netem *netem, struct error *error) MUST_CHECK;

#endif
