// What goes in as it is, what is left out, and what is set.
#include "exec/environment.h"

#include "contract/addresses.h"
#include "contract/database.h"
#include "contract/program.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CREDENTIALS DATABASE_USER ":" DATABASE_PASSWORD
#define PLACE       LAB_DB_NAME ":" LAB_DB_PORT_TEXT "/" DATABASE_NAME
#define TLS         "sslmode=verify-full&sslrootcert=" EXEC_AUTHORITY
#define JDBC        "jdbc:postgresql://" PLACE

// Libpq's own first; then what applications and containers call the same.
static const char *const set[] = {
    "PGHOST=" LAB_DB_NAME,
    "PGPORT=" LAB_DB_PORT_TEXT,
    "PGUSER=" DATABASE_USER,
    "PGPASSWORD=" DATABASE_PASSWORD,
    "PGDATABASE=" DATABASE_NAME,
    "PGSSLMODE=verify-full",
    "PGSSLROOTCERT=" EXEC_AUTHORITY,
    "DATABASE_URL=postgresql://" CREDENTIALS "@" PLACE "?" TLS,
    "JDBC_DATABASE_URL=" JDBC "?user=" DATABASE_USER "&password=" DATABASE_PASSWORD "&" TLS,
    "SPRING_DATASOURCE_URL=" JDBC "?" TLS,
    "SPRING_DATASOURCE_USERNAME=" DATABASE_USER,
    "SPRING_DATASOURCE_PASSWORD=" DATABASE_PASSWORD,
    "POSTGRES_HOST=" LAB_DB_NAME,
    "POSTGRES_PORT=" LAB_DB_PORT_TEXT,
    "POSTGRES_USER=" DATABASE_USER,
    "POSTGRES_PASSWORD=" DATABASE_PASSWORD,
    "POSTGRES_DB=" DATABASE_NAME,
    // who vouches for the server: Node; OpenSSL, and so Ruby, PHP, Perl, Rust (also rustls-native-certs)
    "NODE_EXTRA_CA_CERTS=" EXEC_AUTHORITY,
    "SSL_CERT_FILE=" EXEC_AUTHORITY,
    "HANGUP_SOCKET=" EXEC_SOCKET,
};

// Patterns of names. What `set` names is left out as well.
static const char *const left_out[] = {
    // another database, or other keys to it; the rest of libpq's variables (PGCONNECT_TIMEOUT, PGOPTIONS ...)
    // is
    // the application's own
    "PGHOSTADDR", "PGPASSFILE", "PGSERVICE", "PGSERVICEFILE", "PGSSL*", "PGREQUIRESSL", "PGREQUIREPEER",
    "PGGSS*", "PGKRBSRVNAME", "PGCHANNELBINDING", "PGSYSCONFDIR",
    // ways out of the lab that lead nowhere
    "SSH_AUTH_SOCK", "GPG_AGENT_INFO", "DBUS_*", "XDG_RUNTIME_DIR", "DISPLAY", "WAYLAND_DISPLAY",
    "XAUTHORITY", "DOCKER_HOST", "*_proxy", "*_PROXY",
    // what slips into each program
    "LD_PRELOAD", "LD_AUDIT",
    // what differs from session to session, and so from run to run
    "_", "OLDPWD", "SHLVL", "WINDOWID", "SSH_*", "XDG_SESSION_*", "TERM_SESSION_ID", "INVOCATION_ID",
    "JOURNAL_STREAM", "HANGUP_*", "LINES", "COLUMNS", NULL};

// Names whose values say how a program runs and hold no key to anything.
static const char *const harmless[] = {"PATH", "PYTHON*", "PYTEST_PLUGINS", "NODE_PATH", "NODE_ENV",
    "HANGUP_LAB", "HOME", "USER", "LOGNAME", "SHELL", "PWD", "TERM", "COLORTERM", "NO_COLOR", "LS_COLORS",
    "LANG", "LANGUAGE", "LC_*", "TZ", "TMPDIR", "TMP", "TEMP", "HOSTNAME", "EDITOR", "VISUAL", "PAGER",
    "VIRTUAL_ENV", "JAVA_HOME", "CLASSPATH", "GOPATH", "GOROOT", "GODEBUG", "GOMAXPROCS", "RAILS_ENV",
    "RACK_ENV", "DJANGO_SETTINGS_MODULE", "CI", "DEBIAN_FRONTEND", "LD_LIBRARY_PATH", "MALLOC_*",
    "PGCONNECT_TIMEOUT", "PGAPPNAME", "PGTZ", "PGDATESTYLE", "PGCLIENTENCODING", "PGOPTIONS",
    "PGTARGETSESSIONATTRS", NULL};

struct list {
    char **words;
    size_t count;
    bool out_of_memory;
};

static void add_variable(struct list *list, const char *format, const char *name, const char *value)
{
    if (asprintf(&list->words[list->count], format, name, value) < 0)
        list->out_of_memory = true;
    else
        list->count++;
}

static size_t name_length(const char *variable)
{
    return strcspn(variable, "=");
}

static bool is_set(const char *variable)
{
    size_t length = name_length(variable) + 1; // with its '='
    for (size_t i = 0; i < sizeof(set) / sizeof(set[0]); i++)
        if (strncmp(set[i], variable, length) == 0)
            return true;
    return false;
}

static bool matches(const char *variable, const char *const *patterns, bool odd)
{
    char name[256];
    size_t length = name_length(variable);
    if (length >= sizeof(name) || variable[length] == '\0')
        return odd;
    memcpy(name, variable, length);
    name[length] = '\0';
    for (; *patterns != NULL; patterns++)
        if (fnmatch(*patterns, name, 0) == 0)
            return true;
    return false;
}

static bool is_left_out(const char *variable)
{
    return matches(variable, left_out, true);
}

bool exec_environment_is_kept(const char *variable)
{
    return is_set(variable) || matches(variable, harmless, false);
}

static const char *value_of(char *const *outside, const char *name)
{
    size_t length = strlen(name);
    for (; *outside != NULL; outside++)
        if (strncmp(*outside, name, length) == 0 && (*outside)[length] == '=')
            return *outside + length + 1;
    return NULL;
}

// In front of a list of the user's: "PATH=OURS:THEIRS".
static void add_in_front(struct list *list, char *const *outside, const char *name, const char *ours,
    const char *separator, const char *otherwise)
{
    char *value;
    const char *theirs = value_of(outside, name);
    bool any = theirs != NULL && theirs[0] != '\0';
    if (asprintf(&value, "%s%s%s", ours, any || otherwise[0] != '\0' ? separator : "",
            any ? theirs : otherwise) < 0) {
        list->out_of_memory = true;
        return;
    }
    add_variable(list, "%s=%s", name, value);
    free(value);
}

static bool is_ours(const char *variable)
{
    static const char *const names[] = {"PATH", "PYTHONPATH", "PYTEST_PLUGINS", "NODE_PATH"};
    size_t length = name_length(variable);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strlen(names[i]) == length && strncmp(names[i], variable, length) == 0)
            return true;
    return false;
}

static int compare_variables(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

char **exec_environment_make(char *const *outside, const struct exec_environment_settings *settings)
{
    size_t count = 0;
    while (outside[count] != NULL)
        count++;
    struct list list = {.words = calloc(count + sizeof(set) / sizeof(set[0]) + 8, sizeof(char *))};
    if (list.words == NULL)
        return NULL;
    for (char *const *variable = outside; *variable != NULL; variable++)
        if (!is_left_out(*variable) && !is_set(*variable) && !is_ours(*variable))
            add_variable(&list, "%s%s", *variable, "");
    for (size_t i = 0; i < sizeof(set) / sizeof(set[0]); i++)
        add_variable(&list, "%s%s", set[i], "");
    add_variable(&list, "%s%s", "HANGUP_LAB=", lab_kind_name(settings->lab));
    add_in_front(&list, outside, "PATH", settings->programs, ":", "/usr/local/bin:/usr/bin:/bin");
    add_in_front(&list, outside, "PYTHONPATH", settings->helpers, ":", "");
    add_in_front(&list, outside, "NODE_PATH", settings->helpers, ":", "");
    add_in_front(&list, outside, "PYTEST_PLUGINS", "hangup_pytest", ",", "");
    if (value_of(outside, "PYTHONHASHSEED") == NULL) // the order of sets, else another in each process
        add_variable(&list, "%s%s", "PYTHONHASHSEED=0", "");
    qsort(list.words, list.count, sizeof(*list.words), compare_variables);
    if (!list.out_of_memory)
        return list.words;
    exec_words_free(list.words);
    return NULL;
}
