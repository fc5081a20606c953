// Silences on the wire: from the first thing the application sent to what came back to it.
#include "trace/silence.h"

#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define S 1000000

static struct atlas_packet sent(int64_t at_us, uint16_t port, uint8_t flags, uint32_t seq, uint32_t bytes)
{
    return (struct atlas_packet){
        .at_us = at_us, .to_db = true, .app_port = port, .flags = flags, .seq = seq, .payload_length = bytes};
}

static struct atlas_packet came(int64_t at_us, uint16_t port)
{
    return (struct atlas_packet){.at_us = at_us, .leaving = true, .app_port = port, .flags = TH_ACK};
}

static void assert_silence(const json_t *silences, size_t nth, double from_s, double for_s, int port)
{
    const json_t *silence = json_array_get(silences, nth);
    assert_true(json_real_value(json_object_get(silence, "from_s")) == from_s);
    assert_true(json_real_value(json_object_get(silence, "for_s")) == for_s);
    assert_int_equal(json_integer_value(json_object_get(silence, "port")), port);
}

// Breaks with: a retransmission that begins the silence anew, an acknowledgement that wants an answer, one
// connection that ends the silence of another, an order that is that of the ports.
static void silences_are_found(void **state)
{
    (void)state;
    struct atlas_packet packets[] = {
        sent(0, 40001, TH_SYN, 1, 0),
        came(10000, 40001),               // an answer in time
        sent(20000, 40001, TH_ACK, 2, 0), // wants none
        sent(5 * S, 40002, TH_SYN, 1, 0), // answered after a repetition
        sent(6 * S, 40002, TH_SYN, 1, 0),
        came(9 * S, 40002),
        sent(7 * S, 40001, TH_ACK | TH_PUSH, 2, 50), // never answered
        sent(8 * S, 40001, TH_ACK | TH_PUSH, 2, 50),
    };
    const struct atlas_packets all = {packets, sizeof(packets) / sizeof(packets[0])};
    json_t *silences = exec_find_silences(&all, 20 * S);
    assert_int_equal(json_array_size(silences), 2);
    assert_silence(silences, 0, 5, 4, 40002);
    assert_silence(silences, 1, 7, 13, 40001);
    json_decref(silences);
}

// Breaks with: goodbyes after the program's end that count, a reset that leaves its connection waiting.
static void the_end_ends_them(void **state)
{
    (void)state;
    struct atlas_packet packets[] = {
        sent(1 * S, 40001, TH_ACK, 2, 50), sent(4 * S, 40001, TH_RST, 52, 0), // it gave up
        sent(9 * S, 40001, TH_ACK, 52, 50),                                   // after the end
    };
    const struct atlas_packets all = {packets, 3};
    json_t *silences = exec_find_silences(&all, 8 * S);
    assert_int_equal(json_array_size(silences), 1);
    assert_silence(silences, 0, 1, 3, 40001);
    json_decref(silences);
}

// Breaks with: repeated SYNs that count, a port that is used again and does not.
static void connections_are_counted_once(void **state)
{
    (void)state;
    struct atlas_packet packets[] = {sent(0, 40001, TH_SYN, 1, 0), sent(S, 40001, TH_SYN, 1, 0),
        sent(2 * S, 40002, TH_SYN, 1, 0), sent(3 * S, 40001, TH_SYN, 7, 0), sent(4 * S, 40003, TH_ACK, 7, 0)};
    packets[1].leaving = false;
    const struct atlas_packets all = {packets, sizeof(packets) / sizeof(packets[0])};
    assert_int_equal(exec_count_connections(&all), 3);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(silences_are_found),
        cmocka_unit_test(the_end_ends_them),
        cmocka_unit_test(connections_are_counted_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
