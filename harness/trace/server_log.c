// What the server saw of its clients: pings and connects, counted in PostgreSQL's log.
#include "trace/server_log.h"

#include "contract/cell_files.h"
#include "trace/server_lines.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PROCESSES (1 << 22) // Linux numbers no more

struct session {
    bool of_app;
    int64_t told_us; // its last line; -1: none yet
};

struct log_reader {
    struct server_counts *counts;
    struct session *sessions; // by process: a number is used again, and the last authorization counts
    bool ping_pending;        // a ping so far: the next line may still go on with the statement
};

static const char *after(const char *text, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(text, prefix, length) == 0 ? text + length : NULL;
}

// "1732288768.123 [42] LOG:  message": the message and the process; NULL for lines that are no LOG.
static const char *log_message(const char *line, long *pid)
{
    const char *end = strstr(line, "] LOG:  ");
    if (!end)
        return NULL;
    const char *digits = end;
    while (digits > line && isdigit((unsigned char)digits[-1]))
        digits--;
    if (digits == end || digits == line || digits[-1] != '[')
        return NULL;
    *pid = strtol(digits, NULL, 10);
    if (*pid >= PROCESSES)
        return NULL;
    return end + strlen("] LOG:  ");
}

static const char *skip_blank(const char *sql)
{
    for (;;) {
        while (isspace((unsigned char)*sql) || *sql == ';')
            sql++;
        if (sql[0] == '-' && sql[1] == '-') { // drivers name their pings: "-- ping"
            sql += strcspn(sql, "\n");
        } else if (sql[0] == '/' && sql[1] == '*' && strstr(sql + 2, "*/")) {
            sql = strstr(sql + 2, "*/") + 2;
        } else {
            return sql;
        }
    }
}

// "statement: SQL", "execute <unnamed>: SQL", "execute NAME: SQL", "execute NAME/PORTAL: SQL". The server
// executes an empty statement without a word; of that one there is only "duration: 0.001 ms  bind NAME: ".
static const char *statement_of(const char *message)
{
    const char *sql = after(message, "statement:");
    if (sql)
        return sql;
    const char *name = after(message, "execute "), *bind = NULL;
    if (!name && after(message, "duration:") && (bind = strstr(message, " ms  bind ")))
        name = bind + strlen(" ms  bind ");
    if (!name || !(sql = strchr(name, ':')))
        return NULL;
    return bind && *skip_blank(sql + 1) ? NULL : sql + 1;
}

static bool is_ping(const char *sql)
{
    sql = skip_blank(sql);
    if (!*sql)
        return true;
    if (strncasecmp(sql, "select", 6) != 0 || !isspace((unsigned char)sql[6]))
        return false;
    sql = skip_blank(sql + 6);
    size_t length = strncasecmp(sql, "null", 4) == 0 ? 4 : *sql == '1';
    return length > 0 && !*skip_blank(sql + length);
}

static bool is_continuation(const char *line)
{
    return line[0] == '\t'; // the server indents what follows a line break
}

static void settle_ping(struct log_reader *reader, const char *next_line)
{
    if (!reader->ping_pending)
        return;
    if (is_continuation(next_line)) {
        reader->ping_pending = !*skip_blank(next_line);
    } else {
        reader->counts->pings++;
        reader->ping_pending = false;
    }
}

static void note_quiet(struct server_counts *counts, struct session *session, const char *line)
{
    int64_t at_us;
    if (server_line_stamp(line, &at_us) == NULL)
        return;
    if (session->told_us >= 0 && at_us - session->told_us > counts->longest_quiet_us)
        counts->longest_quiet_us = at_us - session->told_us;
    session->told_us = at_us;
}

static void count_line(struct log_reader *reader, const char *line)
{
    settle_ping(reader, line);
    long pid;
    const char *message = is_continuation(line) ? NULL : log_message(line, &pid);
    if (!message)
        return;
    struct session *session = &reader->sessions[pid];
    const char *user = after(message, "connection authorized: user=");
    if (user) {
        *session = (struct session){.of_app = after(user, "app ") != NULL, .told_us = -1};
        reader->counts->connects += session->of_app;
    }
    if (!session->of_app)
        return;
    note_quiet(reader->counts, session, line);
    reader->counts->ends += after(message, "disconnection: ") != NULL;
    const char *sql = statement_of(message);
    reader->ping_pending = sql && is_ping(sql);
}

static bool count_lines(FILE *file, struct log_reader *reader, const char *path, struct error *error)
{
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, file) > 0)
        count_line(reader, line);
    free(line);
    settle_ping(reader, "");
    return feof(file) ? true : error_set_errno(error, ERROR_LAB, "%s", path);
}

bool server_log_count(struct folder_file *file, struct server_counts *counts, struct error *error)
{
    *counts = (struct server_counts){0};
    struct log_reader reader = {.counts = counts, .sessions = calloc(PROCESSES, sizeof(*reader.sessions))};
    bool counted = reader.sessions ? count_lines(file->stream, &reader, file->path, error)
                                   : error_set(error, ERROR_LAB, "%s: out of memory", file->path);
    free(reader.sessions);
    return counted;
}

bool server_log_count_in(const struct folder *folder, struct server_counts *counts, struct error *error)
{
    struct folder_file file;
    if (!folder_open_file(folder, CELL_LOG_FILE, &file, ERROR_LAB, error))
        return false;
    bool counted = server_log_count(&file, counts, error);
    folder_close_file(&file);
    return counted;
}
