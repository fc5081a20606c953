// netem on one of the router's interfaces: what happens to the packets that leave it.
#ifndef HANGUP_NET_NETEM_H
#define HANGUP_NET_NETEM_H

#include "base/error.h"
#include "net/link.h"

#include <stdint.h>

struct lab_netem {
    int64_t delay_us, jitter_us;
    int64_t loss_ppm, duplicate_ppm, reorder_ppm, corrupt_ppm;
    // Losses in bursts (Gilbert-Elliott) instead of loss_ppm: at each packet the chance that a burst, in
    // which all are lost, starts or ends. 0: none.
    int64_t burst_start_ppm, burst_end_ppm;
    int64_t rate_bps; // 0: unlimited
    uint64_t seed;    // must be repeated at each change, or the kernel draws another
};

struct lab_netem_counters {
    int64_t packets; // that left the queue
    int64_t dropped; // by netem's dice
};

bool lab_netem_count(struct lab_link *link, const char *device, struct lab_netem_counters *counters,
    struct error *error) MUST_CHECK;

// Sets or replaces the device's root qdisc. What waits in it stays.
bool lab_netem_set(
    struct lab_link *link, const char *device, const struct lab_netem *netem, struct error *error) MUST_CHECK;

#endif
