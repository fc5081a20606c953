// Sums CPU time over /proc/PID/stat of a process group.
#include "host/guest_cpu.h"

#include "base/duration.h"

#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Field 5 (process group) and the sum of 14 to 17 (own and collected children's ticks) of proc(5)'s stat.
// False: it has ended.
static bool read_stat(const char *pid, long *group, long long *ticks)
{
    char path[64], line[1024];
    snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    char *read = fgets(line, sizeof(line), file);
    fclose(file);
    // The name in field 2 may hold spaces and parentheses; the last ')' ends it, and " S" (field 3) follows.
    char *rest = read == NULL ? NULL : strrchr(line, ')');
    if (rest == NULL || strlen(rest) < 4)
        return false;
    rest += 3;
    *ticks = 0;
    for (int field = 4; field <= 17; field++) {
        char *end;
        long long value = strtoll(rest, &end, 10);
        if (end == rest)
            return false;
        if (field == 5)
            *group = (long)value;
        else if (field >= 14)
            *ticks += value;
        rest = end;
    }
    return true;
}

int64_t guest_cpu_us(pid_t process_group)
{
    DIR *proc = opendir("/proc");
    if (proc == NULL)
        return 0;
    long long total = 0;
    for (struct dirent *entry; (entry = readdir(proc)) != NULL;) {
        long group;
        long long ticks;
        if (isdigit((unsigned char)entry->d_name[0]) && read_stat(entry->d_name, &group, &ticks) &&
            group == process_group)
            total += ticks;
    }
    closedir(proc);
    return total * (US_PER_S / sysconf(_SC_CLK_TCK));
}
