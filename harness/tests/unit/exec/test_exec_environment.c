// The environment inside: the user's, but for what would lead elsewhere.
#include "exec/environment.h"

#include "contract/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct exec_environment_settings settings = {
    .programs = "/build", .helpers = "/helpers", .lab = LAB_VIRTUAL};

// NULL: it is not there.
static const char *value_of(char *const *environment, const char *name)
{
    size_t length = strlen(name);
    for (; *environment != NULL; environment++)
        if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
            return *environment + length + 1;
    return NULL;
}

// Breaks with: a variable of the user's that is lost, or one that names his own database and is kept.
static void what_is_kept_replaced_and_left_out(void **state)
{
    (void)state;
    char *const outside[] = {"HOME=/home/me", "EMPTY=", "WITH=a=b", "PGCONNECT_TIMEOUT=3", "PGOPTIONS=-c x=y",
        "PGHOST=production", "PGHOSTADDR=10.0.0.1", "PGPASSFILE=/x", "PGSSLMODE=disable", "PGSSLCERT=/c",
        "PGSERVICE=live", "DATABASE_URL=postgres://production/", "POSTGRES_PASSWORD=secret",
        "LD_PRELOAD=/x.so", "http_proxy=http://x", "HTTPS_PROXY=http://x", "SSH_AUTH_SOCK=/s",
        "SSH_CONNECTION=1", "SHLVL=3", "_=/usr/bin/env", "HANGUP_STUCK_CPU_S=5", "PGHOSTNAME=mine",
        "SSL_CERT_FILE=/mine.pem", "no-equals-sign", NULL};
    static const struct {
        const char *name, *value; // NULL: left out
    } cases[] = {{"HOME", "/home/me"}, {"EMPTY", ""}, {"WITH", "a=b"}, {"PGCONNECT_TIMEOUT", "3"},
        {"PGOPTIONS", "-c x=y"}, {"PGHOSTNAME", "mine"}, {"PGHOST", "db.hangup.test"},
        {"PGSSLMODE", "verify-full"}, {"POSTGRES_PASSWORD", "not-a-secret"},
        {"NODE_EXTRA_CA_CERTS", EXEC_AUTHORITY}, {"SSL_CERT_FILE", EXEC_AUTHORITY},
        {"PGSSLROOTCERT", EXEC_AUTHORITY}, {"HANGUP_LAB", "virtual"}, {"HANGUP_SOCKET", EXEC_SOCKET},
        {"PYTHONHASHSEED", "0"},
        {"DATABASE_URL",
            "postgresql://app:not-a-secret@db.hangup.test:5432/app?sslmode=verify-full&sslrootcert=" EXEC_AUTHORITY},
        {"PGHOSTADDR", NULL}, {"PGPASSFILE", NULL}, {"PGSSLCERT", NULL}, {"PGSERVICE", NULL},
        {"LD_PRELOAD", NULL}, {"http_proxy", NULL}, {"HTTPS_PROXY", NULL}, {"SSH_AUTH_SOCK", NULL},
        {"SSH_CONNECTION", NULL}, {"SHLVL", NULL}, {"_", NULL}, {"HANGUP_STUCK_CPU_S", NULL}};
    char **inside = exec_environment_make(outside, &settings);
    assert_non_null(inside);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *value = value_of(inside, cases[i].name);
        if (cases[i].value == NULL)
            assert_null(value);
        else
            assert_string_equal(value, cases[i].value);
    }
    exec_words_free(inside);
}

// Breaks with: a secret that is written down; a variable without which nothing runs that is not.
static void what_may_be_written_down(void **state)
{
    (void)state;
    static const char *const kept[] = {"PATH=/bin", "LC_ALL=C", "PYTHONPATH=/x", "PGHOST=db.hangup.test",
        "PGPASSWORD=not-a-secret", "DATABASE_URL=x", "TZ=UTC", "PGCONNECT_TIMEOUT=3"};
    static const char *const secret[] = {"AWS_SECRET_ACCESS_KEY=x", "TOKEN=x", "MYPATH=x", "PATHX=x",
        "HOMEBREW_GITHUB_API_TOKEN=x", "REDIS_URL=redis://:x@y", "JAVA_TOOL_OPTIONS=-Dpassword=x", "A"};
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        if (!exec_environment_is_kept(kept[i]))
            fail_msg("%s is not kept", kept[i]);
    for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
        if (exec_environment_is_kept(secret[i]))
            fail_msg("%s is kept", secret[i]);
}

// Breaks with: a list of the user's that is thrown away, an empty entry (which is the working directory).
static void ours_come_first_in_lists(void **state)
{
    (void)state;
    static const struct {
        const char *outside[4], *path, *python, *plugins, *node;
    } cases[] = {
        {{NULL}, "/build:/usr/local/bin:/usr/bin:/bin", "/helpers", "hangup_pytest", "/helpers"},
        {{"PATH=/a:/b", "PYTHONPATH=/p", "PYTEST_PLUGINS=mine", "NODE_PATH=/n"}, "/build:/a:/b",
            "/helpers:/p", "hangup_pytest,mine", "/helpers:/n"},
        {{"PATH=", "PYTHONPATH=", NULL}, "/build:/usr/local/bin:/usr/bin:/bin", "/helpers", "hangup_pytest",
            "/helpers"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *outside[5] = {NULL};
        for (int n = 0; n < 4; n++)
            outside[n] = (char *)cases[i].outside[n];
        char **inside = exec_environment_make(outside, &settings);
        assert_non_null(inside);
        assert_string_equal(value_of(inside, "PATH"), cases[i].path);
        assert_string_equal(value_of(inside, "PYTHONPATH"), cases[i].python);
        assert_string_equal(value_of(inside, "PYTEST_PLUGINS"), cases[i].plugins);
        assert_string_equal(value_of(inside, "NODE_PATH"), cases[i].node);
        exec_words_free(inside);
    }
}

// Breaks with: an order that is the user's, and so another in another terminal.
static void the_order_is_always_the_same(void **state)
{
    (void)state;
    char *const outside[] = {"B=2", "A=1", "PYTHONHASHSEED=random", NULL};
    char **inside = exec_environment_make(outside, &settings);
    assert_non_null(inside);
    for (char **variable = inside; variable[1] != NULL; variable++)
        assert_true(strcmp(variable[0], variable[1]) < 0);
    assert_string_equal(value_of(inside, "PYTHONHASHSEED"), "random");
    exec_words_free(inside);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept_replaced_and_left_out),
        cmocka_unit_test(what_may_be_written_down),
        cmocka_unit_test(ours_come_first_in_lists),
        cmocka_unit_test(the_order_is_always_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
