// libpcap on the router's interfaces together ("any"): one queue, one order, and the interface of each packet
// in its header.
#include "trace_capture.h"

#include <pcap/pcap.h>
#include <stdlib.h>

#define BUFFER_BYTES    (16 << 20)
#define SNAPSHOT_LENGTH 65535

struct trace_capture {
    pcap_t *pcap;
    pcap_dumper_t *dump;
    trace_capture_callback *callback;
    void *context;
};

static bool activate(pcap_t *pcap, struct error *error)
{
    // Immediate: a packet is there when it happened, not when a block of the ring is full.
    bool ready = pcap_set_immediate_mode(pcap, 1) == 0 && pcap_set_buffer_size(pcap, BUFFER_BYTES) == 0 &&
                 pcap_set_snaplen(pcap, SNAPSHOT_LENGTH) == 0 &&
                 pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO) == 0 &&
                 pcap_activate(pcap) >= 0 && pcap_set_datalink(pcap, DLT_LINUX_SLL2) == 0;
    char reason[PCAP_ERRBUF_SIZE];
    if (!ready || pcap_setnonblock(pcap, 1, reason) != 0)
        return error_set(error, ERROR_LAB, "the capture: %s", pcap_geterr(pcap));
    return true;
}

struct trace_capture *trace_capture_open(
    const char *path, trace_capture_callback *callback, void *context, struct error *error)
{
    char reason[PCAP_ERRBUF_SIZE] = "out of memory";
    struct trace_capture *capture = calloc(1, sizeof(*capture));
    if (capture != NULL)
        capture->pcap = pcap_create("any", reason);
    if (capture == NULL || capture->pcap == NULL) {
        error_set(error, ERROR_LAB, "the capture: %s", reason);
    } else if (activate(capture->pcap, error)) {
        capture->callback = callback;
        capture->context = context;
        capture->dump = pcap_dump_open(capture->pcap, path);
        if (capture->dump != NULL)
            return capture;
        error_set(error, ERROR_LAB, "the capture: %s", pcap_geterr(capture->pcap));
    }
    if (capture != NULL && capture->pcap != NULL)
        pcap_close(capture->pcap);
    free(capture);
    return NULL;
}

int trace_capture_fd(const struct trace_capture *capture)
{
    return pcap_get_selectable_fd(capture->pcap);
}

static void take(u_char *context, const struct pcap_pkthdr *header, const u_char *data)
{
    struct trace_capture *capture = (struct trace_capture *)(void *)context;
    struct trace_packet packet;
    pcap_dump((u_char *)capture->dump, header, data);
    if (trace_packet_parse(data, header->caplen, &packet))
        capture->callback(capture->context, &packet);
}

bool trace_capture_drain(struct trace_capture *capture, struct error *error)
{
    if (pcap_dispatch(capture->pcap, -1, take, (u_char *)capture) < 0)
        return error_set(error, ERROR_LAB, "the capture: %s", pcap_geterr(capture->pcap));
    return true;
}

bool trace_capture_close(struct trace_capture *capture, struct error *error)
{
    if (capture == NULL)
        return true;
    struct pcap_stat counts = {0};
    bool whole = trace_capture_drain(capture, error);
    if (whole && pcap_stats(capture->pcap, &counts) == 0 && counts.ps_drop > 0)
        whole = error_set(error, ERROR_LAB, "the capture lost %u packets", counts.ps_drop);
    if (whole && pcap_dump_flush(capture->dump) != 0)
        whole = error_set_errno(error, ERROR_LAB, "the capture");
    pcap_dump_close(capture->dump);
    pcap_close(capture->pcap);
    free(capture);
    return whole;
}
