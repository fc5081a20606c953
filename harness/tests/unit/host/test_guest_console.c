// What counts as a heartbeat on a guest's console. Breaks with: a text that a program could print in
// passing and so keep the watchdog quiet, a sign that is missed because it came in two pieces.
#include "host/guest_console.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool feed(struct guest_console *console, const char *text)
{
    return guest_console_feed(console, text, strlen(text));
}

static void whole_lines_are_signs(void **state)
{
    struct guest_console console;
    (void)state;
    guest_console_init(&console);
    assert_true(feed(&console, "@ 0\n"));
    assert_true(feed(&console, "@ 10\r\n"));
    assert_true(feed(&console, "anything\n@ 20\n@ 30\n"));
    assert_int_equal(console.virtual_s, 30);
    assert_true(feed(&console, "@ 1200\n")); // it may be late
    assert_int_equal(console.virtual_s, 1200);
}

static void pieces_are_put_together(void **state)
{
    static const char text[] = "hello\n@ 0\n@ 10\nworld\n@ 120\n";
    (void)state;
    for (size_t first = 0; first < sizeof(text); first++)
        for (size_t second = first; second < sizeof(text); second++) {
            struct guest_console console;
            guest_console_init(&console);
            bool alive = guest_console_feed(&console, text, first);
            alive |= guest_console_feed(&console, text + first, second - first);
            alive |= guest_console_feed(&console, text + second, sizeof(text) - 1 - second);
            assert_true(alive);
            assert_int_equal(console.virtual_s, 120);
        }
}

static void nothing_else_is(void **state)
{
    static const char *const texts[] = {"@ 20", " @ 20\n", "x@ 20\n", "@ 20 \n", "@ 20x\n", "@  20\n",
        "@ -20\n", "@ +20\n", "@ 020\n", "@ \n", "@\n", "@20\n", "@ 10\n", "@ 0\n", "@ 25\n", "@ 2e1\n",
        "@ 100000010\n", "@ 18446744073709551616\n", "@ 99999999999999999999999999999999999999990\n",
        "@ 20@ 30\n", "@ 20\0\n", "", "\n\n"};
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct guest_console console;
        guest_console_init(&console);
        assert_true(feed(&console, "@ 10\n"));
        assert_false(feed(&console, texts[i]));
        assert_int_equal(console.virtual_s, 10);
    }
}

// A line of any length is passed over, and what follows it is read.
static void floods_pass(void **state)
{
    struct guest_console console;
    char flood[4096];
    (void)state;
    guest_console_init(&console);
    memset(flood, '@', sizeof(flood));
    for (int i = 0; i < 100; i++)
        assert_false(guest_console_feed(&console, flood, sizeof(flood)));
    assert_false(feed(&console, "@ 10\n"));
    assert_true(feed(&console, "@ 10\n"));
}

static void lost_processes_are_noticed(void **state)
{
    struct guest_console console;
    (void)state;
    guest_console_init(&console);
    assert_false(feed(&console, "the userspace - is no complaint\n@ userspace - \n"));
    assert_string_equal(console.lost, "");
    assert_false(feed(&console, "userspace - ptrace set "));
    assert_false(feed(&console, "regs failed, errno = 3\nuserspace - again\n"));
    assert_string_equal(console.lost, "userspace - ptrace set regs failed, errno = 3");
    guest_console_init(&console);
    assert_false(feed(&console, "wait_stub_done_seccomp : failed to wait for stub, pid = -1, errno = 11\n"));
    assert_string_equal(
        console.lost, "wait_stub_done_seccomp : failed to wait for stub, pid = -1, errno = 11");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_lines_are_signs),
        cmocka_unit_test(pieces_are_put_together),
        cmocka_unit_test(nothing_else_is),
        cmocka_unit_test(floods_pass),
        cmocka_unit_test(lost_processes_are_noticed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
