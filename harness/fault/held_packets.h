// Packets on a slow way: a rule of the filter drops them, and their copies go on when their time has come.
#ifndef HANGUP_FAULT_HELD_PACKETS_H
#define HANGUP_FAULT_HELD_PACKETS_H

#include "lab/alarm.h"
#include "trace/packet.h"

struct held_packet;

struct held_packets {
    json_int_t index; // of the fault
    struct held_packet *first, **last;
    struct lab_alarm alarm;
};

// `held` stays where it is until it is cleared.
void held_packets_init(struct held_packets *held, json_int_t index);

// Keeps a copy, and sends it after `delay_us`: the same for all, so that none overtakes another.
void held_packets_add(
    struct lab *lab, struct held_packets *held, const struct trace_packet *packet, int64_t delay_us);

// Drops what is still on its way.
void held_packets_clear(struct lab *lab, struct held_packets *held);

#endif
