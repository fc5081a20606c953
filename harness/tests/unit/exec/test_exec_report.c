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

static void assert_printed(const char *stored, const char *expected)
{
    char *text = NULL;
    size_t length;
    json_t *report = json_loads(stored, 0, NULL);
    FILE *out = open_memstream(&text, &length);
    assert_non_null(report);
    exec_report_print(out, report);
    assert_int_equal(fclose(out), 0);
    assert_string_equal(text, expected);
    for (const char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1)
        assert_true(end - line <= 80);
    free(text);
    json_decref(report);
}

// Breaks with: a fault without hits that looks like one with, an end that is lost or made up, a line that is
// wider than a terminal.
static void people_read_this(void **state)
{
    (void)state;
    assert_printed(
        "{\"scenario\": \"idle/reset\", \"lab\": \"virtual\", \"seed\": 7, \"status\": 1, \"lab_s\": 120.5, \"wall_s\": 1.26, \"faults\": ["
        "{\"at_s\": 60.0, \"ended_s\": null, \"text\": \"rst to-app\", \"lasts\": false, \"hits\": 1}, "
        "{\"at_s\": 70.0, \"ended_s\": null, \"text\": \"fin to-app\", \"lasts\": false, \"hits\": 0}, "
        "{\"at_s\": 80.0, \"ended_s\": 90.0, \"text\": \"silence both for 10s\", \"lasts\": true, \"hits\": 17}, "
        "{\"at_s\": 100.0, \"ended_s\": null, \"text\": \"silence to-db\", \"lasts\": true, \"hits\": 2}, "
        "{\"at_s\": 900.0, \"ended_s\": null, \"text\": \"silence both\", \"lasts\": true, \"hits\": null}], "
        "\"wire\": {\"connections\": 2, \"packets\": 9, \"rst_to_app\": 1, \"rst_to_db\": 0, \"swallowed\": 3}, "
        "\"hangs\": {\"count\": 3, \"longest\": {\"from_s\": 100.1, \"for_s\": 20.4, \"connection\": 2, \"port\": 40000, \"waited_for\": \"answer\", \"acknowledged\": false, \"end\": \"program\"}}, "
        "\"forgotten\": 1, \"server\": {\"sessions\": 2, \"left_behind\": 1}, "
        "\"dropped\": {\"count\": 5, \"files\": [\"/a\", \"/b\", \"/c\", \"/d\", \"/e\"]}, \"dir\": \"/results\"}",
        "hangup: idle/reset, virtual lab, seed 7: the program exited with 1\n"
        "  time          120.500 s in the lab, 1.3 s of wall time\n"
        "      60.000 s  rst to-app: 1 hit\n"
        "      70.000 s  fin to-app: it hit nothing\n"
        "      80.000 s  silence both for 10s, until 90.000 s: 17 hits\n"
        "     100.000 s  silence to-db, until the program ended: 2 hits\n"
        "     900.000 s  silence both: its time did not come\n"
        "  longest hang  20.400 s, from 100.100 s on: connection 2 (port 40000) asked,\n"
        "                and nothing came back; until the program ended\n"
        "                and 2 more of a second or longer\n"
        "  wire          2 connections, 9 packets, 3 of them swallowed; resets: 1 to app,\n"
        "                0 to db\n"
        "  forgotten     1 connection, by the flow table\n"
        "  server        2 sessions, 1 left behind by clients that are gone\n"
        "  files         5 written and gone with the lab (--writable DIR keeps what is\n"
        "                below DIR): /a, /b, /c, ...\n"
        "  /results\n");
}

// Breaks with: a lab that failed and looks like a program that did.
static void a_failure_is_told(void **state)
{
    (void)state;
    assert_printed(
        "{\"scenario\": \"calm\", \"lab\": \"virtual\", \"seed\": 7, \"failure\": \"no server\", \"faults\": [], "
        "\"dir\": \"/results\"}",
        "hangup: calm, virtual lab, seed 7: it failed\n"
        "  failure       no server\n"
        "  /results\n");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_status_is_the_programs),
        cmocka_unit_test(people_read_this),
        cmocka_unit_test(a_failure_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
