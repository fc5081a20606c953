// What a virtual machine's host does with the processors meanwhile: no thread here can do anything for that.
#include "bench.h"

#include <inttypes.h>
#include <stdio.h>

// Of all processors since the machine was started, in ticks; see proc_stat(5). False: the kernel does not
// say.
static bool read_ticks(uint64_t *all, uint64_t *stolen)
{
    enum { FIELDS = 8 }; // user, nice, system, idle, iowait, irq, softirq, steal
    uint64_t ticks[FIELDS];
    FILE *file = fopen("/proc/stat", "re");
    if (!file)
        return false;
    // NOLINTNEXTLINE(cert-err34-c): the kernel's numbers
    bool good = fscanf(file,
                    "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64
                    " %" SCNu64,
                    &ticks[0], &ticks[1], &ticks[2], &ticks[3], &ticks[4], &ticks[5], &ticks[6],
                    &ticks[7]) == FIELDS;
    fclose(file);
    *all = 0;
    for (int i = 0; good && i < FIELDS; i++)
        *all += ticks[i];
    *stolen = good ? ticks[FIELDS - 1] : 0;
    return good;
}

double bench_stolen_percent(void)
{
    static uint64_t first_all, first_stolen;
    uint64_t all, stolen;
    if (!read_ticks(&all, &stolen))
        return 0;
    double percent = all > first_all ? 100.0 * (double)(stolen - first_stolen) / (double)(all - first_all)
                                     : 0;
    first_all = all;
    first_stolen = stolen;
    return percent;
}
