// report.html holds its data as text that cannot end it.
#include "tests/unit/report/report_fixture.h"

#include "report/matrix_svg.h"
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

// A page of figures alone, as of a baseline, has no stories; its scenarios are grouped by what one fears.
static void without_folders_there_are_no_stories(void **state)
{
    (void)state;
    char *text = printed(report_html_print, report_sample);
    assert_null(strstr(text, "data-story=\"0\""));
    expect_parts(text, (const char *const[]){"\"group\":\"Idle connections die\"", NULL});
    free(text);
}

// Of several seeds it shows one, and says where another does something else.
static void a_page_of_figures_shows_one_seed(void **state)
{
    (void)state;
    struct run_result run = *report_sample;
    struct cell_result cells[7];
    assert_int_equal(run.cells_count, 7);
    memcpy(cells, report_sample->cells, sizeof(cells));
    cells[5].subject = cells[0].subject; // clean, where the first has errors
    cells[5].seed = 8;
    run.cells = cells;
    char *text = printed(report_html_print, &run);
    expect_parts(text, (const char *const[]){"\"other_seed\":\"clean\"", NULL});
    assert_null(strstr(text, "\"seed\":8"));
    assert_null(strstr(text, "\"slowest_ms\":null"));
    free(text);
}

static void the_matrix_is_a_picture(void **state)
{
    (void)state;
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    assert_true(matrix_svg_print(file, report_sample));
    fclose(file);
    expect_parts(text, (const char *const[]){"<svg xmlns=\"http://www.w3.org/2000/svg\"",
                           "@media(prefers-color-scheme:dark)", ">Idle connections die</text>",
                           ">idle/hung-up</text><rect class=\"i", ">pqpool:none</text>", "</svg>\n", NULL});
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
        cmocka_unit_test(without_folders_there_are_no_stories),
        cmocka_unit_test(a_page_of_figures_shows_one_seed),
        cmocka_unit_test(the_matrix_is_a_picture),
        cmocka_unit_test(the_page_needs_nothing_else),
    };
    return cmocka_run_group_tests_name("page", tests, report_sample_make, report_sample_free);
}
