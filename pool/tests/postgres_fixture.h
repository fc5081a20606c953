// A real PostgreSQL over TLS for the pool's tests: in a temporary folder, on a free port of the loopback, as
// an unprivileged user. One per test program.
#ifndef POSTGRES_FIXTURE_H
#define POSTGRES_FIXTURE_H

#include <libpq-fe.h>
#include <sys/types.h>

struct postgres {
    pid_t postmaster;
    char folder[64];
    char conninfo[256]; // verify-full; database "postgres" holds the empty table blog_posts
};

// As CMocka's set-up and tear-down of a group: `*state` becomes the server.
int postgres_set_up(void **state);
int postgres_tear_down(void **state);

// Queries of the test itself, on a connection of its own. The value is the first of the first row.
void postgres_execute(const struct postgres *server, const char *statement);
int postgres_query_int(const struct postgres *server, const char *text);

// How often the text stands in the server's log. Statements are logged before they are run.
int postgres_count_in_log(const struct postgres *server, const char *text);

// Returns when the server process is gone: an orderly end, with an error message and a closed TLS session.
void postgres_terminate_backend(const struct postgres *server, int pid);
// The same for a crash: the server process disappears, TLS is not closed. The postmaster stands still from
// then on, or it would end all others as well; nobody can connect until postgres_recover, which restarts
// everything.
void postgres_crash_backend(const struct postgres *server, int pid);
void postgres_recover(const struct postgres *server);

#endif
