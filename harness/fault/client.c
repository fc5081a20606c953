// client: what happens to the application. freeze: its processes stand still, as under a closed laptop lid, a
// paused container or a migrating virtual machine; its kernel goes on answering.
#include "fault/kinds.h"
#include "lab/lab.h"
#include "lab/process.h"

#include <signal.h>
#include <stdlib.h>

struct freeze {
    pid_t group;
};

static bool client_apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    (void)spec;
    struct freeze *freeze = calloc(1, sizeof(*freeze));
    if (freeze == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *state = freeze;
    freeze->group = lab->application;
    if (kill(-freeze->group, SIGSTOP) != 0)
        return error_set_errno(error, ERROR_LAB, "cannot stop the application");
    return true;
}

static bool client_count_hits(struct lab *lab, void *state, int64_t *hits, struct error *error)
{
    (void)lab;
    const struct freeze *freeze = state;
    return lab_process_count_stopped(freeze->group, hits, error);
}

static bool client_revert(struct lab *lab, void *state, struct error *error)
{
    (void)lab;
    struct freeze *freeze = state;
    bool thawed = kill(-freeze->group, SIGCONT) == 0;
    if (!thawed)
        error_set_errno(error, ERROR_LAB, "cannot wake the application");
    free(freeze);
    return thawed;
}

const struct fault_behaviour fault_client = {
    .kind = "client",
    .apply = client_apply,
    .revert = client_revert,
    .count_hits = client_count_hits,
};
