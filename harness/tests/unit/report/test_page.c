// report.html holds its data as text that cannot end it.
#include "tests/unit/report/report_fixture.h"

#include "report/page.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char data_begins[] = "<script type=\"application/json\" id=\"data\">";

// What stands between the page's two parts, without the elements around it, has no '<'.
static void no_text_from_outside_is_html(void **state)
{
    (void)state;
    char *text = printed(report_html_print, report_sample), *data = strstr(text, data_begins);
    assert_non_null(data);
    data += strlen(data_begins);
    *strstr(data, "</script>") = '\0';
    assert_null(strchr(data, '<'));
    expect_parts(data, (const char *const[]){"\\u003ca> & \\\"b\\\" | `c` ]]>", "\"pqpool:none\"", NULL});
    free(text);
}

static void a_cell_without_a_folder_says_so(void **state)
{
    (void)state;
    char *text = printed(report_html_print, report_sample);
    expect_parts(text, (const char *const[]){"data-story=\"0\">{\"missing\":\"no folder\"}</script>", NULL});
    free(text);
}

static bool holds(const unsigned char *bytes, size_t size, const char *text)
{
    return memmem(bytes, size, text, strlen(text)) != NULL;
}

// Breaks with: a part that scripts/embed-page.sh left out, or a page that asks a network.
static void the_page_needs_nothing_else(void **state)
{
    (void)state;
    const unsigned char *before = report_page_before, *after = report_page_after;
    assert_true(holds(before, report_page_before_size, "<style>"));
    assert_true(holds(before, report_page_before_size, "default-src 'none'"));
    assert_true(holds(after, report_page_after_size, "<script type=\"module\">"));
    assert_true(holds(after, report_page_after_size, "</html>"));
    assert_false(holds(before, report_page_before_size, "http://"));
    assert_false(holds(before, report_page_before_size, "https://"));
    assert_false(holds(after, report_page_after_size, "https://"));
    assert_false(holds(after, report_page_after_size, "\nimport "));
    assert_false(holds(after, report_page_after_size, "\nexport "));
    assert_false(holds(after, report_page_after_size, "innerHTML"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_text_from_outside_is_html),
        cmocka_unit_test(a_cell_without_a_folder_says_so),
        cmocka_unit_test(the_page_needs_nothing_else),
    };
    return cmocka_run_group_tests_name("page", tests, report_sample_make, report_sample_free);
}
