// Frames on the line: what is encoded is decoded, in pieces too, and what is none is passed over.
#include "contract/frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

// Breaks with: a length that loses its high byte, a number whose bytes change places.
static void what_is_sent_arrives(void **state)
{
    (void)state;
    uint8_t bytes[EXEC_FRAME_MAX];
    struct exec_frame window = {.kind = EXEC_FRAME_WINDOW}, keys = {.kind = EXEC_FRAME_INPUT}, got;
    exec_frame_put_number(&window, 0, 300);
    exec_frame_put_number(&window, 1, 80);
    assert_int_equal(exec_frame_encode(&window, bytes), EXEC_FRAME_HEADER + 4);
    assert_int_equal(exec_frame_decode(bytes, sizeof(bytes), &got), EXEC_FRAME_HEADER + 4);
    assert_int_equal(got.kind, EXEC_FRAME_WINDOW);
    assert_int_equal(exec_frame_number(&got, 0), 300);
    assert_int_equal(exec_frame_number(&got, 1), 80);
    assert_int_equal(exec_frame_number(&got, 2), 0);
    memset(keys.payload, 0xff, sizeof(keys.payload));
    keys.length = EXEC_FRAME_PAYLOAD_MAX;
    assert_int_equal(exec_frame_encode(&keys, bytes), EXEC_FRAME_MAX);
    assert_int_equal(exec_frame_decode(bytes, EXEC_FRAME_MAX, &got), EXEC_FRAME_MAX);
    assert_int_equal(got.length, EXEC_FRAME_PAYLOAD_MAX);
    assert_memory_equal(got.payload, keys.payload, sizeof(keys.payload));
}

// Breaks with: half a frame that is taken for a whole one.
static void a_piece_is_not_a_frame(void **state)
{
    (void)state;
    uint8_t bytes[EXEC_FRAME_MAX];
    struct exec_frame signal = {.kind = EXEC_FRAME_SIGNAL}, got;
    exec_frame_put_number(&signal, 0, 15);
    size_t length = exec_frame_encode(&signal, bytes);
    for (size_t piece = 0; piece < length; piece++)
        assert_int_equal(exec_frame_decode(bytes, piece, &got), 0);
    assert_int_equal(exec_frame_decode(bytes, length, &got), length);
    assert_int_equal(exec_frame_number(&got, 0), 15);
}

// Breaks with: a reader that stops at what it does not know, or reads over the end of its buffer.
static void what_is_no_frame_is_passed_over(void **state)
{
    (void)state;
    static const uint8_t noise[] = {0, 'x', 'i', 0xff, 0xff, 's', 0, 2, 0, 2};
    struct exec_frame got = {0};
    size_t at = 0;
    while (got.kind != EXEC_FRAME_SIGNAL) {
        size_t used = exec_frame_decode(noise + at, sizeof(noise) - at, &got);
        assert_true(used > 0);
        at += used;
    }
    assert_int_equal(at, sizeof(noise));
    assert_int_equal(exec_frame_number(&got, 0), 2);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_arrives),
        cmocka_unit_test(a_piece_is_not_a_frame),
        cmocka_unit_test(what_is_no_frame_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
