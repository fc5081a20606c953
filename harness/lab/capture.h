// The capture: every packet twice, as it enters the router and as it leaves it, into capture.pcap.
#ifndef HANGUP_LAB_CAPTURE_H
#define HANGUP_LAB_CAPTURE_H

#include "base/error.h"
#include "trace/packet.h"

#include <stdint.h>

struct trace_capture;

// Called for each IPv4 TCP packet, in the order the router saw them.
typedef void trace_capture_callback(void *context, const struct trace_packet *packet);

// Of the caller's network namespace, all interfaces, into the file at `path`.
struct trace_capture *trace_capture_open(
    const char *path, trace_capture_callback *callback, void *context, struct error *error) MUST_CHECK;

// Readable when packets wait.
int trace_capture_fd(const struct trace_capture *capture);

// Takes in what waits. Never blocks.
bool trace_capture_drain(struct trace_capture *capture, struct error *error) MUST_CHECK;

// How many packets have been taken in.
uint64_t trace_capture_count(const struct trace_capture *capture);

// What has been taken in is in the file afterwards.
bool trace_capture_flush(struct trace_capture *capture, struct error *error) MUST_CHECK;

// Drains, writes the rest and frees it, also when it fails. ERROR_LAB when packets were dropped: the evidence
// has holes.
bool trace_capture_close(struct trace_capture *capture, struct error *error) MUST_CHECK;

#endif
