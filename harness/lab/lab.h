// The lab: the sealed world one cell runs in. Three hosts, each a network namespace of one kernel:
//
//      app                        wan (the router)                        db
//   +---------+ eth0     wan-app +-----------------+ wan-db      eth0 +------------+
//   | subject |=================| netem, filter,   |=================| PostgreSQL, |
//   |         | 192.0.2.2       | RST injector,    |    198.51.100.2 | TLS         |
//   +---------+       192.0.2.1 | capture, harness | 198.51.100.1    +------------+
//                               +-----------------+
//
// netem sits on the router's interfaces: on the sender's own, TCP is told of a drop and hides it. A failover
// pulls the cable out of host db and plugs it into a new namespace, which is host db from then on: at the
// same address or at 198.51.100.3.
//
// Where the network has a proxy or a pooler it is a fourth host, proxy, at 203.0.113.2 behind wan-proxy. Both
// legs, app to proxy and proxy to db, cross the router as any connection does.
#ifndef HANGUP_LAB_LAB_H
#define HANGUP_LAB_LAB_H

#include "base/error.h"
#include "plan/plan.h"

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

enum host { HOST_APP, HOST_WAN, HOST_DB, HOST_PROXY, HOSTS };

struct guest_task;
struct lab;
struct lab_alarm;
struct lab_path_change;
struct trace_flow;
struct trace_packet;

// Told of each packet of a connection as it enters the router and, where it is not swallowed, as it leaves
// (packet->leaving). Owned by whoever put it into the lab's list; each function may be NULL.
struct lab_watcher {
    void (*on_packet)(
        struct lab *lab, void *context, const struct trace_flow *flow, const struct trace_packet *packet);
    // All packets that had come have been told of: the moment to act on the path.
    void (*on_drained)(struct lab *lab, void *context);
    void *context;
    struct lab_watcher *next;
};

struct lab {
    const struct cell *cell;
    const struct guest_task *task; // what the application is shown of this machine
    const char *folder;            // the cell's, on this machine: the only one that can be written
    FILE *events;
    int64_t zero_us; // the scenario's zero on clock_now_us()
    int alarm_fd;    // wakes the loop
    int namespace_fd[HOSTS];
    struct lab_filter *filter;
    struct lab_flow_table *flow_table; // NULL: the network has none
    struct lab_server *server;
    struct lab_proxy *proxy; // NULL: the network has one leg
    struct trace_capture *capture;
    struct trace_flows *flows;
    struct subject_process *subject; // NULL: a program of the user's (hangup exec)
    pid_t application;               // the process group of what runs in host app
    struct lab_watcher *watchers;
    struct lab_alarm *alarms;             // in order of time
    struct lab_path_change *path_changes; // in place, the newest first
    bool broken;                          // an event could not be written: the trace is not whole
};

// Microseconds since the scenario's zero.
int64_t lab_now_us(const struct lab *lab);

// Writes an event with the present time; takes over `members`.
void lab_event(struct lab *lab, const char *event, json_t *members);

void lab_watch(struct lab *lab, struct lab_watcher *watcher);
void lab_unwatch(struct lab *lab, const struct lab_watcher *watcher);

#endif
