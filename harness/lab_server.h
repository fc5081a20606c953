// The managed database: PostgreSQL in host db, with TLS, from the template.
#ifndef HANGUP_LAB_SERVER_H
#define HANGUP_LAB_SERVER_H

#include "error.h"
#include "lab.h"

#include <stddef.h>
#include <sys/types.h>

struct lab_server;

#define LAB_SERVER_DATA "/run/database" // its data directory

// Starts it and waits until it accepts connections. `template_folder` is the database template on the host.
struct lab_server *lab_server_start(
    struct lab *lab, const char *template_folder, struct error *error) MUST_CHECK;
void lab_server_free(struct lab_server *server);

// Readable when the server has ended.
int lab_server_pidfd(const struct lab_server *server);
pid_t lab_server_postmaster(const struct lab_server *server);

// The processes that serve sessions of host app, from the process table, so that it works on a frozen server
// too.
// `*pids` is the caller's to free.
bool lab_server_backends(pid_t **pids, size_t *count, struct error *error) MUST_CHECK;

// What the database holds, as `row` events; and `leaked-backends`: sessions of host app although no client is
// left.
bool lab_server_read_ledger(struct lab *lab, struct error *error) MUST_CHECK;

#endif
