// Sums CPU time over /proc/PID/stat of a process group.
#include "guest_cpu.h"

#include "duration.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Fields 5 (process group) and 14 to 17 (own and collected children's ticks) of proc(5)'s stat. False: it has
// ended.
static int read_stat(const char *pid, long *group, long long *ticks)
{
    char path[64], line[1024];
    snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    char *read = fgets(line, sizeof(line), file);
    fclose(file);
    // The name in field 2 may hold spaces and parentheses; the last ')' ends it.
    char *rest = read == NULL ? NULL : strrchr(line, ')');
    if (rest == NULL)
        return 0;
    long long user, system, children_user, children_system;
    int found = sscanf(rest + 1, " %*c %*d %ld %*d %*d %*d %*u %*u %*u %*u %*u %lld %lld %lld %lld", group,
        &user, &system, &children_user, &children_system);
    *ticks = found == 5 ? user + system + children_user + children_system : 0;
    return found == 5;
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
