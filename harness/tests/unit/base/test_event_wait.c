// Waiting: a signal is no event, and an error is no signal.
#include "base/event_wait.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <cmocka.h>

static void on_alarm(int signal)
{
    (void)signal;
}

static void a_signal_ends_the_wait_with_nothing_ready(void **state)
{
    (void)state;
    const struct sigaction action = {.sa_handler = on_alarm}; // no SA_RESTART
    const struct itimerval soon = {.it_value = {.tv_usec = 1000}, .it_interval = {.tv_usec = 1000}};
    const struct itimerval never = {0};
    int ends[2];
    struct error error;
    assert_int_equal(pipe(ends), 0);
    struct pollfd watched = {.fd = ends[0], .events = POLLIN, .revents = POLLIN};
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
    assert_true(event_wait(&watched, 1, NULL, &error));
    assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
    assert_int_equal(watched.revents, 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_true(event_wait(&watched, 1, NULL, &error));
    assert_int_equal(watched.revents, POLLIN);
    close(ends[0]);
    close(ends[1]);
}

static void a_time_out_has_nothing_ready(void **state)
{
    (void)state;
    struct error error;
    struct pollfd watched = {.fd = -1, .revents = POLLIN};
    assert_true(event_wait_ms(&watched, 1, 0, &error));
    assert_int_equal(watched.revents, 0);
}

static void an_error_is_told(void **state)
{
    (void)state;
    struct rlimit before, few;
    struct error error = {0};
    struct pollfd watched[5] = {{.fd = -1}};
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    few = (struct rlimit){.rlim_cur = 4, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    bool waited = event_wait(watched, 5, NULL, &error); // more than may be open: EINVAL
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_false(waited);
    assert_int_equal(error.category, ERROR_LAB);
    assert_string_equal(error.text, "cannot wait: Invalid argument");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signal_ends_the_wait_with_nothing_ready),
        cmocka_unit_test(a_time_out_has_nothing_ready),
        cmocka_unit_test(an_error_is_told),
    };
    return cmocka_run_group_tests_name("event_wait", tests, NULL, NULL);
}
