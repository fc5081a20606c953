// The doctor's report: what it prints for a finding, and that only what is required decides.
#include "host/doctor.h"
#include "host/doctor_probe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
    assert_non_null(strstr(text, "ok      guest kernel     /k/linux\n"));
    assert_non_null(strstr(text, "missing subject sqlalchemy /usr/bin/python3\n"));
    assert_non_null(strstr(text, "fix: apt-get install python3\n"));
    assert_null(strstr(text, "make kernel"));
    free(text);
    print(&kernel_ok, &native_no, &text);
    assert_non_null(strstr(text, "no      native lab"));
    assert_null(strstr(text, "fix:"));
    free(text);
}

// Breaks with: a line that is wider than the terminal, a command in two that a shell takes for two, a hint
// that is taken for a command.
static void fits_the_terminal(void **state)
{
    (void)state;
    struct doctor_finding finding = subject_missing;
    char *text;
    snprintf(finding.detail, sizeof(finding.detail), "/usr/lib/python3/a/file/with/a/long/path");
    snprintf(finding.hint, sizeof(finding.hint), "or do without it, as many do");
    assert_int_equal(setenv("COLUMNS", "50", 1), 0);
    print(&kernel_ok, &finding, &text);
    assert_int_equal(unsetenv("COLUMNS"), 0);
    const char *expected = "missing subject sqlalchemy \n"
                           "                         /usr/lib/python3/a/file/with/a/long/path\n"
                           "                         fix: apt-get install \\\n"
                           "                           python3\n"
                           "                         or do without it, as many\n"
                           "                         do\n";
    assert_non_null(strstr(text, expected));
    free(text);
}

// What is printed works where the reader is. Breaks with: a path that a shell takes apart, `make` where there
// is no Makefile, a kernel of the reader's own that is removed.
static void commands_are_for_the_folder_that_the_reader_is_in(void **state)
{
    (void)state;
    char root[] = "/tmp/hangup doctor-XXXXXX", file[64], here[PATH_MAX], command[ADVICE_SIZE], expected[400];
    struct paths paths = {.kernel = "/usr/bin/linux", .cache = "/usr"};
    assert_non_null(mkdtemp(root));
    assert_non_null(getcwd(here, sizeof(here)));
    snprintf(paths.root, sizeof(paths.root), "%s", root);
    assert_string_equal(advice_make(&paths, "peers", command), "");
    snprintf(expected, sizeof(expected),
        "rm -r /usr/bin && '%s/scripts/install-packages.sh' kernel && '%s/scripts/build-kernel.sh'", root,
        root);
    assert_string_equal(advice_new_kernel(&paths, command), expected);
    assert_string_equal(advice_kernel(&paths, command), strchr(expected, '&') + strlen("&& "));

    snprintf(file, sizeof(file), "%s/Makefile", root);
    fclose(fopen(file, "w"));
    snprintf(expected, sizeof(expected), "make -C '%s' kernel", root);
    assert_string_equal(advice_kernel(&paths, command), expected);
    assert_int_equal(chdir(root), 0);
    assert_string_equal(advice_kernel(&paths, command), "make kernel");
    assert_string_equal(advice_make(&paths, "", command), "make");
    snprintf(paths.kernel, sizeof(paths.kernel), "/my/own/linux");
    assert_string_equal(advice_new_kernel(&paths, command), "");

    assert_int_equal(chdir(here), 0);
    assert_int_equal(remove(file), 0);
    assert_int_equal(rmdir(root), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_required_decides),
        cmocka_unit_test(tells_what_fixes_it_only_when_it_is_amiss),
        cmocka_unit_test(fits_the_terminal),
        cmocka_unit_test(commands_are_for_the_folder_that_the_reader_is_in),
    };
    return cmocka_run_group_tests_name("doctor", tests, NULL, NULL);
}
