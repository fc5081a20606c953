// The help texts name what the table of reports has: the files of a run's folder, and the values of --format.
#include "command/command.h"
#include "report/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

// Of `hangup NAME --help`.
static const char *help_of(int (*command)(int argc, char **argv), const char *name)
{
    static char text[16384];
    char first[16], second[] = "--help", *argv[] = {first, second, NULL};
    snprintf(first, sizeof(first), "%s", name);
    fflush(stdout);
    FILE *file = tmpfile();
    int kept = dup(STDOUT_FILENO);
    assert_true(file != NULL && kept != -1 && dup2(fileno(file), STDOUT_FILENO) != -1);
    int status = command(2, argv);
    fflush(stdout);
    assert_true(dup2(kept, STDOUT_FILENO) != -1);
    close(kept);
    assert_int_equal(status, EXIT_AS_EXPECTED);
    assert_int_equal(fseek(file, 0, SEEK_SET), 0);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void assert_names(const char *help, const char *wanted)
{
    if (strstr(help, wanted) == NULL)
        fail_msg("%s is not in %s", wanted, help);
}

// Breaks with: a report that is written, and that nobody hears of.
static void every_file_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < reports_count; i++) {
        if (reports[i].file == NULL)
            continue;
        assert_names(help_of(command_report, "report"), reports[i].file);
        assert_names(help_of(command_merge, "merge"), reports[i].file);
    }
}

// Breaks with: a format that is not offered, or one that is not there. `hangup report` takes those that its
// help names.
static void every_format_is_offered(void **state)
{
    (void)state;
    char formats[128] = "  --format ", choice[64];
    size_t used = strlen(formats);
    for (size_t i = 0; i < reports_count; i++)
        if (reports[i].format != NULL)
            used += (size_t)snprintf(formats + used, sizeof(formats) - used, "%s%s",
                formats[used - 1] == ' ' ? "" : "|", reports[i].format);
    snprintf(formats + used, sizeof(formats) - used, " ");
    snprintf(choice, sizeof(choice), "(default: %s)", REPORT_DEFAULT->format);
    assert_names(help_of(command_run, "run"), formats);
    assert_names(help_of(command_run, "run"), choice);
    assert_names(help_of(command_report, "report"), formats);
    assert_names(help_of(command_report, "report"), choice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_is_named),
        cmocka_unit_test(every_format_is_offered),
    };
    return cmocka_run_group_tests_name("report_help", tests, NULL, NULL);
}
