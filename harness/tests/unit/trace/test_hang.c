// Hangs: from what the application sent to what was an answer, or to where it gave up.
#include "trace/hang.h"

#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define S 1000000

static struct atlas_packet sent(int64_t at_us, uint16_t port, uint8_t flags, uint32_t seq, uint32_t bytes)
{
    return (struct atlas_packet){
        .at_us = at_us, .to_db = true, .app_port = port, .flags = flags, .seq = seq, .payload_length = bytes};
}

static struct atlas_packet came(int64_t at_us, uint16_t port, uint8_t flags, uint32_t bytes)
{
    return (struct atlas_packet){
        .at_us = at_us, .leaving = true, .app_port = port, .flags = flags, .payload_length = bytes};
}

static void assert_hangs(const struct atlas_packets *packets, const char *expected)
{
    json_t *hangs = trace_find_hangs(packets, 100 * S);
    json_t *wanted = json_loads(expected, 0, NULL);
    assert_non_null(wanted);
    if (!json_equal(hangs, wanted))
        fail_msg("%s", json_dumps(hangs, JSON_COMPACT));
    json_decref(hangs);
    json_decref(wanted);
}

// Breaks with: an acknowledgement that is taken for an answer, a retransmission that begins the wait anew, a
// short wait that is a hang.
static void the_longest_is_named(void **state)
{
    (void)state;
    struct atlas_packet packets[] = {
        sent(0, 40001, TH_SYN, 1, 0),
        came(10000, 40001, TH_SYN | TH_ACK, 0),
        sent(1 * S, 40001, TH_ACK | TH_PUSH, 2, 50), // a query of three seconds
        came(1 * S + 10000, 40001, TH_ACK, 0),
        came(4 * S, 40001, TH_ACK | TH_PUSH, 90),
        sent(5 * S, 40002, TH_SYN, 1, 0), // opened at the third try
        sent(6 * S, 40002, TH_SYN, 1, 0),
        sent(8 * S, 40002, TH_SYN, 1, 0),
        came(12 * S, 40002, TH_SYN | TH_ACK, 0),
        sent(13 * S, 40002, TH_ACK | TH_PUSH, 2, 50),
        came(13 * S + 10000, 40002, TH_ACK | TH_PUSH, 50),
    };
    const struct atlas_packets all = {packets, sizeof(packets) / sizeof(packets[0])};
    assert_hangs(&all,
        "{\"count\": 2, \"longest\": {\"from_s\": 5.0, \"for_s\": 7.0, \"connection\": 2, \"port\": 40002, \"waited_for\": \"connection\", \"acknowledged\": false, \"end\": \"answer\"}}");
}

// Breaks with: a frozen server that looks like one that answers, a wait that outlives the program.
static void a_frozen_server_acknowledges(void **state)
{
    (void)state;
    struct atlas_packet packets[] = {sent(0, 40001, TH_SYN, 1, 0), came(10000, 40001, TH_SYN | TH_ACK, 0),
        sent(60 * S, 40001, TH_ACK | TH_PUSH, 2, 50), came(60 * S + 10000, 40001, TH_ACK, 0),
        came(120 * S, 40001, TH_ACK | TH_PUSH, 50)};
    const struct atlas_packets all = {packets, sizeof(packets) / sizeof(packets[0])};
    assert_hangs(&all,
        "{\"count\": 1, \"longest\": {\"from_s\": 60.0, \"for_s\": 40.0, \"connection\": 1, \"port\": 40001, \"waited_for\": \"answer\", \"acknowledged\": true, \"end\": \"program\"}}");
}

// Breaks with: a goodbye that waits for an answer, one connection that ends another's wait.
static void who_closes_does_not_wait(void **state)
{
    (void)state;
    struct atlas_packet packets[] = {sent(0, 40001, TH_SYN, 1, 0), came(10000, 40001, TH_SYN | TH_ACK, 0),
        sent(1 * S, 40001, TH_ACK | TH_PUSH, 2, 50), sent(3 * S, 40001, TH_ACK | TH_FIN, 52, 0),
        sent(4 * S, 40002, TH_ACK | TH_PUSH, 9, 5), came(6 * S, 40003, TH_ACK | TH_PUSH, 5),
        came(5 * S, 40002, TH_RST, 0)};
    const struct atlas_packets all = {packets, sizeof(packets) / sizeof(packets[0])};
    assert_hangs(&all,
        "{\"count\": 2, \"longest\": {\"from_s\": 1.0, \"for_s\": 2.0, \"connection\": 1, \"port\": 40001, \"waited_for\": \"answer\", \"acknowledged\": false, \"end\": \"closed\"}}");
}

static void nothing_is_no_hang(void **state)
{
    (void)state;
    assert_hangs(&(struct atlas_packets){0}, "{\"count\": 0, \"longest\": null}");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_is_named),
        cmocka_unit_test(a_frozen_server_acknowledges),
        cmocka_unit_test(who_closes_does_not_wait),
        cmocka_unit_test(nothing_is_no_hang),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
