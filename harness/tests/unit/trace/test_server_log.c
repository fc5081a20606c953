// The server's log: which lines are pings and connects of the application, and which only look like them.
#include "trace/server_log.h"

#include "tests/unit/base/temporary_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define AT    "1732288768.123 [42] "
#define LOGIN AT "LOG:  connection authorized: user=app database=app application_name=x SSL enabled\n"

static bool count_path(const char *path, struct server_counts *counts, struct error *error)
{
    struct folder_file file;
    if (!folder_open_path(path, &file, ERROR_LAB, error))
        return false;
    bool counted = server_log_count(&file, counts, error);
    folder_close_file(&file);
    return counted;
}

static struct server_counts count(const char *text)
{
    char path[] = "/tmp/hangup-test-XXXXXX";
    struct server_counts counts = {0};
    struct error error = {0};
    temporary_file(path, text, strlen(text));
    bool counted = count_path(path, &counts, &error);
    unlink(path);
    assert_true(counted);
    return counts;
}

static void counts_pings(void **state)
{
    (void)state;
    static const struct {
        const char *lines;
        int pings;
    } cases[] = {
        {AT "LOG:  statement: SELECT 1\n", 1},
        {AT "LOG:  statement: select  1 ; \n", 1},
        {AT "LOG:  statement: /* ping */ Select 1; -- yes\n", 1},
        {AT "LOG:  statement: SELECT NULL\n", 1},
        {AT "LOG:  statement: SELECT NULLIF(1, 1)\n", 0},
        {AT "LOG:  statement: \n", 1},
        {AT "LOG:  statement: ;\n", 1},
        {AT "LOG:  statement: -- ping\n", 1},
        {AT "LOG:  execute <unnamed>: SELECT 1\n", 1},
        {AT "LOG:  execute S_1: SELECT 1\n", 1},
        {AT "LOG:  execute S_1/C_2: SELECT 1\n", 1},
        {AT "LOG:  duration: 0.001 ms  bind <unnamed>: \n", 1}, // empty, and never logged when it is executed
        {AT "LOG:  duration: 0.001 ms  bind S_1/C_2: -- ping\n", 1},
        {AT "LOG:  duration: 0.001 ms  parse <unnamed>: \n", 0},
        {AT "LOG:  duration: 0.001 ms  bind <unnamed>: SELECT 1\n", 0}, // counted when it is executed
        {AT "LOG:  duration: 0.001 ms  bind <unnamed>: \n\tDELETE FROM blog_posts\n", 0},
        {AT "LOG:  duration: 0.001 ms\n", 0},
        {AT "LOG:  statement: \n" AT "LOG:  duration: 0.001 ms\n", 1},
        {AT "LOG:  statement: SELECT 1\n" AT "LOG:  statement: SELECT 1\n", 2},
        {AT "LOG:  statement: SELECT 1", 1}, // the last line, torn
        {AT "LOG:  statement: SELECT 1\n\t\n", 1},
        {AT "LOG:  statement: SELECT 1\n\t  + 1\n", 0},
        {AT "LOG:  statement: SELECT 1\n\t\n\tFROM blog_posts\n", 0},
        {AT "LOG:  statement: SELECT 10\n", 0},
        {AT "LOG:  statement: SELECT 1 FROM blog_posts\n", 0},
        {AT "LOG:  statement: SELECT1\n", 0},
        {AT "LOG:  statement: SELECT 1, 1\n", 0},
        {AT "LOG:  statement: /* SELECT 1\n", 0},
        {AT "LOG:  statement: INSERT INTO blog_posts VALUES ('LOG:  statement: SELECT 1')\n", 0},
        {AT "STATEMENT:  SELECT 1\n", 0},
        {AT "ERROR:  LOG:  statement: SELECT 1\n", 0},
        {"1732288768.123 [43] LOG:  statement: SELECT 1\n", 0}, // a session that is not app's
        {"LOG:  statement: SELECT 1\n", 0},
        {"] LOG:  statement: SELECT 1\n", 0},
        {"42] LOG:  statement: SELECT 1\n", 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[1024];
        snprintf(text, sizeof(text), "%s%s", LOGIN, cases[i].lines);
        struct server_counts counts = count(text);
        if (counts.pings != cases[i].pings)
            fail_msg("%s: %d pings", cases[i].lines, (int)counts.pings);
        assert_int_equal(counts.connects, 1);
    }
}

static void counts_only_the_application(void **state)
{
    (void)state;
    struct server_counts counts = count(
        "1.0 [7] LOG:  connection received: host=192.0.2.2 port=40000\n"
        "1.0 [7] LOG:  connection authenticated: identity=\"app\" method=trust\n"
        "1.0 [7] LOG:  connection authorized: user=app database=app SSL enabled\n"
        "1.0 [8] LOG:  connection authorized: user=hangup database=app\n"
        "1.0 [9] LOG:  connection authorized: user=apple database=app\n"
        "1.0 [8] LOG:  statement: SELECT 1\n"
        "1.0 [9] LOG:  statement: SELECT 1\n"
        "1.0 [7] LOG:  statement: SELECT 1\n");
    assert_int_equal(counts.connects, 1);
    assert_int_equal(counts.pings, 1);
}

static void a_process_number_is_used_again(void **state)
{
    (void)state;
    struct server_counts counts = count("1.0 [7] LOG:  connection authorized: user=app database=app\n"
                                        "1.0 [7] LOG:  statement: SELECT 1\n"
                                        "1.0 [7] LOG:  connection authorized: user=hangup database=app\n"
                                        "1.0 [7] LOG:  statement: SELECT 1\n");
    assert_int_equal(counts.connects, 1);
    assert_int_equal(counts.pings, 1);
}

static void many_sessions(void **state)
{
    (void)state;
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    for (int pid = 100; pid < 300; pid++)
        fprintf(file, "1.0 [%d] LOG:  connection authorized: user=app database=app\n", pid);
    for (int pid = 100; pid < 300; pid++)
        fprintf(file, "1.0 [%d] LOG:  statement: SELECT 1\n", pid);
    fclose(file);
    struct server_counts counts = count(text);
    free(text);
    assert_int_equal(counts.connects, 200);
    assert_int_equal(counts.pings, 200);
}

static void missing_log_is_named(void **state)
{
    (void)state;
    struct server_counts counts = {0};
    struct error error = {0};
    assert_false(count_path("/nowhere/postgres.log", &counts, &error));
    assert_string_equal(error.text, "/nowhere/postgres.log: No such file or directory");
    assert_int_equal(error.category, ERROR_LAB);
}

#define AUTHORIZED "LOG:  connection authorized: user="
#define ENDED      "LOG:  disconnection: session time: 0:00:10.060 user="

// Breaks with: a session of the harness that counts, a gap between two sessions that counts, a day's end.
static void knows_how_long_sessions_were_quiet(void **state)
{
    (void)state;
    struct server_counts counts = count("2026-12-31 23:00:00.000 UTC [7] " AUTHORIZED "hangup database=app\n"
                                        "2026-12-31 23:59:50.100 UTC [42] " AUTHORIZED "app database=app\n"
                                        "2027-01-01 00:00:30.225 UTC [42] LOG:  statement: BEGIN\n"
                                        "2027-01-01 00:00:40.000 UTC [42] " ENDED "app database=app\n"
                                        "2027-01-01 00:50:00.000 UTC [42] " AUTHORIZED "app database=app\n"
                                        "2027-01-01 00:50:01.000 UTC [42] " ENDED "app database=app\n"
                                        "2027-01-01 09:00:00.000 UTC [7] " ENDED "hangup database=app\n");
    assert_int_equal(counts.connects, 2);
    assert_int_equal(counts.ends, 2);
    assert_int_equal(counts.longest_quiet_us, INT64_C(40125000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_pings),
        cmocka_unit_test(counts_only_the_application),
        cmocka_unit_test(a_process_number_is_used_again),
        cmocka_unit_test(many_sessions),
        cmocka_unit_test(missing_log_is_named),
        cmocka_unit_test(knows_how_long_sessions_were_quiet),
    };
    return cmocka_run_group_tests_name("server_log", tests, NULL, NULL);
}
