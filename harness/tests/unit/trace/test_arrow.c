// Packets as arrows: which left, which were swallowed, forged, damaged or said again.
#include "trace/arrow.h"

#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define PORT 40000

static struct atlas_packet packet(int64_t at_us, bool leaving, uint32_t seq, uint32_t length, uint64_t digest)
{
    return (struct atlas_packet){.at_us = at_us,
        .leaving = leaving,
        .to_db = true,
        .app_port = PORT,
        .flags = TH_ACK,
        .seq = seq,
        .payload_length = length,
        .digest = digest};
}

static struct trace_arrows arrows_of(struct atlas_packet *packets, size_t count)
{
    struct trace_arrows arrows;
    struct error error = {0};
    assert_true(trace_arrows_of(&(struct atlas_packets){packets, count}, &arrows, &error));
    return arrows;
}

static void what_left_is_paired_with_what_entered(void **state)
{
    (void)state;
    struct atlas_packet packets[] = {packet(10, false, 1, 36, 7), packet(15, true, 1, 36, 7)};
    struct trace_arrows arrows = arrows_of(packets, 2);
    assert_int_equal(arrows.count, 1);
    assert_int_equal(arrows.items[0].entered_us, 10);
    assert_int_equal(arrows.items[0].left_us, 15);
    assert_int_equal(arrows.items[0].kind, ARROW_DATA);
    assert_false(arrows.items[0].again);
    assert_false(trace_arrow_is_swallowed(&arrows.items[0]));
    trace_arrows_free(&arrows);
}

static void a_repetition_of_what_was_swallowed(void **state)
{
    (void)state;
    struct atlas_packet packets[] = {
        packet(10, false, 1, 36, 7), packet(210, false, 1, 36, 8), packet(215, true, 1, 36, 8)};
    struct trace_arrows arrows = arrows_of(packets, 3);
    assert_int_equal(arrows.count, 2);
    assert_true(trace_arrow_is_swallowed(&arrows.items[0]));
    assert_false(arrows.items[0].again);
    assert_true(arrows.items[1].again);
    assert_int_equal(arrows.items[1].left_us, 215);
    trace_arrows_free(&arrows);
}

static void what_never_entered_is_forged(void **state)
{
    (void)state;
    struct atlas_packet packets[] = {packet(10, true, 1, 0, 7)};
    packets[0].flags = TH_RST;
    struct trace_arrows arrows = arrows_of(packets, 1);
    assert_int_equal(arrows.items[0].kind, ARROW_RST);
    assert_int_equal(arrows.items[0].entered_us, ARROW_NEVER);
    assert_int_equal(trace_arrow_at_us(&arrows.items[0]), 10);
    trace_arrows_free(&arrows);
}

// Its digest is another one, and all that can be compared is the same.
static void what_was_damaged_did_leave(void **state)
{
    (void)state;
    struct atlas_packet packets[] = {packet(10, false, 1, 36, 7), packet(15, true, 1, 36, 9)};
    struct trace_arrows arrows = arrows_of(packets, 2);
    assert_int_equal(arrows.count, 1);
    assert_true(arrows.items[0].damaged);
    trace_arrows_free(&arrows);
}

static void a_keepalive_is_no_acknowledgement(void **state)
{
    (void)state;
    struct atlas_packet packets[] = {
        packet(10, false, 1, 36, 7), packet(20, false, 37, 0, 8), packet(30, false, 36, 0, 9)};
    struct trace_arrows arrows = arrows_of(packets, 3);
    assert_int_equal(arrows.items[1].kind, ARROW_ACK);
    assert_int_equal(arrows.items[2].kind, ARROW_PROBE);
    assert_false(arrows.items[2].again);
    trace_arrows_free(&arrows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_left_is_paired_with_what_entered),
        cmocka_unit_test(a_repetition_of_what_was_swallowed),
        cmocka_unit_test(what_never_entered_is_forged),
        cmocka_unit_test(what_was_damaged_did_leave),
        cmocka_unit_test(a_keepalive_is_no_acknowledgement),
    };
    return cmocka_run_group_tests_name("arrow", tests, NULL, NULL);
}
