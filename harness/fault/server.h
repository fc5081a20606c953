// Inside the server fault: what happens to the server is one action, and each family of actions has its file.
#ifndef HANGUP_FAULT_SERVER_H
#define HANGUP_FAULT_SERVER_H

#include "lab/lab.h"
#include "scenario/fault.h"

#include <sys/types.h>

struct server_process {
    pid_t pid;
    int pidfd;
};

struct server_fault {
    const struct fault_spec *spec;
    const struct server_action *action;
    json_int_t index;               // of the fault in the scenario
    struct server_process *targets; // whom it acts on
    size_t targets_count;
    int64_t hits; // where the action counts them itself
    void *own;    // the action's; freed by its revert
};

enum server_targets {
    TARGET_NONE,       // the action looks for itself
    TARGET_SESSIONS,   // the processes that serve the application, as `connections` says
    TARGET_POSTMASTER, // the one that greets new connections
    TARGET_PROCESSES,  // all of the server's, the postmaster first
};

struct server_action {
    const char *name; // the fault's argument
    enum server_targets targets;
    bool (*apply)(struct lab *lab, struct server_fault *fault, struct error *error) MUST_CHECK;
    // NULL: it leaves nothing to undo.
    bool (*revert)(struct lab *lab, struct server_fault *fault, struct error *error) MUST_CHECK;
    // NULL: `fault->hits`.
    int64_t (*count_hits)(struct lab *lab, const struct server_fault *fault);
};

extern const struct server_action server_kill_backend, server_terminate, server_freeze_backend;
extern const struct server_action server_freeze, server_freeze_postmaster;
extern const struct server_action server_close_sockets, server_destroy_sockets;
extern const struct server_action server_stop_fast, server_stop_immediate, server_crash, server_vanish;
extern const struct server_action server_too_many_clients, server_shutting_down, server_starting_up;
extern const struct server_action server_backend_crash, server_demoted, server_suspended;
extern const struct server_action server_idle_in_transaction_timeout, server_idle_session_timeout;

// NULL: there is no such action. The words of each are in fault_words_server.c.
const struct server_action *server_action_of(const char *argument);
extern const size_t server_actions_count;

// Notes that the fault did `event` to one process.
void server_fault_note(struct lab *lab, const struct server_fault *fault, const char *event, pid_t pid);
// Starts the server again after its end, unless another fault's end has done so; the first target is the
// postmaster that ended. The reverts of what stops it.
bool server_fault_start_again(struct lab *lab, struct server_fault *fault, struct error *error) MUST_CHECK;
// How many targets have ended.
int64_t server_fault_count_ended(struct lab *lab, const struct server_fault *fault);
// One statement of the superuser's that changes a setting, and has the server read its settings again.
bool server_tell(struct lab *lab, const char *sql, struct error *error) MUST_CHECK;
// Lines of the server's log that hold the text.
int64_t server_fault_count_lines(const char *text);

#endif
