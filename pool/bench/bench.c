// pqpool_bench: checkout and checkin without I/O, of pqpool on a real server and of others, side by side.
#include "bench.h"
#include "tests/postgres_fixture.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: pqpool_bench [--quick | --waits] [--conninfo C] [--out FILE] [--rounds N] [--ms N]\n"
    "                    [--contenders NAME,…] [--help]\n"
    "  --quick        few threads, small pools, no HikariCP: does it run, and does the count add up?\n"
    "  --waits        only waits for connections that are held; status 1 where one of pqpool's is longer\n"
    "                 than twice the fair share. For virtual time, in which only the pool makes them so\n"
    "  --conninfo C   of a server that is there ('': PGHOST and its like); otherwise one is started\n"
    "  --out FILE     Markdown, otherwise on stdout\n"
    "  --rounds N     of each measurement (5; with --waits 1); the best counts\n"
    "  --ms N         of each round (100)\n"
    "  --contenders   of pqpool pqpool-fifo pqpool-idle-ping mutex-list hikaricp no-pool\n"
    "Exit status: 0, or 1 (see --waits, and when something failed), or 2 for a wrong command line.\n";

static struct contender *const all[] = {
    &pqpool_lifo, &pqpool_fifo, &pqpool_idle_ping, &mutex_list, &hikari, &no_pool};
#define ROUNDS 5
#define ALL    (sizeof all / sizeof *all)

static const unsigned thread_counts[] = {1, 2, 4, 8, 16, 32}, sizes[] = {1, 2, 4, 8, 32};
#define MOST_THREADS (sizeof thread_counts / sizeof *thread_counts - 1)

const int bench_holds_us[BENCH_HOLDS] = {6, 20, 1000};

static struct {
    bool quick, waits;
    const char *conninfo, *out;
    int rounds, duration_ms;
    struct contender *contenders[ALL];
} arguments = {.duration_ms = 100};

static bool choose(struct bench_report *report, const char *names)
{
    report->contenders = arguments.contenders;
    for (size_t i = 0; i < ALL; i++) {
        const char *found = names ? strstr(names, all[i]->name) : NULL;
        size_t length = strlen(all[i]->name);
        while (found && ((found > names && found[-1] != ',') || (found[length] && found[length] != ',')))
            found = strstr(found + 1, all[i]->name);
        bool wanted = !(arguments.quick && all[i] == &hikari) && !(arguments.waits && all[i] == &no_pool);
        if (names ? found != NULL : wanted)
            arguments.contenders[report->contenders_count++] = all[i];
    }
    return report->contenders_count > 0;
}

static bool read_arguments(int count, char **values, struct bench_report *report)
{
    static const struct option options[] = {{"quick", no_argument, NULL, 'q'},
        {"waits", no_argument, NULL, 'w'}, {"conninfo", required_argument, NULL, 'C'},
        {"out", required_argument, NULL, 'o'}, {"rounds", required_argument, NULL, 'r'},
        {"ms", required_argument, NULL, 'm'}, {"contenders", required_argument, NULL, 'c'},
        {"help", no_argument, NULL, 'h'}, {0}};
    const char *names = NULL;
    int option;
    while ((option = getopt_long(count, values, "", options, NULL)) != -1)
        switch (option) {
        case 'q':
            arguments.quick = true;
            arguments.duration_ms = 5;
            break;
        case 'w':
            arguments.waits = true;
            bench_warms_hikari_up = false;
            break;
        case 'C': arguments.conninfo = optarg; break;
        case 'o': arguments.out = optarg; break;
        case 'r': arguments.rounds = (int)strtol(optarg, NULL, 10); break;
        case 'm': arguments.duration_ms = (int)strtol(optarg, NULL, 10); break;
        case 'c': names = optarg; break;
        case 'h': fputs(usage, stdout); exit(EXIT_SUCCESS);
        default: return false;
        }
    if (arguments.rounds == 0)
        arguments.rounds = arguments.quick || arguments.waits ? 1 : ROUNDS;
    return optind == count && arguments.rounds > 0 && arguments.duration_ms > 0 &&
           !(arguments.quick && arguments.waits) && choose(report, names);
}

// Of cycles the round with the most of them counts, of waits the one with the shortest longest: what other
// programs do to the machine makes both worse.
static void keep_best(
    const struct bench_task *task, const struct bench_result *now, struct bench_result *best)
{
    const double rate = (double)now->cycles / (double)now->elapsed_us;
    const double best_rate = (double)best->cycles / (double)best->elapsed_us;
    const bool better = task->time_waits ? best->wait.us > now->wait.us : rate > best_rate;
    if (best->cycles == 0 || better)
        *best = *now;
}

// The contenders take turns, so that what happens to the machine happens to all.
static bool measure(struct bench_report *report, struct bench_task task)
{
    struct bench_row *row = &report->rows[report->rows_count++];
    row->task = task;
    row->results = calloc(ALL, sizeof *row->results);
    // NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the row has it
    for (int round = 0; round < arguments.rounds; round++)
        for (unsigned i = 0; i < report->contenders_count; i++) {
            struct contender *contender = report->contenders[i];
            struct bench_result now;
            if (!row->results || !contender->measure(contender, &task, &now) || now.cycles == 0)
                return false;
            keep_best(&task, &now, &row->results[i]);
        }
    return true;
}

// The long hold last, for some turns of all threads on one connection.
static bool measure_held(struct bench_report *report, struct bench_task task)
{
    for (int i = arguments.waits ? 0 : BENCH_HOLDS - 1; i < BENCH_HOLDS; i++) {
        task.hold_us = bench_holds_us[i];
        task.duration_ms = i == BENCH_HOLDS - 1 ? 2 * arguments.duration_ms : arguments.duration_ms / 5 + 1;
        if (!measure(report, task))
            return false;
    }
    return true;
}

static bool measure_size(struct bench_report *report, unsigned size)
{
    for (size_t i = 0; i < sizeof thread_counts / sizeof *thread_counts; i++) {
        struct bench_task task = {.threads = thread_counts[i], .size = size};
        task.duration_ms = arguments.duration_ms;
        if (arguments.quick && task.threads > 4)
            break;
        if (!arguments.waits && !measure(report, task))
            return false;
        if (task.threads <= size)
            continue;
        task.time_waits = true;
        if ((!arguments.waits && !measure(report, task)) || !measure_held(report, task))
            return false;
    }
    return true;
}

static bool is_wanted(unsigned size)
{
    return arguments.quick ? size <= 2 : !arguments.waits || size < thread_counts[MOST_THREADS];
}

static bool measure_all(struct bench_report *report, const char *conninfo)
{
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        bool good = true;
        if (!is_wanted(sizes[i]))
            continue;
        for (unsigned n = 0; n < report->contenders_count && good; n++) {
            report->contenders[n]->conninfo = conninfo;
            good = report->contenders[n]->open(report->contenders[n], sizes[i]);
        }
        good = good && measure_size(report, sizes[i]);
        for (unsigned n = 0; n < report->contenders_count; n++)
            report->contenders[n]->close(report->contenders[n]);
        if (!good)
            return false;
    }
    return true;
}

static bool measure_on_own_server(struct bench_report *report)
{
    void *server = NULL;
    postgres_set_up(&server);
    alarm(0); // the limit is for tests
    bool good = measure_all(report, ((struct postgres *)server)->conninfo);
    postgres_tear_down(&server);
    return good;
}

int main(int count, char **values)
{
    static struct bench_report report;
    if (!read_arguments(count, values, &report)) {
        fputs(usage, stderr);
        return 2;
    }
    bench_stolen_percent();
    report.title = arguments.waits ? "pqpool_bench --waits" : "pqpool_bench";
    bool good = arguments.conninfo ? measure_all(&report, arguments.conninfo)
                                   : measure_on_own_server(&report);
    bench_end_hikari();
    good = good && bench_write_report(&report, arguments.out);
    if (good && arguments.waits && !bench_waits_are_fair(&report)) {
        fputs("pqpool_bench: a wait was longer than twice the fair share\n", stderr);
        good = false;
    }
    for (unsigned i = 0; i < report.rows_count; i++)
        free(report.rows[i].results);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
