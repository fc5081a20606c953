// One deadline over several hosts. libpq goes on to the next host when one refuses, but would spend all of
// the time on a silent one. So an attempt gets its share of the time, and the next attempt leaves the silent
// host out.
#include "pqpool_exchange.h"

#include <stdio.h>
#include <string.h>

static const char *const keywords[PQPOOL_HOST_LISTS] = {"host", "hostaddr", "port"};

static int count_list_entries(const char *list)
{
    int count = 1;
    while ((list = strchr(list, ',')) != NULL) {
        list++;
        count++;
    }
    return count;
}

// NULL: the list is shorter.
static char *find_list_entry(char *list, int index)
{
    while (list && index-- > 0) {
        list = strchr(list, ',');
        if (list)
            list++;
    }
    return list;
}

static void remove_list_entry(char *list, int index)
{
    char *entry = find_list_entry(list, index);
    const char *next = entry ? strchr(entry, ',') : NULL;
    if (next)
        memmove(entry, next + 1, strlen(next + 1) + 1);
    else if (entry && entry > list)
        entry[-1] = '\0'; // the last, and the comma before it
}

static bool list_entry_is(char *list, int index, const char *text)
{
    const char *entry = find_list_entry(list, index);
    size_t length = entry ? strcspn(entry, ",") : 0;
    return entry && strlen(text) == length && strncmp(entry, text, length) == 0;
}

// The list goes beside conninfo, where it takes precedence.
static void add_host_list(struct pqpool_hosts *hosts, int which, const char *list)
{
    int last = 0;
    while (hosts->target.keywords[last])
        last++;
    snprintf(hosts->lists[which], sizeof hosts->lists[which], "%s", list);
    hosts->target.keywords[last] = keywords[which];
    hosts->target.values[last] = hosts->lists[which];
    if (which < PQPOOL_PORTS && count_list_entries(list) > hosts->count)
        hosts->count = count_list_entries(list);
}

void pqpool_hosts_init(struct pqpool_hosts *hosts, const struct pqpool_target *target)
{
    *hosts = (struct pqpool_hosts){.target = *target, .count = 1};
    const char *conninfo = target->values[0];
    if (!strchr(conninfo, ',') || strlen(conninfo) >= sizeof hosts->lists[0])
        return; // one host, or a longer list than fits
    PQconninfoOption *parsed = PQconninfoParse(conninfo, NULL);
    for (const PQconninfoOption *option = parsed; option && option->keyword; option++)
        for (int i = 0; i < PQPOOL_HOST_LISTS; i++)
            if (option->val && strcmp(option->keyword, keywords[i]) == 0)
                add_host_list(hosts, i, option->val);
    PQconninfoFree(parsed);
}

int64_t pqpool_hosts_share(const struct pqpool_hosts *hosts, int64_t deadline_us)
{
    if (hosts->count == 1 || deadline_us == PQPOOL_NEVER)
        return deadline_us;
    int64_t now_us = pqpool_now_us();
    return now_us + (deadline_us - now_us) / hosts->count;
}

bool pqpool_hosts_drop(struct pqpool_hosts *hosts, const PGconn *silent)
{
    const char *host = PQhost(silent), *port = PQport(silent);
    for (int i = 0; hosts->count > 1 && host && port && i < hosts->count; i++) {
        char *names = hosts->lists[0][0] ? hosts->lists[0] : hosts->lists[1],
             *ports = hosts->lists[PQPOOL_PORTS];
        bool several_ports = count_list_entries(ports) > 1;
        if (!list_entry_is(names, i, host) || (several_ports && !list_entry_is(ports, i, port)))
            continue;
        for (int list = 0; list < PQPOOL_HOST_LISTS; list++)
            if (list != PQPOOL_PORTS || several_ports)
                remove_list_entry(hosts->lists[list], i);
        hosts->count--;
        return true;
    }
    return false;
}
