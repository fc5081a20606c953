// name: what the server's name stands for when the application asks. unknown: nothing, and every new
// connection ends before its first packet. dead-first: two addresses, and at the first of them nobody is.
// slow, unanswered: a name server must be asked, and takes its time, or never answers.
#include "contract/addresses.h"
#include "fault/filter.h"
#include "fault/kinds.h"
#include "lab/mount.h"
#include "lab/names.h"
#include "lab/network.h"
#include "net/filter.h"

#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

struct name {
    bool dead_first;
    struct lab_names *names; // NULL: none is asked
    int looks_fd;            // told of each look into the application's /etc/hosts; -1: not watched
    bool filtered;
    char table[FAULT_FILTER_NAME_SIZE];
};

// With its end, or two looks in a row would be told as one.
static bool watch_looks(struct name *name, struct error *error)
{
    name->looks_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (name->looks_fd >= 0 &&
        inotify_add_watch(name->looks_fd, LAB_MOUNT_HOSTS, IN_OPEN | IN_CLOSE_NOWRITE) >= 0)
        return true;
    return error_set_errno(error, ERROR_LAB, LAB_MOUNT_HOSTS);
}

static bool make_unknown(struct name *name, struct error *error)
{
    static const char *const nowhere[] = {NULL};
    return lab_network_name_db_many(nowhere, error) && watch_looks(name, error);
}

static bool put_dead_first(struct lab *lab, struct name *name, struct error *error)
{
    static const char *const both[] = {LAB_DB_DEAD_ADDRESS, LAB_DB_ADDRESS, NULL};
    name->filtered = lab_filter_add(
        lab->filter, name->table, "ip daddr " LAB_DB_DEAD_ADDRESS " counter drop\n", error);
    return name->filtered && lab_network_name_db_many(both, error);
}

static bool have_asked(struct name *name, int64_t delay_us, struct error *error)
{
    static const char *const nowhere[] = {NULL};
    name->names = lab_names_start(delay_us, error);
    return name->names != NULL && lab_network_resolver(LAB_NAMES_ADDRESS, error) &&
           lab_network_name_db_many(nowhere, error);
}

static bool name_apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    struct name *name = calloc(1, sizeof(*name));
    if (name == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *state = name;
    name->looks_fd = -1;
    name->dead_first = strcmp(spec->argument, "dead-first") == 0;
    fault_filter_name(spec, name->table);
    if (strcmp(spec->argument, "slow") == 0)
        return have_asked(name, fault_option_number(spec, "delay", 0), error);
    if (strcmp(spec->argument, "unanswered") == 0)
        return have_asked(name, LAB_NAMES_NEVER, error);
    return name->dead_first ? put_dead_first(lab, name, error) : make_unknown(name, error);
}

static bool name_revert(struct lab *lab, void *state, struct error *error)
{
    struct name *name = state;
    struct error later = {0}; // the first error is the cause
    bool good = lab_network_name_db(LAB_DB_ADDRESS, error);
    if (name->filtered && !lab_filter_remove(lab->filter, name->table, good ? error : &later))
        good = false;
    if (name->names != NULL) {
        good &= lab_network_resolver(NULL, good ? error : &later);
        lab_names_stop(name->names);
    }
    if (name->looks_fd >= 0)
        close(name->looks_fd);
    free(name);
    return good;
}

static int64_t count_looks(const struct name *name)
{
    struct inotify_event events[64]; // without names: a file is watched, not a folder
    int64_t looks = 0;
    for (ssize_t length; (length = read(name->looks_fd, events, sizeof(events))) > 0;)
        for (size_t i = 0; i < (size_t)length / sizeof(*events); i++)
            looks += (events[i].mask & IN_OPEN) != 0;
    return looks;
}

static bool name_count_hits(struct lab *lab, void *state, int64_t *hits, struct error *error)
{
    const struct name *name = state;
    if (name->dead_first)
        return lab_filter_count(lab->filter, name->table, hits, error);
    *hits = name->names != NULL ? lab_names_asked(name->names) : count_looks(name);
    return true;
}

const struct fault_behaviour fault_name = {
    .kind = "name",
    .apply = name_apply,
    .revert = name_revert,
    .count_hits = name_count_hits,
};
