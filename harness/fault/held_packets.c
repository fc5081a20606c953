// A queue and one alarm, for the packet that comes first.
#include "fault/held_packets.h"

#include "lab/inject.h"

#include <stdlib.h>
#include <string.h>

struct held_packet {
    int64_t until_us;
    size_t length;
    struct held_packet *next;
    uint8_t bytes[];
};

static void report_held(struct lab *lab, const struct held_packets *held, const char *why)
{
    lab_event(lab, "fault-failed", json_pack("{s:I, s:s}", "fault", held->index, "error", why));
}

static void wait_for_first(struct lab *lab, struct held_packets *held)
{
    if (held->first == NULL)
        return;
    held->alarm.at_us = held->first->until_us;
    lab_alarm_set(lab, &held->alarm);
}

static void drop_first(struct held_packets *held)
{
    struct held_packet *first = held->first;
    held->first = first->next;
    if (held->first == NULL)
        held->last = &held->first;
    free(first);
}

static void let_go(struct lab *lab, void *context)
{
    struct held_packets *held = context;
    struct error error = {0};
    if (!lab_packet_send(held->first->bytes, held->first->length, &error))
        report_held(lab, held, error.text);
    drop_first(held);
    wait_for_first(lab, held);
}

void held_packets_init(struct held_packets *held, json_int_t index)
{
    *held = (struct held_packets){.index = index};
    held->last = &held->first;
    held->alarm = (struct lab_alarm){.ring = let_go, .context = held};
}

void held_packets_add(
    struct lab *lab, struct held_packets *held, const struct trace_packet *packet, int64_t delay_us)
{
    struct held_packet *added = calloc(1, sizeof(*added) + packet->ip_bytes);
    if (added == NULL) {
        report_held(lab, held, "out of memory");
        return;
    }
    added->until_us = lab_now_us(lab) + delay_us;
    added->length = packet->ip_bytes;
    memcpy(added->bytes, packet->ip, packet->ip_bytes);
    bool alone = held->first == NULL;
    *held->last = added;
    held->last = &added->next;
    if (alone)
        wait_for_first(lab, held);
}

void held_packets_clear(struct lab *lab, struct held_packets *held)
{
    lab_alarm_clear(lab, &held->alarm);
    while (held->first != NULL)
        drop_first(held);
}
