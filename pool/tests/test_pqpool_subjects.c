// The subject protocol as the adapters of pqpool and SQLAlchemy speak it, with a real server.
#include "postgres_fixture.h"

#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

// What the two must say; all else is the same.
static const struct adapter {
    const char *name, *needs;
    const char *arguments[6]; // the first is found beside this test when it is no absolute path
    const char *hung_up_kind; // of the first statement on a dead connection
    const char *refused_kind, *refused_text;
} adapters[] = {
    {"pqpool", NULL, {"pqpool_subject"}, "begin", "insert",
        "ERROR:  new row for relation \"blog_posts\" violates check constraint"},
    {"sqlalchemy", "/usr/lib/python3/dist-packages/sqlalchemy/__init__.py",
        {"/usr/bin/python3", "-E", "-s", "-B", "pool/subjects/sqlalchemy_subject.py"}, "OperationalError",
        "CheckViolation", "new row for relation \"blog_posts\" violates check constraint"},
};

#define ADAPTERS (sizeof adapters / sizeof *adapters)

struct subject {
    pid_t pid;
    FILE *requests, *answers;
};

// An absolute path as it is; else in the build's folder, three levels above this program.
static const char *program_path(const char *name, char path[PATH_MAX])
{
    if (*name == '/')
        return name;
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
    assert_true(length > 0);
    path[length] = '\0';
    for (int level = 0; level < 3; level++)
        *strrchr(path, '/') = '\0';
    size_t used = strlen(path);
    snprintf(path + used, PATH_MAX - used, "/%s", name);
    return path;
}

static struct subject subject_start(const struct adapter *adapter)
{
    int requests[2], answers[2];
    char path[PATH_MAX];
    const char *program = program_path(adapter->arguments[0], path);
    if (adapter->needs && access(adapter->needs, R_OK) != 0)
        skip();
    assert_int_equal(pipe2(requests, O_CLOEXEC), 0);
    assert_int_equal(pipe2(answers, O_CLOEXEC), 0);
    struct subject subject = {fork(), fdopen(requests[1], "w"), fdopen(answers[0], "r")};
    if (subject.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (dup2(requests[0], STDIN_FILENO) >= 0 && dup2(answers[1], STDOUT_FILENO) >= 0 &&
            freopen("/dev/null", "w", stderr))
            execv(program, (char *const *)adapter->arguments);
        _exit(127);
    }
    close(requests[0]);
    close(answers[1]);
    return subject;
}

static void send_to_subject(const struct subject *subject, json_t *message)
{
    assert_non_null(message);
    assert_int_equal(json_dumpf(message, subject->requests, JSON_COMPACT), 0);
    fputc('\n', subject->requests);
    fflush(subject->requests);
    json_decref(message);
}

static void say_insert(const struct subject *subject, int id, const char *key)
{
    send_to_subject(subject, json_pack("{s:i, s:s, s:s}", "id", id, "do", "insert", "key", key));
}

static json_t *hear(const struct subject *subject)
{
    char line[4096];
    assert_non_null(fgets(line, sizeof line, subject->answers));
    json_t *answer = json_loads(line, 0, NULL);
    if (!answer)
        fail_msg("not JSON: %s", line);
    return answer;
}

// Returns the backend that served it.
static int hear_ok(const struct subject *subject, int expected_id)
{
    int id = 0, ok = 0, backend = 0;
    json_t *answer = hear(subject);
    if (json_unpack(answer, "{s:i, s:b, s:i !}", "id", &id, "ok", &ok, "backend", &backend) != 0)
        fail_msg("%s", json_dumps(answer, 0));
    json_decref(answer);
    assert_int_equal(id, expected_id);
    assert_true(ok);
    return backend;
}

static void hear_error(
    const struct subject *subject, int expected_id, const char *text, const char *kind, const char *sqlstate)
{
    int id = 0;
    const char *actual_text, *actual_kind;
    json_t *answer = hear(subject), *state;
    if (json_unpack(answer, "{s:i, s:s, s:s, s:o !}", "id", &id, "error", &actual_text, "kind", &actual_kind,
            "sqlstate", &state) != 0)
        fail_msg("%s", json_dumps(answer, 0));
    assert_int_equal(id, expected_id);
    assert_memory_equal(actual_text, text, strlen(text));
    assert_int_not_equal(actual_text[strlen(actual_text) - 1], '\n');
    if (kind)
        assert_string_equal(actual_kind, kind);
    if (sqlstate)
        assert_string_equal(json_string_value(state), sqlstate);
    else
        assert_true(json_is_null(state));
    json_decref(answer);
}

static struct subject subject_open(
    const struct adapter *adapter, const struct postgres *server, const char *strategy, int size, int workers)
{
    struct subject subject = subject_start(adapter);
    int connects = postgres_count_in_log(server, "connection authorized");
    send_to_subject(&subject, json_pack("{s:{s:s, s:i, s:s, s:i}}", "open", "conninfo", server->conninfo,
                                  "size", size, "strategy", strategy, "workers", workers));
    json_t *answer = hear(&subject);
    int ready = 0;
    const char *name, *version, *driver;
    json_t *speaks;
    if (json_unpack(answer, "{s:b, s:s, s:s, s:s, s:o !}", "ready", &ready, "name", &name, "version",
            &version, "driver", &driver, "speaks", &speaks) != 0)
        fail_msg("%s", json_dumps(answer, 0));
    assert_true(ready);
    assert_string_equal(name, adapter->name);
    assert_non_null(strstr(driver, "libpq 1"));
    assert_int_equal(json_array_size(speaks), 8); // all words
    json_decref(answer);
    assert_int_equal(postgres_count_in_log(server, "connection authorized") - connects, size);
    return subject;
}

// The end of its input; nothing more may come.
static void subject_end(struct subject *subject, int expected_status)
{
    int status;
    fclose(subject->requests);
    assert_int_equal(fgetc(subject->answers), EOF);
    fclose(subject->answers);
    assert_int_equal(waitpid(subject->pid, &status, 0), subject->pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), expected_status);
}

static void test_operations_are_answered_in_turn(void **state)
{
    for (size_t i = 0; i < ADAPTERS; i++) {
        struct subject subject = subject_open(&adapters[i], *state, "none", 2, 1);
        int backends[3];
        for (int id = 1; id <= 3; id++)
            say_insert(&subject, id, adapters[i].name);
        for (int id = 1; id <= 3; id++)
            backends[id - 1] = hear_ok(&subject, id);
        assert_int_not_equal(backends[0], backends[1]);
        assert_int_equal(backends[0], backends[2]);
        send_to_subject(&subject, json_pack("{s:i, s:s}", "id", 4, "do", "dance"));
        hear_error(&subject, 4, "unknown operation", NULL, NULL);
        subject_end(&subject, 0);
        char query[96];
        snprintf(query, sizeof query, "SELECT count(*) FROM blog_posts WHERE key = '%s'", adapters[i].name);
        assert_int_equal(postgres_query_int(*state, query), 3);
    }
}

// Breaks with: an operation that does something else than its name says, or leaves its transaction open.
static void test_each_operation_does_its_work(void **state)
{
    static const struct {
        const char *request, *check; // the check gives 1
    } cases[] = {
        {"{\"id\": 1, \"do\": \"read\"}", "SELECT 1"},
        {"{\"id\": 1, \"do\": \"wait\", \"seconds\": 0.25}", "SELECT 1"},
        {"{\"id\": 1, \"do\": \"transaction\", \"key\": \"slow\", \"pause_ms\": 300}",
            "SELECT count(*) FROM blog_posts WHERE key = 'slow'"},
        {"{\"id\": 1, \"do\": \"bulk\", \"key\": \"large\", \"bytes\": 1048576}",
            "SELECT count(*) FROM blog_posts WHERE key = 'large' AND title = repeat('x', 1048576)"},
        {"{\"id\": 1, \"do\": \"fetch\", \"bytes\": 1048576}", "SELECT 1"},
    };
    for (size_t i = 0; i < ADAPTERS; i++) {
        struct subject subject = subject_open(&adapters[i], *state, "none", 1, 1);
        for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
            send_to_subject(&subject, json_loads(cases[n].request, 0, NULL));
            hear_ok(&subject, 1);
            assert_int_equal(postgres_query_int(*state, cases[n].check), 1);
        }
        assert_int_equal(
            postgres_query_int(*state,
                "SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND pid <> pg_backend_pid()"),
            0);
        postgres_execute(*state, "DELETE FROM blog_posts");
        subject_end(&subject, 0);
    }
}

static void test_workers_answer_each_operation_once(void **state)
{
    enum { OPERATIONS = 40 };
    for (size_t i = 0; i < ADAPTERS; i++) {
        struct subject subject = subject_open(&adapters[i], *state, "pre-ping", 3, 4);
        for (int id = 0; id < OPERATIONS; id++)
            say_insert(&subject, id, "side by side");
        bool seen[OPERATIONS] = {false};
        for (int n = 0; n < OPERATIONS; n++) {
            json_t *answer = hear(&subject);
            json_int_t id = json_integer_value(json_object_get(answer, "id"));
            assert_true(json_is_true(json_object_get(answer, "ok")));
            assert_in_range(id, 0, OPERATIONS - 1);
            assert_false(seen[id]);
            seen[id] = true;
            json_decref(answer);
        }
        subject_end(&subject, 0);
    }
}

static void test_an_error_is_told_as_the_library_words_it(void **state)
{
    for (size_t i = 0; i < ADAPTERS; i++) {
        struct subject subject = subject_open(&adapters[i], *state, "none", 1, 1);
        say_insert(&subject, 1, "forbidden");
        hear_error(&subject, 1, adapters[i].refused_text, adapters[i].refused_kind, "23514");
        say_insert(&subject, 2, "and after it");
        hear_ok(&subject, 2);
        subject_end(&subject, 0);
    }
}

static void test_a_hang_up_is_told_without_pre_ping_and_hidden_with(void **state)
{
    for (size_t i = 0; i < ADAPTERS; i++) {
        for (int pre_ping = 0; pre_ping < 2; pre_ping++) {
            struct subject subject = subject_open(&adapters[i], *state, pre_ping ? "pre-ping" : "none", 1, 1);
            say_insert(&subject, 1, "before");
            postgres_crash_backend(*state, hear_ok(&subject, 1));
            if (!pre_ping) {
                say_insert(&subject, 2, "lost");
                hear_error(&subject, 2, "SSL SYSCALL error: EOF detected", adapters[i].hung_up_kind, NULL);
            }
            postgres_recover(*state);
            say_insert(&subject, 3, "after");
            hear_ok(&subject, 3);
            subject_end(&subject, 0);
        }
    }
}

static void test_a_pool_that_cannot_be_opened_is_an_error(void **state)
{
    static const struct {
        const char *conninfo, *strategy;
    } cases[] = {
        {"", "no such strategy"},
        {"host=/nowhere user=app", "none"},
    };
    (void)state;
    for (size_t i = 0; i < ADAPTERS; i++) {
        for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
            struct subject subject = subject_start(&adapters[i]);
            send_to_subject(
                &subject, json_pack("{s:{s:s, s:i, s:s, s:i}}", "open", "conninfo", cases[n].conninfo, "size",
                              1, "strategy", cases[n].strategy, "workers", 1));
            json_t *answer = hear(&subject);
            assert_true(json_is_string(json_object_get(answer, "error")));
            json_decref(answer);
            subject_end(&subject, 1);
        }
    }
}

static int set_up_subjects(void **state)
{
    signal(SIGPIPE, SIG_IGN);
    if (postgres_set_up(state) != 0)
        return -1;
    postgres_execute(*state, "ALTER TABLE blog_posts ADD CHECK (key <> 'forbidden')");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_operations_are_answered_in_turn),
        cmocka_unit_test(test_each_operation_does_its_work),
        cmocka_unit_test(test_workers_answer_each_operation_once),
        cmocka_unit_test(test_an_error_is_told_as_the_library_words_it),
        cmocka_unit_test(test_a_hang_up_is_told_without_pre_ping_and_hidden_with),
        cmocka_unit_test(test_a_pool_that_cannot_be_opened_is_an_error),
    };
    return cmocka_run_group_tests_name("pqpool_subjects", tests, set_up_subjects, postgres_tear_down);
}
