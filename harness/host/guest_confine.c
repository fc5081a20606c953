// Landlock for files, seccomp for what Landlock does not cover.
#include "host/guest_confine.h"

#include "host/guest_filter.h"
#include "host/guest_landlock.h"

#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define NO_LANDLOCK                                                                                          \
    "this machine's kernel has no Landlock (Linux 5.13 and newer have it, unless `lsm=` on the kernel's "    \
    "command line leaves it out)"
#define NO_FILTER "this machine allows no seccomp filter"

bool guest_confine_examine(bool sealed, FILE *warnings, struct error *error)
{
    const char *lacks = guest_landlock_abi() == 0     ? NO_LANDLOCK
                        : !guest_filter_is_possible() ? NO_FILTER
                                                      : NULL;
    if (lacks == NULL)
        return true;
    if (sealed)
        return error_set(error, ERROR_LAB, "--sealed: %s", lacks);
    if (warnings != NULL)
        fprintf(warnings,
            "hangup: %s: nothing but the guest itself keeps what runs in it from the host's files; --sealed refuses to run without\n",
            lacks);
    return true;
}

// What every guest needs beside its own: of the machine's processors their kind, of its devices those that
// are the same for everybody.
static const char *const read_by_all[] = {
    "/proc/cpuinfo", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", NULL};
static const char *const written_by_all[] = {"/dev/null", NULL};

static const char **join_confined_path(const char *const *first, const char *const *second)
{
    size_t count = 0, used = 0;
    for (const char *const *path = first; *path != NULL; path++)
        count++;
    for (const char *const *path = second; *path != NULL; path++)
        count++;
    const char **all = calloc(count + 1, sizeof(*all));
    for (; all != NULL && *first != NULL; first++)
        all[used++] = *first;
    for (; all != NULL && *second != NULL; second++)
        all[used++] = *second;
    return all;
}

// `ruleset` is NULL: entered at once.
static bool make_landlock(const struct guest_confinement *confinement, int *ruleset, struct error *error)
{
    const char **readable = join_confined_path(confinement->readable, read_by_all);
    const char **writable = join_confined_path(confinement->writable, written_by_all);
    const struct guest_landlock allowed = {
        .readable = readable, .writable = writable, .memory = confinement->memory};
    bool made = readable != NULL && writable != NULL;
    if (!made)
        error_set(error, ERROR_LAB, "out of memory");
    else if (ruleset == NULL)
        made = guest_landlock_enter(&allowed, error);
    else
        made = (*ruleset = guest_landlock_ruleset(&allowed, error)) >= 0;
    free(readable);
    free(writable);
    return made;
}

bool guest_confine_ruleset(const struct guest_confinement *confinement, int *ruleset, struct error *error)
{
    *ruleset = -1;
    return guest_landlock_abi() == 0 || make_landlock(confinement, ruleset, error);
}

bool guest_confine(const struct guest_confinement *confinement, struct error *error)
{
    const struct rlimit no_core = {0, 0};
    const int abi = guest_landlock_abi();
    const struct guest_filter filter = {
        .may_set_attributes = confinement->may_set_attributes, .may_truncate = abi >= 3};
    setrlimit(RLIMIT_CORE, &no_core);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return error_set_errno(error, ERROR_LAB, "no new privileges");
    return (abi == 0 || make_landlock(confinement, NULL, error)) &&
           (!guest_filter_is_possible() || guest_filter_enter(&filter, error));
}
