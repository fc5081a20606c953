// Connections followed packet by packet: whose they are, and the exact number that each side will send next.
#include "lab/flow.h"

#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define APP   0xc0000202
#define DB    0xc6336402
#define PROXY 0xcb007102
#define PORT  5432

enum side { CLIENT, SERVER };

// A packet, and what must be known of its flow after it.
struct step {
    enum side from;
    uint16_t port; // the client's
    uint8_t flags;
    uint32_t seq, payload;
    int flow; // index; -1: none
    uint32_t client_next, server_next;
    bool closed;
};

static struct trace_packet packet_of(const struct step *step)
{
    bool client = step->from == CLIENT;
    return (struct trace_packet){.source = client ? APP : DB,
        .destination = client ? DB : APP,
        .source_port = client ? step->port : PORT,
        .destination_port = client ? PORT : step->port,
        .flags = step->flags,
        .seq = step->seq,
        .payload_length = step->payload};
}

static void follow(const struct step *steps, size_t count, size_t flows_expected)
{
    struct trace_flows *flows = trace_flows_new(PORT);
    assert_non_null(flows);
    for (size_t i = 0; i < count; i++) {
        const struct step *step = &steps[i];
        const struct trace_packet packet = packet_of(step);
        const struct trace_flow *flow = trace_flows_follow(flows, &packet);
        if (step->flow < 0) {
            assert_null(flow);
            continue;
        }
        assert_non_null(flow);
        assert_int_equal(trace_flows_index(flows, flow), step->flow);
        assert_ptr_equal(trace_flows_at(flows, (size_t)step->flow), flow);
        assert_int_equal(flow->client_port, step->port);
        assert_int_equal(flow->client_next, step->client_next);
        assert_int_equal(flow->server_next, step->server_next);
        assert_int_equal(flow->closed, step->closed);
    }
    assert_int_equal(trace_flows_count(flows), flows_expected);
    trace_flows_free(flows);
}
#define FOLLOW(steps, flows) follow(steps, sizeof(steps) / sizeof((steps)[0]), flows)

// Breaks with: SYN or FIN that take no number, ends not told apart, `closed` not set.
static void follows_a_whole_connection(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {CLIENT, 40000, TH_SYN, 1000, 0, 0, 1001, 0, false},
        {SERVER, 40000, TH_SYN | TH_ACK, 5000, 0, 0, 1001, 5001, false},
        {CLIENT, 40000, TH_ACK, 1001, 0, 0, 1001, 5001, false},
        {CLIENT, 40000, TH_ACK | TH_PUSH, 1001, 300, 0, 1301, 5001, false},
        {SERVER, 40000, TH_ACK | TH_PUSH, 5001, 80, 0, 1301, 5081, false},
        {CLIENT, 40000, TH_ACK | TH_FIN, 1301, 0, 0, 1302, 5081, true},
        {SERVER, 40000, TH_ACK | TH_FIN, 5081, 0, 0, 1302, 5082, true},
        {CLIENT, 40000, TH_ACK, 1302, 0, 0, 1302, 5082, true},
    };
    FOLLOW(steps, 1);
}

// Breaks with: a plain `end > next`. The circle's half is the limit; one number beyond it is the past.
static void sequence_numbers_wrap(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {CLIENT, 40000, TH_SYN, 0xffffffff, 0, 0, 0, 0, false},
        {SERVER, 40000, TH_SYN | TH_ACK, 0xfffffff0, 0, 0, 0, 0xfffffff1, false},
        {SERVER, 40000, TH_ACK, 0xfffffff1, 0x20, 0, 0, 0x11, false},
        {SERVER, 40000, TH_ACK, 0xfffffff1, 0x10, 0, 0, 0x11, false}, // an older part again
        {CLIENT, 40000, TH_ACK, 0, 0x7fffffff, 0, 0x7fffffff, 0x11, false},
        {CLIENT, 40000, TH_ACK, 0xffffffff, 0, 0, 0x7fffffff, 0x11, false},
    };
    FOLLOW(steps, 1);
}

// Breaks with: `next` set from whatever comes last. A retransmission moves nothing back, its longer form
// moves on.
static void retransmissions_do_not_step_back(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {CLIENT, 40000, TH_SYN, 1000, 0, 0, 1001, 0, false},
        {CLIENT, 40000, TH_ACK, 1001, 100, 0, 1101, 0, false},
        {CLIENT, 40000, TH_ACK, 1101, 100, 0, 1201, 0, false},
        {CLIENT, 40000, TH_ACK, 1001, 100, 0, 1201, 0, false},
        {CLIENT, 40000, TH_ACK, 1000, 0, 0, 1201, 0, false}, // a keepalive: one before the next
        {CLIENT, 40000, TH_ACK, 1101, 250, 0, 1351, 0, false},
    };
    FOLLOW(steps, 1);
}

// Breaks with: every SYN opens a flow.
static void a_syn_sent_again_is_the_same_connection(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {CLIENT, 40000, TH_SYN, 1000, 0, 0, 1001, 0, false},
        {CLIENT, 40000, TH_SYN, 1000, 0, 0, 1001, 0, false},
        {SERVER, 40000, TH_SYN | TH_ACK, 5000, 0, 0, 1001, 5001, false},
        {SERVER, 40000, TH_SYN | TH_ACK, 5000, 0, 0, 1001, 5001, false},
    };
    FOLLOW(steps, 1);
}

// Breaks with: the oldest flow found first, or a closed one taken up again.
static void a_port_used_again_is_a_new_connection(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {CLIENT, 40000, TH_SYN, 1000, 0, 0, 1001, 0, false},
        {SERVER, 40000, TH_SYN | TH_ACK, 5000, 0, 0, 1001, 5001, false},
        {CLIENT, 40000, TH_RST, 1001, 0, 0, 1001, 5001, true},
        {CLIENT, 40000, TH_SYN, 700, 0, 1, 701, 0, false},
        {SERVER, 40000, TH_SYN | TH_ACK, 90, 0, 1, 701, 91, false},
        {CLIENT, 40000, TH_ACK, 701, 5, 1, 706, 91, false},
    };
    FOLLOW(steps, 2);
}

// Breaks with: flows told apart by less than the client's port.
static void connections_side_by_side(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {CLIENT, 40000, TH_SYN, 1000, 0, 0, 1001, 0, false},
        {CLIENT, 40002, TH_SYN, 2000, 0, 1, 2001, 0, false},
        {SERVER, 40002, TH_SYN | TH_ACK, 7000, 0, 1, 2001, 7001, false},
        {SERVER, 40000, TH_SYN | TH_ACK, 6000, 0, 0, 1001, 6001, false},
        {SERVER, 40002, TH_RST, 7001, 0, 1, 2001, 7001, true},
        {CLIENT, 40000, TH_ACK, 1001, 1, 0, 1002, 6001, false},
    };
    FOLLOW(steps, 2);
}

// Breaks with: a flow opened by anything but a client's SYN: its numbers would be guesses.
static void only_a_clients_syn_opens_a_flow(void **state)
{
    (void)state;
    static const struct step steps[] = {
        {CLIENT, 40000, TH_ACK, 1001, 10, -1, 0, 0, false},
        {SERVER, 40000, TH_SYN | TH_ACK, 5000, 0, -1, 0, 0, false},
        {SERVER, 40000, TH_SYN, 5000, 0, -1, 0, 0, false},
        {CLIENT, 40000, TH_SYN | TH_ACK, 5000, 0, -1, 0, 0, false},
        {CLIENT, 40000, TH_RST, 5000, 0, -1, 0, 0, false},
    };
    FOLLOW(steps, 0);
}

// Breaks with: ports that are not compared.
static void other_ports_are_not_followed(void **state)
{
    (void)state;
    struct trace_flows *flows = trace_flows_new(PORT);
    assert_non_null(flows);
    const struct trace_packet other = {.source = APP,
        .destination = DB,
        .source_port = 40000,
        .destination_port = PORT + 1,
        .flags = TH_SYN};
    assert_null(trace_flows_follow(flows, &other));
    assert_int_equal(trace_flows_count(flows), 0);
    trace_flows_free(flows);
}

// Breaks with: room that is not enlarged, or entries lost by enlarging it.
static void holds_more_flows_than_its_first_room(void **state)
{
    (void)state;
    struct trace_flows *flows = trace_flows_new(PORT);
    assert_non_null(flows);
    for (uint16_t i = 0; i < 100; i++) {
        const struct step syn = {.from = CLIENT, .port = 40000 + i, .flags = TH_SYN, .seq = i};
        const struct trace_packet packet = packet_of(&syn);
        assert_non_null(trace_flows_follow(flows, &packet));
    }
    assert_int_equal(trace_flows_count(flows), 100);
    for (uint16_t i = 0; i < 100; i++) {
        assert_int_equal(trace_flows_at(flows, i)->client_port, 40000 + i);
        assert_int_equal(trace_flows_at(flows, i)->client_next, i + 1);
    }
    trace_flows_free(flows);
    trace_flows_free(NULL);
}

// One packet in a story of what enters the router and what leaves it.
struct crossing {
    bool leaving;
    enum side from;
    uint32_t seq, payload;
    int64_t at_us;
};

static void cross(struct trace_flows *flows, const struct crossing *crossings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct step step = {.from = crossings[i].from,
            .port = 40000,
            .flags = crossings[i].seq == 1000 ? TH_SYN : TH_ACK,
            .seq = crossings[i].seq,
            .payload = crossings[i].payload};
        struct trace_packet packet = packet_of(&step);
        packet.leaving = crossings[i].leaving;
        packet.at_us = crossings[i].at_us;
        assert_non_null(trace_flows_follow(flows, &packet));
    }
}

// Breaks with: a number that counts what was swallowed, or that does not count what is still on its way.
static void the_expected_number_is_that_of_the_arrival(void **state)
{
    (void)state;
    static const struct crossing crossings[] = {
        {false, CLIENT, 1000, 0, 0},
        {true, CLIENT, 1000, 0, 5000}, // the path takes 5 ms
        {false, CLIENT, 1001, 100, 10000},
        {true, CLIENT, 1001, 100, 15000},
        {false, CLIENT, 1101, 100, 20000},
        {false, CLIENT, 1201, 100, 21000},
    };
    static const struct {
        size_t queued;
        int64_t at_us;
        uint32_t expected;
    } table[] = {
        {2, 22000, 1301},    // both wait
        {1, 22000, 1201},    // the second one was swallowed
        {0, 22000, 1101},    // both
        {1, 60000000, 1101}, // they have waited for too long: what is queued is not theirs
    };
    struct trace_flows *flows = trace_flows_new(PORT);
    cross(flows, crossings, sizeof(crossings) / sizeof(crossings[0]));
    const struct trace_flow *flow = trace_flows_at(flows, 0);
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        assert_int_equal(
            trace_flows_expected(flows, flow, false, table[i].queued, table[i].at_us), table[i].expected);
    trace_flows_free(flows);
}

// Breaks with: a forged packet in the queue taken for a swallowed one of the application's, or not counted.
static void a_forged_packet_waits_like_any_other(void **state)
{
    (void)state;
    static const struct crossing crossings[] = {
        {false, CLIENT, 1000, 0, 0}, {true, CLIENT, 1000, 0, 5000},
        {false, CLIENT, 1001, 100, 20000}, // swallowed
    };
    struct trace_flows *flows = trace_flows_new(PORT);
    cross(flows, crossings, sizeof(crossings) / sizeof(crossings[0]));
    const struct trace_flow *flow = trace_flows_at(flows, 0);
    trace_flows_note_forged(flows, flow, false, 1002, 21000); // a FIN
    assert_int_equal(trace_flows_expected(flows, flow, false, 1, 22000), 1002);
    assert_int_equal(trace_flows_expected(flows, flow, false, 2, 22000), 1101);
    trace_flows_free(flows);
}

struct pass {
    bool leaving, to_server, behind; // the proxy
    uint8_t flags;
    uint32_t seq, payload;
    int64_t at_us;
};

static void pass(struct trace_flows *flows, const struct pass *pass)
{
    const uint32_t client = pass->behind ? PROXY : APP, server = pass->behind ? DB : PROXY;
    const uint16_t port = pass->behind ? 20000 : 40000;
    const struct trace_packet packet = {.leaving = pass->leaving,
        .source = pass->to_server ? client : server,
        .destination = pass->to_server ? server : client,
        .source_port = pass->to_server ? port : PORT,
        .destination_port = pass->to_server ? PORT : port,
        .flags = pass->flags,
        .seq = pass->seq,
        .payload_length = pass->payload,
        .at_us = pass->at_us};
    assert_non_null(trace_flows_follow(flows, &packet));
}

// What goes to a proxy waits at one interface, whichever leg it belongs to. Breaks with: a queue for each
// direction.
static void two_legs_wait_in_one_queue(void **state)
{
    (void)state;
    static const struct pass passes[] = {
        {false, true, false, TH_SYN, 1000, 0, 0},
        {true, true, false, TH_SYN, 1000, 0, 5000},
        {false, true, true, TH_SYN, 2000, 0, 5000},
        {false, false, true, TH_SYN | TH_ACK, 5000, 0, 10000},
        {true, false, true, TH_SYN | TH_ACK, 5000, 0, 15000},
        {false, true, false, TH_ACK, 1001, 300, 20000},
        {false, false, true, TH_ACK, 5001, 100, 20001},
    };
    struct trace_flows *flows = trace_flows_new(PORT);
    for (size_t i = 0; i < sizeof(passes) / sizeof(passes[0]); i++)
        pass(flows, &passes[i]);
    const struct trace_flow *before = trace_flows_at(flows, 0), *behind = trace_flows_at(flows, 1);
    assert_true(trace_flow_is_before(before) && !trace_flow_is_behind(before));
    assert_true(trace_flow_is_behind(behind) && !trace_flow_is_before(behind));
    assert_int_equal(trace_flows_expected(flows, before, false, 1, 21000), 1301);
    assert_int_equal(trace_flows_expected(flows, behind, true, 1, 21000), 5001); // only the other's waits
    assert_int_equal(trace_flows_expected(flows, behind, true, 2, 21000), 5101);
    trace_flows_free(flows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_a_whole_connection),
        cmocka_unit_test(sequence_numbers_wrap),
        cmocka_unit_test(retransmissions_do_not_step_back),
        cmocka_unit_test(a_syn_sent_again_is_the_same_connection),
        cmocka_unit_test(a_port_used_again_is_a_new_connection),
        cmocka_unit_test(connections_side_by_side),
        cmocka_unit_test(only_a_clients_syn_opens_a_flow),
        cmocka_unit_test(other_ports_are_not_followed),
        cmocka_unit_test(holds_more_flows_than_its_first_room),
        cmocka_unit_test(the_expected_number_is_that_of_the_arrival),
        cmocka_unit_test(a_forged_packet_waits_like_any_other),
        cmocka_unit_test(two_legs_wait_in_one_queue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
