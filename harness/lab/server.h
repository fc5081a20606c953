// The managed database: PostgreSQL in host db, with TLS, from the template.
#ifndef HANGUP_LAB_SERVER_H
#define HANGUP_LAB_SERVER_H

#include "base/error.h"
#include "lab/lab.h"

#include <stddef.h>
#include <sys/types.h>

struct lab_server;

// What it says; in the working directory, which is the cell's folder.
#define LAB_SERVER_LOG "postgres.log"

// Starts it and waits until it accepts connections; sets `lab->server`, also when it fails.
bool lab_server_start(struct lab *lab, struct error *error) MUST_CHECK;
void lab_server_free(struct lab_server *server);

pid_t lab_server_postmaster(const struct lab_server *server);

// To its postmaster.
bool lab_server_signal(const struct lab *lab, int signal, struct error *error) MUST_CHECK;
// SIGKILL to all its processes; they are gone when this returns.
bool lab_server_crash(struct lab *lab, struct error *error) MUST_CHECK;
bool lab_server_await_end(struct lab *lab, struct error *error) MUST_CHECK;
// After its end, on the same data. Returns at once; the second waits until it accepts connections.
bool lab_server_start_again(struct lab *lab, struct error *error) MUST_CHECK;
bool lab_server_await(struct lab *lab, struct error *error) MUST_CHECK;
// A second one, at another address of the host, on a copy of the data: it is the lab's server from now on,
// and is ready when this returns. The first lives on.
bool lab_server_start_other(struct lab *lab, const char *address, struct error *error) MUST_CHECK;

// By process id, which is by age: all of them, the postmaster first; those that serve sessions of host app.
// `*pids` is the caller's to free, also after a failure.
bool lab_server_processes(pid_t **pids, size_t *count, struct error *error) MUST_CHECK;
bool lab_server_backends(pid_t **pids, size_t *count, struct error *error) MUST_CHECK;

#endif
