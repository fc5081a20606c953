// junit.xml: suites, cases, and what XML forbids.
#include "tests/unit/report/report_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void junit_has_suites_and_cases(void **state)
{
    (void)state;
    char *text = printed(report_junit_print, report_sample);
    expect_parts(text,
        (const char *const[]){
            "<testsuites name=\"hangup\" tests=\"6\" failures=\"1\" errors=\"1\" time=\"9.052\">",
            "<testsuite name=\"idle/hung-up\" timestamp=\"2026-01-02T03:04:05\" hostname=\"",
            "\" tests=\"3\" failures=\"1\" errors=\"0\" time=\"0.750\" skipped=\"0\">",
            "<property name=\"pqpool:none: impact\" value=\"errors\"/>\n      <property name=\"pqpool:none: best\" value=\"clean\"/>",
            "best\" value=\"delayed\"/>",
            "<property name=\"pqpool:pre-ping-deadline: file\" value=\"scenarios/idle/hung-up.yaml\"/>\n      <property name=\"pqpool:pre-ping-deadline: line\" value=\"12\"/>",
            "seed\" value=\"7\"/>", "replay\" value=\"hangup replay idle-hung-up--x--1\"/>",
            "<testcase classname=\"idle/hung-up\" name=\"pqpool:none\" time=\"0.250\">\n      <system-out>",
            "<failure type=\"fail\" message=\"scenarios/idle/hung-up.yaml:12: any: errors: expected 0, actual 1\">",
            "<skipped type=\"skip\" message=\"/usr/bin/node: not installed\">",
            "<error type=\"error\" message=\"scenarios/idle/silence.yaml:9: silence both: the fault hit nothing\">",
            "told 1x: caf\xc3\xa9 \xe6\xbc\xa2\xe5\xad\x97 &lt;a&gt; &amp; &quot;b&quot; | `c` ]]&gt;",
            "verdict: fail (as it must)\nscenarios/selftest/x.yaml:4",
            "value=\"The server ends while its connections idle; the pool finds out | only at the next &lt;checkout&gt; &amp; says so.\"",
            NULL});
    free(text);
}

static void junit_forbids_what_xml_forbids(void **state)
{
    (void)state;
    struct run_result *result = run_result_new("virtual", "a\nb", NULL, 1, 1);
    sample_set_cell(result, 0, "x\001\033y", "\xef\xbf\xbe\xff\xed\xa0\x80z", "a\"'<", false,
        sample_verdict(OUTCOME_FAIL, "x"));
    char *text = printed(report_junit_print, result);
    expect_parts(text,
        (const char *const[]){"name=\"x??y\"", "value=\"?????z\"", "name=\"a&quot;'&lt;\"", "a&#10;b", NULL});
    free(text);
    run_result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(junit_has_suites_and_cases),
        cmocka_unit_test(junit_forbids_what_xml_forbids),
    };
    return cmocka_run_group_tests_name("junit", tests, report_sample_make, report_sample_free);
}
