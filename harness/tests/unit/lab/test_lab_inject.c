// Forged segments: whose numbers they carry, and a checksum that another computation confirms.
#include "lab/inject.h"

#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static uint32_t read_32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint16_t read_16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

// RFC 1071 another way than the code's: byte by byte, the carry put back at once. A packet with a right
// checksum sums to all ones.
static uint16_t add_byte(uint16_t sum, size_t index, uint8_t byte)
{
    uint32_t wide = sum + (index % 2 == 0 ? (uint32_t)byte << 8 : byte);
    return (uint16_t)(wide + (wide > 0xffff));
}

static uint16_t tcp_sum(const uint8_t *packet)
{
    const uint8_t protocol_and_length[] = {0, 6, 0, LAB_FORGED_LENGTH - 20};
    uint16_t sum = 0;
    for (size_t i = 12; i < LAB_FORGED_LENGTH; i++) // both addresses, then TCP
        sum = add_byte(sum, i, packet[i]);
    for (size_t i = 0; i < sizeof(protocol_and_length); i++)
        sum = add_byte(sum, i, protocol_and_length[i]);
    return sum;
}

static const struct trace_flow flow = {.client_address = 0xc0000202,
    .server_address = 0xc6336402,
    .client_port = 40000,
    .server_port = 5432,
    .client_ack = 0xaabbcc00,
    .server_ack = 0x11223300,
    .client_window = 500,
    .server_window = 600,
    .client_seen = true,
    .server_seen = true};

// Breaks with: directions mixed up; an acknowledgement or a window of the wrong side; a window of 0, which
// would stop the target's sending.
static void each_direction_has_its_own_numbers(void **state)
{
    (void)state;
    static const struct {
        struct lab_forged forged;
        uint32_t source, destination, ack;
        uint16_t source_port, destination_port, window;
    } table[] = {
        {{true, TH_RST | TH_ACK, 0xaabbccdd}, 0xc6336402, 0xc0000202, 0x11223300, 5432, 40000, 600},
        {{false, TH_FIN | TH_ACK, 0x11223344}, 0xc0000202, 0xc6336402, 0xaabbcc00, 40000, 5432, 500},
    };
    for (size_t i = 0; i < 2; i++) {
        uint8_t packet[LAB_FORGED_LENGTH];
        lab_forged_build(&flow, &table[i].forged, packet);
        assert_int_equal(read_32(packet + 12), table[i].source);
        assert_int_equal(read_32(packet + 16), table[i].destination);
        assert_int_equal(read_16(packet + 20), table[i].source_port);
        assert_int_equal(read_16(packet + 22), table[i].destination_port);
        assert_int_equal(read_32(packet + 24), table[i].forged.seq);
        assert_int_equal(read_32(packet + 28), table[i].ack);
        assert_int_equal(packet[33], table[i].forged.flags);
        assert_int_equal(read_16(packet + 34), table[i].window);
    }
}

// Breaks with: a byte not written, a wrong length.
static void it_is_a_bare_segment(void **state)
{
    (void)state;
    uint8_t packet[LAB_FORGED_LENGTH];
    memset(packet, 0xa5, sizeof(packet)); // every byte must be written
    lab_forged_build(&flow, &(struct lab_forged){true, TH_RST | TH_ACK, 1}, packet);
    assert_int_equal(packet[0], 0x45);                 // IPv4, five words
    assert_int_equal(read_16(packet + 2), 40);         // total length
    assert_int_equal(read_16(packet + 6) & 0x3fff, 0); // no fragment
    assert_true(packet[8] > 1);                        // survives a hop
    assert_int_equal(packet[9], 6);                    // TCP
    assert_int_equal(packet[32], 0x50);                // five words
    assert_int_equal(packet[33], 0x14);                // RST, ACK
    assert_int_equal(read_16(packet + 38), 0);         // no urgent data
}

// Breaks with: any mistake in the checksum, such as a carry lost; hence so many different sums.
static void the_checksum_is_right(void **state)
{
    (void)state;
    struct trace_flow each = flow;
    for (uint32_t i = 0; i < 20000; i++) {
        each.server_ack = ~i * 40503U;
        each.client_port = (uint16_t)(1024 + i);
        uint8_t packet[LAB_FORGED_LENGTH];
        const struct lab_forged forged = {i % 2, (uint8_t)(i % 4 ? TH_RST : TH_FIN), i * 2654435761U};
        lab_forged_build(&each, &forged, packet);
        assert_int_equal(tcp_sum(packet), 0xffff);
    }
}

// The checker above must be able to say no.
static void the_checker_finds_a_wrong_bit(void **state)
{
    (void)state;
    uint8_t packet[LAB_FORGED_LENGTH];
    lab_forged_build(&flow, &(struct lab_forged){false, TH_RST | TH_ACK, 7}, packet);
    for (size_t bit = 12 * 8; bit < LAB_FORGED_LENGTH * 8UL; bit++) {
        packet[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_not_equal(tcp_sum(packet), 0xffff);
        packet[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_direction_has_its_own_numbers),
        cmocka_unit_test(it_is_a_bare_segment),
        cmocka_unit_test(the_checksum_is_right),
        cmocka_unit_test(the_checker_finds_a_wrong_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
