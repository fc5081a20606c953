// server: what the database's own processes do, and what its kernel does with their sockets.
#include "fault/server.h"

#include "base/array.h"
#include "fault/kinds.h"
#include "lab/server.h"

#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

static const struct server_action *const actions[] = {&server_backend_crash, &server_close_sockets,
    &server_crash, &server_demoted, &server_destroy_sockets, &server_freeze, &server_freeze_backend,
    &server_freeze_postmaster, &server_idle_in_transaction_timeout, &server_idle_session_timeout,
    &server_kill_backend, &server_shutting_down, &server_starting_up, &server_stop_fast,
    &server_stop_immediate, &server_suspended, &server_terminate, &server_too_many_clients, &server_vanish};

const size_t server_actions_count = sizeof(actions) / sizeof(*actions);

const struct server_action *server_action_of(const char *argument)
{
    for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++) {
        if (strcmp(actions[i]->name, argument) == 0)
            return actions[i];
    }
    return NULL;
}

// Of `count` processes, which are sorted by age.
static bool server_pick(const struct server_fault *fault, size_t index, size_t count)
{
    const char *which = fault_option_word(fault->spec, "connections", "all");
    if (strcmp(which, "oldest") == 0 || fault->action->targets == TARGET_POSTMASTER)
        return index == 0;
    return strcmp(which, "newest") != 0 || index == count - 1;
}

static bool add_target(struct server_fault *fault, pid_t pid, struct error *error)
{
    struct server_process *grown = array_grow(fault->targets, fault->targets_count, sizeof(*fault->targets));
    if (grown == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    fault->targets = grown;
    int pidfd = pidfd_open(pid, 0);
    if (pidfd < 0)
        return error_set_errno(error, ERROR_LAB, "cannot watch server process %d", (int)pid);
    grown[fault->targets_count++] = (struct server_process){.pid = pid, .pidfd = pidfd};
    return true;
}

static bool find_targets(struct server_fault *fault, struct error *error)
{
    pid_t *pids = NULL;
    size_t count = 0;
    bool good = fault->action->targets == TARGET_NONE ||
                (fault->action->targets == TARGET_SESSIONS ? lab_server_backends(&pids, &count, error)
                                                           : lab_server_processes(&pids, &count, error));
    for (size_t i = 0; good && i < count; i++)
        good = !server_pick(fault, i, count) || add_target(fault, pids[i], error);
    free(pids);
    return good;
}

static bool server_apply(struct lab *lab, const struct fault_spec *spec, void **state, struct error *error)
{
    struct server_fault *fault = calloc(1, sizeof(*fault));
    if (fault == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *state = fault;
    fault->spec = spec;
    fault->index = (json_int_t)spec->index;
    fault->action = server_action_of(spec->argument);
    return find_targets(fault, error) && fault->action->apply(lab, fault, error);
}

static bool server_revert(struct lab *lab, void *state, struct error *error)
{
    struct server_fault *fault = state;
    bool reverted = fault->action->revert == NULL || fault->action->revert(lab, fault, error);
    for (size_t i = 0; i < fault->targets_count; i++)
        close(fault->targets[i].pidfd);
    free(fault->targets);
    free(fault);
    return reverted;
}

static bool server_count_hits(struct lab *lab, void *state, int64_t *hits, struct error *error)
{
    (void)error;
    const struct server_fault *fault = state;
    *hits = fault->action->count_hits != NULL ? fault->action->count_hits(lab, fault) : fault->hits;
    return true;
}

const struct fault_behaviour fault_server = {
    .kind = "server",
    .apply = server_apply,
    .revert = server_revert,
    .count_hits = server_count_hits,
};
