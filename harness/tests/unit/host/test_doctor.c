// The doctor's report: what it prints for a finding, and that only what is required decides.
#include "host/doctor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct doctor_finding kernel_ok = {
    .state = DOCTOR_OK, .required = true, .what = "guest kernel", .detail = "/k/linux", .fix = "make kernel"};
static const struct doctor_finding kernel_missing = {.state = DOCTOR_MISSING,
    .required = true,
    .what = "guest kernel",
    .detail = "not built yet",
    .fix = "make kernel"};
static const struct doctor_finding subject_missing = {.state = DOCTOR_MISSING,
    .what = "subject sqlalchemy",
    .detail = "/usr/bin/python3",
    .fix = "apt-get install python3"};
static const struct doctor_finding native_no = {
    .state = DOCTOR_NO, .what = "native lab", .detail = "no sch_netem"};

static bool print(const struct doctor_finding *first, const struct doctor_finding *second, char **text)
{
    struct doctor_findings findings = {.all = {*first, *second}, .count = 2};
    size_t length;
    FILE *out = open_memstream(text, &length);
    assert_non_null(out);
    bool able = doctor_print(out, &findings);
    fclose(out);
    return able;
}

static void only_what_is_required_decides(void **state)
{
    static const struct {
        const struct doctor_finding *first, *second;
        bool able;
    } cases[] = {
        {&kernel_ok, &kernel_ok, true},
        {&kernel_ok, &subject_missing, true},
        {&kernel_ok, &native_no, true},
        {&kernel_missing, &kernel_ok, false},
        {&kernel_ok, &kernel_missing, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text;
        assert_int_equal(print(cases[i].first, cases[i].second, &text), cases[i].able);
        free(text);
    }
}

static void tells_what_fixes_it_only_when_it_is_amiss(void **state)
{
    (void)state;
    char *text;
    print(&kernel_ok, &subject_missing, &text);
    assert_non_null(strstr(text, "ok       guest kernel       /k/linux\n"));
    assert_non_null(strstr(text, "missing  subject sqlalchemy /usr/bin/python3\n"));
    assert_non_null(strstr(text, "fix: apt-get install python3\n"));
    assert_null(strstr(text, "make kernel"));
    free(text);
    print(&kernel_ok, &native_no, &text);
    assert_non_null(strstr(text, "no       native lab"));
    assert_null(strstr(text, "fix:"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_required_decides),
        cmocka_unit_test(tells_what_fixes_it_only_when_it_is_amiss),
    };
    return cmocka_run_group_tests_name("doctor", tests, NULL, NULL);
}
