// A packet socket on all of the router's interfaces together: one queue, one order, and the interface of each
// packet. libpcap writes the file, but does not read the socket: its mapped ring breaks the page tables of a
// User-mode Linux guest that forks.
#include "lab/capture.h"

#include "base/duration.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <pcap/pcap.h>
#include <pcap/sll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER_BYTES    (16 << 20)
#define SNAPSHOT_LENGTH 65535
#define BATCH           8 // packets a system call: each call is a change between the guest's kernel and its process

// Room for a packet, with that of its SLL2 header before it.
struct slot {
    struct sockaddr_ll from;
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct timespec))];
    struct iovec room;
    uint8_t packet[SNAPSHOT_LENGTH];
};

struct trace_capture {
    int socket_fd;
    pcap_t *pcap; // only says what the file's packets look like
    pcap_dumper_t *dump;
    trace_capture_callback *callback;
    void *context;
    uint64_t count;
    struct slot slots[BATCH];
};

static bool open_socket(struct trace_capture *capture, struct error *error)
{
    const int on = 1, buffer = BUFFER_BYTES;
    // SOCK_DGRAM: without link headers, as SLL2 wants it.
    capture->socket_fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, htons(ETH_P_ALL));
    if (capture->socket_fd < 0 ||
        setsockopt(capture->socket_fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)) != 0 ||
        setsockopt(capture->socket_fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof(buffer)) != 0)
        return error_set_errno(error, ERROR_LAB, "the capture's socket");
    return true;
}

static bool open_file(struct trace_capture *capture, const char *path, struct error *error)
{
    capture->pcap = pcap_open_dead_with_tstamp_precision(
        DLT_LINUX_SLL2, SNAPSHOT_LENGTH, PCAP_TSTAMP_PRECISION_NANO);
    if (capture->pcap == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    capture->dump = pcap_dump_open(capture->pcap, path);
    if (capture->dump == NULL)
        return error_set(error, ERROR_LAB, "the capture: %s", pcap_geterr(capture->pcap));
    return true;
}

static void release(struct trace_capture *capture)
{
    if (capture->dump != NULL)
        pcap_dump_close(capture->dump);
    if (capture->pcap != NULL)
        pcap_close(capture->pcap);
    if (capture->socket_fd >= 0)
        close(capture->socket_fd);
    free(capture);
}

struct trace_capture *trace_capture_open(
    const char *path, trace_capture_callback *callback, void *context, struct error *error)
{
    struct trace_capture *capture = calloc(1, sizeof(*capture));
    if (capture == NULL) {
        error_set(error, ERROR_LAB, "out of memory");
        return NULL;
    }
    *capture = (struct trace_capture){.socket_fd = -1, .callback = callback, .context = context};
    if (open_socket(capture, error) && open_file(capture, path, error))
        return capture;
    release(capture);
    return NULL;
}

int trace_capture_fd(const struct trace_capture *capture)
{
    return capture->socket_fd;
}

uint64_t trace_capture_count(const struct trace_capture *capture)
{
    return capture->count;
}

static struct timespec stamp_of(struct msghdr *message)
{
    struct timespec stamp = {0};
    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL; part = CMSG_NXTHDR(message, part))
        if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_TIMESTAMPNS)
            memcpy(&stamp, CMSG_DATA(part), sizeof(stamp));
    return stamp;
}

// `bytes` holds an SLL2 header's room and `length` bytes behind it.
static void take_packet(struct trace_capture *capture, struct msghdr *message, uint8_t *bytes, size_t length)
{
    const struct sockaddr_ll *from = message->msg_name;
    struct sll2_header link = {
        .sll2_protocol = from->sll_protocol,
        .sll2_if_index = htonl((uint32_t)from->sll_ifindex),
        .sll2_hatype = htons(from->sll_hatype),
        .sll2_pkttype = from->sll_pkttype,
        .sll2_halen = from->sll_halen,
    };
    memcpy(link.sll2_addr, from->sll_addr, sizeof(link.sll2_addr));
    memcpy(bytes, &link, sizeof(link));
    const struct timespec stamp = stamp_of(message);
    struct pcap_pkthdr header = {.caplen = (bpf_u_int32)(sizeof(link) + length)};
    header.len = header.caplen;
    header.ts.tv_sec = stamp.tv_sec;
    header.ts.tv_usec = stamp.tv_nsec; // nanoseconds, as the file's header says
    pcap_dump((u_char *)capture->dump, &header, bytes);
    struct trace_packet packet;
    if (!trace_packet_parse(bytes, header.caplen, &packet))
        return;
    packet.at_us = stamp.tv_sec * US_PER_S + stamp.tv_nsec / 1000;
    capture->callback(capture->context, &packet);
}

static void offer_slots(struct trace_capture *capture, struct mmsghdr messages[BATCH])
{
    for (size_t i = 0; i < BATCH; i++) {
        struct slot *slot = &capture->slots[i];
        slot->room = (struct iovec){slot->packet + SLL2_HDR_LEN, sizeof(slot->packet) - SLL2_HDR_LEN};
        messages[i].msg_hdr = (struct msghdr){.msg_name = &slot->from,
            .msg_namelen = sizeof(slot->from),
            .msg_iov = &slot->room,
            .msg_iovlen = 1,
            .msg_control = slot->control,
            .msg_controllen = sizeof(slot->control)};
    }
}

bool trace_capture_drain(struct trace_capture *capture, struct error *error)
{
    struct mmsghdr messages[BATCH];
    for (;;) {
        offer_slots(capture, messages);
        int count = recvmmsg(capture->socket_fd, messages, BATCH, 0, NULL);
        if (count < 0 && errno == EAGAIN)
            return true;
        if (count < 0 && errno != EINTR && errno != ENETDOWN)
            return error_set_errno(error, ERROR_LAB, "the capture");
        for (int i = 0; i < count; i++)
            take_packet(capture, &messages[i].msg_hdr, capture->slots[i].packet, messages[i].msg_len);
        capture->count += count > 0 ? (uint64_t)count : 0;
        if (count > 0 && count < BATCH)
            return true;
    }
}

static bool check_drops(const struct trace_capture *capture, struct error *error)
{
    struct tpacket_stats counts;
    socklen_t size = sizeof(counts);
    if (getsockopt(capture->socket_fd, SOL_PACKET, PACKET_STATISTICS, &counts, &size) != 0)
        return error_set_errno(error, ERROR_LAB, "the capture's counts");
    return counts.tp_drops == 0 ? true
                                : error_set(error, ERROR_LAB, "the capture lost %u packets", counts.tp_drops);
}

bool trace_capture_flush(struct trace_capture *capture, struct error *error)
{
    return pcap_dump_flush(capture->dump) == 0 || error_set_errno(error, ERROR_LAB, "the capture");
}

bool trace_capture_close(struct trace_capture *capture, struct error *error)
{
    if (capture == NULL)
        return true;
    bool whole = trace_capture_drain(capture, error) && check_drops(capture, error);
    if (whole && pcap_dump_flush(capture->dump) != 0)
        whole = error_set_errno(error, ERROR_LAB, "the capture");
    release(capture);
    return whole;
}
