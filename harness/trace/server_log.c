// What the server saw of its clients: pings and connects, counted in PostgreSQL's log.
#include "trace/server_log.h"

#include "base/array.h"
#include "base/stored_file.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct session {
    long pid;
    bool of_app; // a process number is used again: the last authorization counts
};

struct log_reader {
    struct server_counts *counts;
    struct session *sessions;
    size_t sessions_count;
    bool ping_pending; // a ping so far: the next line may still go on with the statement
};

static struct session *session_of(struct log_reader *reader, long pid)
{
    for (size_t i = reader->sessions_count; i > 0; i--)
        if (reader->sessions[i - 1].pid == pid)
            return &reader->sessions[i - 1];
    return NULL;
}

static bool remember_session(struct log_reader *reader, long pid, bool of_app)
{
    struct session *session = session_of(reader, pid);
    if (!session) {
        struct session *grown = array_grow(reader->sessions, reader->sessions_count, sizeof(*grown));
        if (!grown)
            return false;
        reader->sessions = grown;
        session = &reader->sessions[reader->sessions_count++];
    }
    *session = (struct session){.pid = pid, .of_app = of_app};
    return true;
}

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

static bool count_line(struct log_reader *reader, const char *line)
{
    settle_ping(reader, line);
    long pid;
    const char *message = is_continuation(line) ? NULL : log_message(line, &pid);
    if (!message)
        return true;
    const char *user = after(message, "connection authorized: user=");
    if (user) {
        bool of_app = after(user, "app ") != NULL;
        reader->counts->connects += of_app;
        return remember_session(reader, pid, of_app);
    }
    const char *sql = statement_of(message);
    const struct session *session = sql ? session_of(reader, pid) : NULL;
    reader->ping_pending = session && session->of_app && is_ping(sql);
    return true;
}

static bool count_lines(FILE *file, struct log_reader *reader, const char *path, struct error *error)
{
    char *line = NULL;
    size_t room = 0;
    bool memory = true;
    while (memory && getline(&line, &room, file) > 0)
        memory = count_line(reader, line);
    free(line);
    settle_ping(reader, "");
    if (!memory)
        return error_set(error, ERROR_LAB, "%s: no memory", path);
    return feof(file) ? true : error_set_errno(error, ERROR_LAB, "%s", path);
}

bool server_log_count(const char *path, struct server_counts *counts, struct error *error)
{
    *counts = (struct server_counts){0};
    FILE *file = stored_file_stream(path, ERROR_LAB, error);
    if (!file)
        return false;
    struct log_reader reader = {.counts = counts};
    bool counted = count_lines(file, &reader, path, error);
    free(reader.sessions);
    (void)fclose(file);
    return counted;
}
