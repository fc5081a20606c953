// A setting of the server's is another one while `for` lasts: its sessions live on, and learn of it with
// their next statement.
#include "base/duration.h"
#include "contract/database.h"
#include "fault/server.h"
#include "lab/server.h"

#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

struct setting {
    const char *action; // the fault's argument
    const char *name;   // PostgreSQL's
    const char *said;   // what its log says of each that met it
};

static const struct setting settings[] = {
    {"demoted", "default_transaction_read_only", "in a read-only transaction"},
    {"idle-in-transaction-timeout", "idle_in_transaction_session_timeout",
        "terminating connection due to idle-in-transaction timeout"},
    {"idle-session-timeout", "idle_session_timeout", "terminating connection due to idle-session timeout"},
};

static const struct setting *setting_of(const struct server_fault *fault)
{
    const struct setting *setting = settings;
    while (strcmp(setting->action, fault->spec->argument) != 0)
        setting++; // an action of this file has a row in its table
    return setting;
}

bool server_tell(struct lab *lab, const char *sql, struct error *error)
{
    PGconn *session = PQconnectdb(DATABASE_SUPERUSER_CONNINFO);
    PGresult *result = PQexec(session, sql);
    bool told = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!told)
        error_set(error, ERROR_LAB, "%s: %s", sql, PQerrorMessage(session));
    PQclear(result);
    PQfinish(session);
    return told && lab_server_signal(lab, SIGHUP, error);
}

static bool change_setting(struct lab *lab, struct server_fault *fault, struct error *error)
{
    char sql[128];
    const struct setting *setting = setting_of(fault);
    int64_t limit_us = fault_option_number(fault->spec, "limit", 0);
    fault->hits = -server_fault_count_lines(setting->said); // what it said before is no hit
    if (limit_us > 0)
        snprintf(sql, sizeof(sql), "ALTER SYSTEM SET %s = '%lldms'", setting->name,
            (long long)(limit_us / US_PER_MS));
    else
        snprintf(sql, sizeof(sql), "ALTER SYSTEM SET %s = on", setting->name);
    if (!server_tell(lab, sql, error))
        return false;
    server_fault_note(lab, fault, "server-set", lab_server_postmaster(lab->server));
    return true;
}

static bool restore_setting(struct lab *lab, struct server_fault *fault, struct error *error)
{
    char sql[128];
    snprintf(sql, sizeof(sql), "ALTER SYSTEM RESET %s", setting_of(fault)->name);
    return server_tell(lab, sql, error);
}

static int64_t count_told(struct lab *lab, const struct server_fault *fault)
{
    (void)lab;
    return fault->hits + server_fault_count_lines(setting_of(fault)->said);
}

// demoted: what was the primary takes no writes any more. A session that writes is told 25006, as a standby
// tells it; the sessions live on, which a server that really becomes a standby would not let them: PostgreSQL
// can do that with a restart only. A managed service whose disk is full sets the same.
const struct server_action server_demoted = {
    .name = "demoted",
    .targets = TARGET_NONE,
    .apply = change_setting,
    .revert = restore_setting,
    .count_hits = count_told,
};

const struct server_action server_idle_in_transaction_timeout = {
    .name = "idle-in-transaction-timeout",
    .targets = TARGET_NONE,
    .apply = change_setting,
    .revert = restore_setting,
    .count_hits = count_told,
};

const struct server_action server_idle_session_timeout = {
    .name = "idle-session-timeout",
    .targets = TARGET_NONE,
    .apply = change_setting,
    .revert = restore_setting,
    .count_hits = count_told,
};
