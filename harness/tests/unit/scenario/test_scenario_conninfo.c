// The conninfo of a scenario's pool: understood as libpq understands it.
#include "scenario/internal.h"

#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

// Both accept it, or both refuse it in the same words.
static void compare_with_libpq(const char *conninfo)
{
    const char *why;
    char *problem = NULL;
    PQconninfoOption *options = PQconninfoParse(conninfo, &problem);
    bool good = scenario_check_conninfo(conninfo, &why);
    if (good != (options != NULL))
        fail_msg("[%s]: libpq says %s, hangup %s", conninfo, problem ? problem : "yes", good ? "yes" : why);
    if (!good) {
        problem[strcspn(problem, "\n")] = '\0';
        assert_string_equal(why, problem);
    }
    PQfreemem(problem);
    PQconninfoFree(options);
}

static void is_read_as_libpq_reads_it(void **state)
{
    static const char *const samples[] = {"", "   ", "a", "a=1", "=5", "= 5", "keepalives", "keepalives 1",
        "keepalives=", "keepalives= ", "keepalives =1", "keepalives\t=\n1", "  tcp_user_timeout = 5  ",
        "tcp_user_timeout= 'a b' keepalives=1", "options='-c x", "options='a\\'b'", "options=a\\ b",
        "options=a\\", "options='a\\", "options=''", "options='", "options=a'b c'd", "options='a'b=1",
        "options='a'keepalives=1", "options=a=b", "Keepalives=1", "keepalive=1", "keepalivess=1", "x y=1",
        "keepalives=1 what", "keepalives=1\\"};
    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(*samples); i++)
        compare_with_libpq(samples[i]);
}

// Newer ones may know more than this list.
static void every_keyword_is_libpqs(void **state)
{
    (void)state;
    size_t known = 0;
    PQconninfoOption *options = PQconndefaults();
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
        char text[80];
        const char *why;
        snprintf(text, sizeof(text), "%s=1", option->keyword);
        known += scenario_check_conninfo(text, &why);
    }
    PQconninfoFree(options);
    assert_int_equal(known, 26);
}

static void what_the_lab_sets_and_uris_are_refused(void **state)
{
    static const char *const cases[][2] = {
        {"host=x", "'host' is set by the lab"},
        {"keepalives=1 sslmode=disable", "'sslmode' is set by the lab"},
        {"requiressl=1", "'requiressl' is set by the lab"},
        {"service=x", "'service' is set by the lab"},
        {"postgres:///?keepalives=1", "invalid connection option \"postgres:///?keepalives\""},
        {"postgresql://elsewhere/",
            "missing \"=\" after \"postgresql://elsewhere/\" in connection info string"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        const char *why;
        assert_false(scenario_check_conninfo(cases[i][0], &why));
        assert_string_equal(why, cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_read_as_libpq_reads_it),
        cmocka_unit_test(every_keyword_is_libpqs),
        cmocka_unit_test(what_the_lab_sets_and_uris_are_refused),
    };
    return cmocka_run_group_tests_name("scenario_conninfo", tests, NULL, NULL);
}
