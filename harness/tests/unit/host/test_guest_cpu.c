// CPU time of a process group: what its processes have used, living or ended, and nobody else's.
#include "host/guest_cpu.h"

#include "base/duration.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define BURN_US (200 * US_PER_MS)

static int64_t own_cpu_us(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * US_PER_S + usage.ru_utime.tv_usec +
           usage.ru_stime.tv_usec;
}

static void burn(void)
{
    while (own_cpu_us() < BURN_US)
        continue;
}

// A group of its own: its leader burns when `leader_burns`, and so do `children`, which end; then it says so
// and waits.
static pid_t start_group(bool leader_burns, int children)
{
    int done[2];
    char byte;
    assert_int_equal(pipe(done), 0);
    pid_t leader = fork();
    assert_true(leader >= 0);
    if (leader == 0) {
        setpgid(0, 0);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        // A name with what separates the fields of /proc/PID/stat.
        prctl(PR_SET_NAME, ") R 1 (2 3");
        for (int i = 0; i < children; i++) {
            if (fork() == 0) {
                burn();
                _exit(0);
            }
        }
        while (wait(NULL) > 0)
            continue;
        if (leader_burns)
            burn();
        if (write(done[1], "x", 1) == 1)
            pause();
        _exit(1);
    }
    close(done[1]);
    assert_int_equal(read(done[0], &byte, 1), 1);
    close(done[0]);
    return leader;
}

static void end_group(pid_t leader)
{
    kill(-leader, SIGKILL);
    assert_int_equal(waitpid(leader, NULL, 0), leader);
}

// Breaks with: the wrong fields of /proc/PID/stat, ended children forgotten, a unit that is not microseconds.
static void sums_the_group_and_its_ended_children(void **state)
{
    (void)state;
    static const struct {
        bool leader_burns;
        int children;
        int64_t shares;
    } table[] = {{false, 0, 0}, {true, 0, 1}, {false, 1, 1}, {true, 2, 3}};
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        pid_t leader = start_group(table[i].leader_burns, table[i].children);
        int64_t cpu_us = guest_cpu_us(leader);
        end_group(leader);
        // Ticks of 10 ms, cut off four times per process; above, what starting them costs.
        assert_in_range(cpu_us, table[i].shares * (BURN_US - 40 * US_PER_MS),
            table[i].shares * (BURN_US + 100 * US_PER_MS) + 60 * US_PER_MS);
    }
}

static void a_group_that_is_gone_has_used_nothing(void **state)
{
    (void)state;
    pid_t leader = start_group(true, 0);
    end_group(leader);
    assert_int_equal(guest_cpu_us(leader), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_the_group_and_its_ended_children),
        cmocka_unit_test(a_group_that_is_gone_has_used_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
