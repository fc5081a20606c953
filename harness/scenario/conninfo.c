// libpq's connection string, as far as an application may add to it: keywords and values, not a URI. Read
// here, so that the tool runs where no libpq is; what is refused reads as libpq says it.
#include "scenario/conninfo.h"

#include <stdio.h>
#include <string.h>

// What the lab itself puts into the conninfo, and what would lead out of the lab. libpq takes requiressl for
// sslmode.
static const char *const ours[] = {"host", "hostaddr", "port", "dbname", "user", "password", "passfile",
    "service", "sslmode", "sslrootcert", "requiressl", NULL};

// The others of libpq 15.
static const char *const theirs[] = {"application_name", "channel_binding", "client_encoding",
    "connect_timeout", "fallback_application_name", "gssencmode", "gsslib", "keepalives", "keepalives_count",
    "keepalives_idle", "keepalives_interval", "krbsrvname", "options", "replication", "requirepeer",
    "ssl_max_protocol_version", "ssl_min_protocol_version", "sslcert", "sslcompression", "sslcrl",
    "sslcrldir", "sslkey", "sslpassword", "sslsni", "target_session_attrs", "tcp_user_timeout", NULL};

#define SPACES " \f\n\r\t\v"

struct word {
    const char *text;
    int length;
};

static bool is_in(const char *const *list, struct word word)
{
    for (; *list != NULL; list++)
        if (strlen(*list) == (size_t)word.length && strncmp(*list, word.text, (size_t)word.length) == 0)
            return true;
    return false;
}

static const char *skip_spaces(const char *text)
{
    return text + strspn(text, SPACES);
}

// Behind the value at `text`; a backslash takes the next character as it is. NULL: its quote has no end.
static const char *skip_value(const char *text)
{
    bool quoted = *text == '\'';
    const char *const ends = quoted ? "'" : SPACES;
    for (text += quoted; *text != '\0' && strchr(ends, *text) == NULL; text++)
        if (*text == '\\' && text[1] != '\0')
            text++;
    if (quoted)
        return *text == '\'' ? text + 1 : NULL;
    return text;
}

// `text` begins with a keyword; behind its value afterwards. False: `why` says what is wrong.
static bool check_setting(const char **text, char *why, size_t size)
{
    struct word keyword = {*text, (int)strcspn(*text, "=" SPACES)};
    const char *equals = skip_spaces(*text + keyword.length);
    const char *end = *equals == '=' ? skip_value(skip_spaces(equals + 1)) : NULL;
    if (*equals != '=')
        snprintf(why, size, "missing \"=\" after \"%.*s\" in connection info string", keyword.length,
            keyword.text);
    else if (end == NULL)
        snprintf(why, size, "unterminated quoted string in connection info string");
    else if (is_in(ours, keyword))
        snprintf(why, size, "'%.*s' is set by the lab", keyword.length, keyword.text);
    else if (!is_in(theirs, keyword))
        snprintf(why, size, "invalid connection option \"%.*s\"", keyword.length, keyword.text);
    else {
        *text = skip_spaces(end);
        return true;
    }
    return false;
}

bool scenario_check_conninfo(const char *conninfo, const char **why)
{
    static _Thread_local char text[160];
    text[0] = '\0';
    *why = text;
    for (const char *rest = skip_spaces(conninfo); *rest != '\0';)
        if (!check_setting(&rest, text, sizeof(text)))
            return false;
    return true;
}

const char *conninfo_next(const char **conninfo, size_t *length)
{
    const char *keyword = skip_spaces(*conninfo);
    *length = strcspn(keyword, "=" SPACES);
    if (*length == 0)
        return NULL;
    const char *equals = skip_spaces(keyword + *length);
    const char *end = *equals == '=' ? skip_value(skip_spaces(equals + 1)) : NULL;
    *conninfo = end != NULL ? end : equals + strlen(equals);
    return keyword;
}
