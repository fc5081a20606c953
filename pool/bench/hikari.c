// HikariCP in a Java virtual machine, asked for one measurement after the other on its standard input.
#include "bench.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define CLASSPATH ":/usr/share/java/HikariCP.jar:/usr/share/java/slf4j-api.jar:/usr/share/java/slf4j-nop.jar"

static struct {
    pid_t pid;
    FILE *to, *from;
} java;

bool bench_warms_hikari_up = true;

static bool fail(const char *what)
{
    fprintf(stderr, "pqpool_bench: HikariCP: %s\n", what);
    return false;
}

static void become_java(const int *to, const int *from)
{
    char classpath[512];
    const char *folder = getenv("BENCH_CLASSES");
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    snprintf(classpath, sizeof classpath, "%s" CLASSPATH, folder ? folder : "build/bench");
    if (dup2(to[0], STDIN_FILENO) >= 0 && dup2(from[1], STDOUT_FILENO) >= 0)
        execlp("java", "java", "-Xms256m", "-Xmx256m", "-cp", classpath, "HikariBench",
            bench_warms_hikari_up ? NULL : "cold", (char *)NULL);
    _exit(127);
}

static bool start_java(struct contender *contender)
{
    int to[2], from[2];
    char line[128];
    if (pipe2(to, O_CLOEXEC) != 0 || pipe2(from, O_CLOEXEC) != 0)
        return fail(strerror(errno));
    java.pid = fork();
    if (java.pid == 0)
        become_java(to, from);
    close(to[0]);
    close(from[1]);
    java.to = fdopen(to[1], "w");
    java.from = fdopen(from[0], "r");
    if (java.pid < 0 || !java.to || !java.from)
        return fail(strerror(errno));
    setvbuf(java.to, NULL, _IOLBF, 0);
    if (!fgets(line, sizeof line, java.from)) // after its warm-up
        return fail("java did not start");
    line[strcspn(line, "\n")] = '\0';
    snprintf(contender->version, sizeof contender->version, "%s", line);
    return true;
}

// Each measurement opens its own pool there.
static bool open_hikari(struct contender *contender, unsigned size)
{
    (void)size;
    return java.pid > 0 || start_java(contender);
}

static bool measure_hikari(
    struct contender *contender, const struct bench_task *task, struct bench_result *result)
{
    (void)contender;
    *result = (struct bench_result){.cycles = 0};
    fprintf(java.to, "%u %u %d %d %d\n", task->threads, task->size, task->duration_ms, task->hold_us,
        task->time_waits);
    char line[256];
    if (!fgets(line, sizeof line, java.from))
        return fail("it ended");
    // NOLINTNEXTLINE(cert-err34-c): the program at the other end is ours
    if (sscanf(line, "%" SCNu64 " %" SCNd64 " %lf %lf %lf %lf %" SCNu64, &result->cycles, &result->elapsed_us,
            &result->mean_wait_us, &result->p99_wait_us, &result->wait.us, &result->mean_turn_us,
            &result->wait.turns) != 7)
        return fail(line);
    return true;
}

static void close_hikari(struct contender *contender)
{
    (void)contender;
}

void bench_end_hikari(void)
{
    if (java.pid <= 0)
        return;
    fclose(java.to);
    fclose(java.from);
    waitpid(java.pid, NULL, 0);
}

struct contender hikari = {
    .name = "hikaricp", .open = open_hikari, .measure = measure_hikari, .close = close_hikari};
