// summary.md is Markdown.
#include "tests/unit/report/report_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void summary_is_markdown(void **state)
{
    (void)state;
    char *text = printed(report_summary_print, report_sample);
    expect_parts(text,
        (const char *const[]){
            "# hangup: 3 passed, 1 failed, 1 skipped, 1 errors, 1 not run in 9.1 s (1 h 4 min of virtual time)\n",
            "\n## Not as expected\n\n- **error** idle/silence with pqpool:none: `scenarios/idle/silence.yaml:9: ",
            "- **fail** idle/hung-up with pqpool:pre-ping-deadline: ", "\n## idle/hung-up\n\nThe server ends",
            "the pool finds out \\| only at the next \\<checkout\\> \\& says so.",
            "The path swallows. No pool can do better here than: delayed.\n",
            "| impact | verdict | subject | ops | errors | hung | delay | slowest |",
            "| errors | pass | pqpool:none | 10 | 2 | 0 | 20.05ms | 20.05ms | 10.00ms | - |",
            "| stuck | **fail** | pqpool:pre-ping-deadline | 10 | 1 |", "| - | skip | node:none |",
            "| clean | fail (as it must) | pqpool:none |",
            "- pqpool:none told the application: 2x `SSL SYSCALL error: EOF detected`\n",
            "1x `` caf\xc3\xa9 \xe6\xbc\xa2\xe5\xad\x97 <a> & \"b\" | `c` ]]> ``\n", NULL});
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(summary_is_markdown),
    };
    return cmocka_run_group_tests_name("summary", tests, report_sample_make, report_sample_free);
}
