// The strip for a browser: each moment leads to its cell, and nothing that a pool said is markup.
#include "sweep/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char name[] = "a-b--pool-none--7", subject[] = "pool:<none>", scenario_name[] = "a/b",
            fault[] = "silence to-app", clean[] = "clean: 1 ok",
            data[] = "data: 1 ok, 1 duplicated: <script>\"&", nothing[] = "proves nothing: x";

static char *page_of(const struct sweep *sweeps, size_t count)
{
    char *text;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    assert_non_null(file);
    sweep_print_page(file, sweeps, count);
    assert_int_equal(fclose(file), 0);
    return text;
}

static void assert_has(const char *page, const char *text)
{
    if (strstr(page, text) == NULL)
        fail_msg("%s\nis not in:\n%s", text, page);
}

static void each_moment_has_its_place(void **state)
{
    (void)state;
    const struct sweep_title title = {
        .name = name, .scenario = scenario_name, .who = subject, .fault = fault, .seed = 7};
    struct sweep_point points[] = {{.at_us = 10000000, .number = 0, .words = "before the first packet"},
        {.at_us = 10000001, .number = 2, .words = "after packet 1 (\"a\" < b)"}, {.number = 3, .words = "x"},
        {.number = 4, .words = "y"}};
    struct sweep_class classes[] = {{.words = clean}, {.words = data, .count = 1}, {.words = nothing}};
    size_t class_of[] = {0, 1, 2, SWEEP_NOT_RUN};
    const struct sweep sweeps[] = {{.title = title,
                                       .points = {.items = points, .count = 4, .packets = 3},
                                       .classes = {.items = classes, .count = 3},
                                       .class_of = class_of,
                                       .not_run = 1,
                                       .retry = SWEEP_RETRY_PLAIN,
                                       .doubled = 1},
        {.title = title, .retry = SWEEP_RETRY_ONCE, .unsupported = nothing}};
    char *page = page_of(sweeps, 2);
    assert_has(page, "<h2>a/b, pool:&lt;none>, seed 7</h2>");
    assert_has(page,
        "silence to-app at 4 moments between 3 packets, 1 of them not run. A write that failed is done again: doubled at 1 of 3 moments.");
    assert_has(page,
        "<a class=\"m clean\" href=\"a-b--pool-none--7--0000/\" title=\"10.000000 s, before the first packet&#10;clean: 1 ok\">.</a>");
    assert_has(page,
        "<a class=\"m data\" href=\"a-b--pool-none--7--0002/\" title=\"10.000001 s, after packet 1 (&quot;a&quot; &lt; b)&#10;data: 1 ok, 1 duplicated: &lt;script>&quot;&amp;\">A</a>");
    assert_has(page, "<a class=\"m \" href=\"a-b--pool-none--7--0003/\"");
    assert_has(page, "not run\">?</a>");
    assert_has(page, "with an idempotency key: proves nothing: x.");
    assert_null(strstr(page, "<script"));
    free(page);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(each_moment_has_its_place)};
    return cmocka_run_group_tests_name("sweep_page", tests, NULL, NULL);
}
