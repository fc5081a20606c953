// Builds the lab around its PID 1, and takes it down.
#include "lab/world.h"

#include "base/clock.h"
#include "base/duration.h"
#include "contract/addresses.h"
#include "contract/clock_zero.h"
#include "contract/program.h"
#include "contract/template.h"
#include "lab/capture.h"
#include "lab/flow.h"
#include "lab/flow_table.h"
#include "lab/keys.h"
#include "lab/ledger.h"
#include "lab/mount.h"
#include "lab/network.h"
#include "lab/proxy.h"
#include "lab/server.h"
#include "net/filter.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

// A kernel that has just booted rounds timers to its 10 ms tick until that has ticked: netem's delays would
// be wrong.
#define CLOCK_WARM_UP_US (100 * US_PER_MS)

static void on_world_packet(void *context, const struct trace_packet *packet)
{
    struct lab *lab = context;
    const struct trace_flow *flow = trace_flows_follow(lab->flows, packet);
    if (flow == NULL)
        return;
    for (struct lab_watcher *watcher = lab->watchers; watcher != NULL; watcher = watcher->next)
        if (watcher->on_packet != NULL)
            watcher->on_packet(lab, watcher->context, flow, packet);
}

static bool open_capture(struct lab *lab, struct error *error)
{
    lab->flows = trace_flows_new(LAB_DB_PORT);
    if (lab->flows == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    lab->capture = trace_capture_open("capture.pcap", on_world_packet, lab, error);
    return lab->capture != NULL;
}

static void describe_lab(struct lab *lab)
{
    struct utsname kernel;
    const json_int_t zero_us = lab->zero_us + clock_realtime_offset_us();
    uname(&kernel);
    lab_event(lab, "lab",
        json_pack("{s:s, s:s, s:I, s:I}", "kernel", kernel.release, "lab", lab_kind_name(lab->cell->lab),
            "seed", (json_int_t)lab->cell->seed, "zero_realtime_us", zero_us));
}

void lab_world_choose_zero(struct lab *lab, int64_t realtime_setup_us)
{
    lab->zero_us = clock_now_us() + realtime_setup_us;
    if (lab->cell->lab == LAB_VIRTUAL)
        lab->zero_us = GUEST_ZERO_REALTIME_S * US_PER_S - clock_realtime_offset_us();
}

// The application verifies the server's certificate.
static bool share_authority(struct error *error)
{
    struct stat attributes = {0};
    int input = open(LAB_MOUNT_TEMPLATE "/" TEMPLATE_AUTHORITY, O_RDONLY | O_CLOEXEC), output = -1;
    bool shared = input >= 0 &&
                  (output = open(EXEC_AUTHORITY, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)) >= 0 &&
                  fstat(input, &attributes) == 0 &&
                  sendfile(output, input, NULL, (size_t)attributes.st_size) == attributes.st_size;
    if (!shared)
        error_set_errno(error, ERROR_LAB, EXEC_AUTHORITY);
    if (input >= 0)
        close(input);
    if (output >= 0)
        close(output);
    return shared;
}

// A packet that wakes the server wakes the lab as well: what the lab does then must come before an answer.
static bool come_first(struct error *error)
{
    const struct sched_param first = {.sched_priority = 1};
    return sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &first) == 0 ||
           error_set_errno(error, ERROR_LAB, "the lab's priority");
}

bool lab_world_build(struct lab *lab, struct error *error)
{
    describe_lab(lab);
    clock_wait_until(clock_now_us() + CLOCK_WARM_UP_US);
    const bool legs = network_has_legs(&lab->cell->scenario->network);
    if (!lab_network_name_db(legs ? LAB_PROXY_ADDRESS : LAB_DB_ADDRESS, error) ||
        !lab_network_resolver(NULL, error) || !share_authority(error) || !lab_network_build(lab, error) ||
        !open_capture(lab, error))
        return false;
    lab->filter = lab_filter_open(error);
    if (lab->filter == NULL || !lab_flow_table_open(lab, error))
        return false;
    if (!lab_server_start(lab, error) || !lab_ledger_prove(error))
        return false;
    lab_event(lab, "server-ready", NULL);
    return lab_proxy_start(lab, error) && come_first(error);
}

bool lab_world_watch_path(struct lab *lab, struct error *error)
{
    if (!trace_capture_drain(lab->capture, error))
        return false;
    for (struct lab_watcher *watcher = lab->watchers, *next; watcher != NULL; watcher = next) {
        next = watcher->next;
        if (watcher->on_drained != NULL)
            watcher->on_drained(lab, watcher->context);
    }
    return true;
}

bool lab_world_close_capture(struct lab *lab, struct error *error)
{
    struct trace_capture *capture = lab->capture;
    lab->capture = NULL;
    return trace_capture_close(capture, error) && lab_keys_keep(error);
}

void lab_world_tear_down(struct lab *lab)
{
    // The server ends with the guest: a clean shutdown would only add its own goodbyes to the trace.
    lab_proxy_free(lab->proxy);
    lab_server_free(lab->server);
    lab_flow_table_close(lab);
    lab_filter_close(lab->filter);
    trace_flows_free(lab->flows);
    for (int host = 0; host < HOSTS; host++)
        if (lab->namespace_fd[host] >= 0)
            close(lab->namespace_fd[host]);
}
