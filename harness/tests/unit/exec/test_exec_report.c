// The exit status of hangup exec, and what its report says to people: from a stored report.
#include "exec/report.h"

#include "exec/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// Breaks with: a status of hangup's own where the program had one, a strictness that nobody asked for.
static void the_status_is_the_programs(void **state)
{
    (void)state;
    static const struct {
        const char *report;
        int status, strict_status;
    } cases[] = {
        {"{\"status\": 0, \"faults\": []}", 0, 0},
        {"{\"status\": 42, \"faults\": []}", 42, 42},
        {"{\"signal\": 11, \"faults\": []}", 139, 139},
        {"{\"status\": 0, \"timed_out\": true, \"faults\": []}", 124, 124},
        {"{\"signal\": 15, \"timed_out\": true, \"faults\": []}", 124, 124},
        {"{\"failure\": \"no server\", \"faults\": []}", 125, 125},
        {"{\"status\": 0, \"faults\": [{\"hits\": 3}]}", 0, 0},
        {"{\"status\": 0, \"faults\": [{\"hits\": 3}, {\"hits\": 0}]}", 0, 3},
        {"{\"status\": 0, \"faults\": [{\"hits\": null}]}", 0, 3},
        {"{\"status\": 7, \"faults\": [{\"hits\": 0}]}", 7, 7},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *report = json_loads(cases[i].report, 0, NULL);
        assert_non_null(report);
        assert_int_equal(exec_report_status(report, false), cases[i].status);
        assert_int_equal(exec_report_status(report, true), cases[i].strict_status);
        json_decref(report);
    }
}

// Breaks with: a fault without hits that looks like one with, silences that fill the screen.
static void people_read_this(void **state)
{
    (void)state;
    static const char stored[] =
        "{\"scenario\": \"idle/reset\", \"lab\": \"virtual\", \"seed\": 7, \"status\": 1, \"lab_s\": 120.5, \"wall_s\": 1.26, \"faults\": [{\"at_s\": 60.0, \"text\": \"rst to-app\", \"hits\": 1}, {\"at_s\": 70.0, \"text\": \"fin to-app\", \"hits\": 0}, {\"at_s\": 900.0, \"text\": \"silence both\", \"hits\": null}], \"wire\": {\"connections\": 2, \"packets\": 9, \"rst_to_app\": 1, \"rst_to_db\": 0, \"swallowed\": 3}, \"silences\": [{\"from_s\": 1.0, \"for_s\": 2.0, \"port\": 40000}, {\"from_s\": 1.0, \"for_s\": 2.0, \"port\": 1}, {\"from_s\": 1.0, \"for_s\": 2.0, \"port\": 2}, {\"from_s\": 1.0, \"for_s\": 2.0, \"port\": 3}], \"server\": {\"sessions\": 2, \"left_behind\": 1}, \"dir\": \"/results\"}";
    static const char expected[] =
        "hangup: idle/reset, virtual lab, seed 7: the program exited with 1 at 120.500 s (1.3 s of wall time)\n"
        "      60.000 s  rst to-app: 1 hit\n"
        "      70.000 s  fin to-app: it hit nothing\n"
        "     900.000 s  silence both: its time did not come\n"
        "  wire          2 connections, 9 packets; resets: 1 to app, 0 to db; swallowed: 3\n"
        "  silence       from 1.000 s for 2.000 s: nothing came back to port 40000\n"
        "  silence       from 1.000 s for 2.000 s: nothing came back to port 1\n"
        "  silence       from 1.000 s for 2.000 s: nothing came back to port 2\n"
        "  silence       and 1 more\n"
        "  server        2 sessions, 1 left behind by clients that are gone\n"
        "  /results\n";
    char *text = NULL;
    size_t length;
    json_t *report = json_loads(stored, 0, NULL);
    FILE *out = open_memstream(&text, &length);
    assert_non_null(report);
    exec_report_print(out, report);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(text, expected);
    free(text);
    json_decref(report);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_status_is_the_programs),
        cmocka_unit_test(people_read_this),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
