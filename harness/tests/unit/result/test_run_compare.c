// Comparing and merging runs: what counts as a difference under which rules, which cells belong together.
#include "report/compare.h"
#include "result/compare.h"
#include "result/merge.h"
#include "tests/unit/result/sample_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECOND 1000000

enum change { NOTHING, METRIC, VERDICT, ERROR_BOTH, TEXT, BYTES };

static void change_cell(struct cell_result *cell, enum change change, enum metric metric, int64_t value)
{
    if (change == METRIC)
        cell->verdict->metrics.value[metric] = value;
    if (change == VERDICT)
        cell->verdict->outcome = OUTCOME_FAIL;
    if (change == BYTES)
        cell->pcap_sha256[0] = 'c';
}

static void differences_count_by_the_rules(void **state)
{
    (void)state;
    static const struct {
        const char *what;
        enum change change;
        enum metric metric;
        int64_t value;
        bool agrees[3]; // between runs, labs, subjects
    } cases[] = {
        {"nothing", NOTHING, 0, 0, {true, true, true}},
        {"errors", METRIC, METRIC_ERRORS, 1, {false, false, false}},
        {"hung", METRIC, METRIC_HUNG, 1, {false, false, false}},
        {"in doubt", METRIC, METRIC_IN_DOUBT, 1, {false, false, false}},
        {"lost", METRIC, METRIC_LOST, 1, {false, false, false}},
        {"duplicated", METRIC, METRIC_DUPLICATED, 1, {false, false, false}},
        {"ok", METRIC, METRIC_OK, 9, {false, false, true}},
        {"pings", METRIC, METRIC_PINGS, 1, {false, true, false}},
        {"connects", METRIC, METRIC_CONNECTS, 2, {false, true, false}},
        {"packets", METRIC, METRIC_SWALLOWED, 1, {false, true, true}},
        {"a little slower", METRIC, METRIC_SLOWEST, 30000 + SECOND, {false, true, true}},
        {"much slower", METRIC, METRIC_SLOWEST, 30000 + 2 * SECOND, {false, false, true}},
        {"a recovery on one side", METRIC, METRIC_RECOVERY, 1, {false, false, true}},
        {"verdict", VERDICT, 0, 0, {false, false, true}},
        {"errors on both sides", ERROR_BOTH, 0, 0, {false, false, true}},
        {"texts", TEXT, 0, 0, {false, false, true}},
        {"bytes", BYTES, 0, 0, {true, true, true}},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct run_result *left = sample_run("virtual"), *right = sample_run("virtual");
        struct cell_result *a = sample_cell(left, "idle/x", "p:none"),
                           *b = sample_cell(right, "idle/x", "p:none");
        change_cell(b, cases[i].change, cases[i].metric, cases[i].value);
        if (cases[i].change == ERROR_BOTH)
            a->verdict->outcome = b->verdict->outcome = OUTCOME_ERROR;
        if (cases[i].change == TEXT) {
            sample_error(a, "EOF");
            sample_error(b, "timeout");
        }
        for (int rules = COMPARE_RUNS; rules <= COMPARE_SUBJECTS; rules++) {
            struct comparison *comparison = run_compare((struct compare_side){left, NULL},
                (struct compare_side){right, NULL}, (enum compare_rules)rules,
                (struct compare_tolerance){SECOND});
            if (comparison_agrees(comparison) != cases[i].agrees[rules])
                fail_msg("%s under rules %d: %d", cases[i].what, rules, !cases[i].agrees[rules]);
            if ((comparison_count(comparison).same_bytes == 0) != (cases[i].change == BYTES))
                fail_msg("%s: bytes", cases[i].what);
            comparison_free(comparison);
        }
        run_result_free(left);
        run_result_free(right);
    }
}

static void a_tenth_is_allowed_beside_the_tolerance(void **state)
{
    (void)state;
    static const struct {
        int64_t left, right;
        bool agrees;
    } cases[] = {
        {100 * SECOND, 110 * SECOND, true}, // 1 s and 11 s
        {110 * SECOND, 100 * SECOND, true},
        {100 * SECOND, 112 * SECOND, true},
        {100 * SECOND, 113 * SECOND, false},
        {113 * SECOND, 100 * SECOND, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct run_result *left = sample_run("virtual"), *right = sample_run("realtime");
        sample_cell(left, "idle/x", "p:none")->verdict->metrics.value[METRIC_SLOWEST] = cases[i].left;
        sample_cell(right, "idle/x", "p:none")->verdict->metrics.value[METRIC_SLOWEST] = cases[i].right;
        struct comparison *comparison = run_compare((struct compare_side){left, NULL},
            (struct compare_side){right, NULL}, COMPARE_LABS, (struct compare_tolerance){SECOND});
        assert_int_equal(comparison_agrees(comparison), cases[i].agrees);
        comparison_free(comparison);
        run_result_free(left);
        run_result_free(right);
    }
}

static bool texts_agree(const char *const left_texts[4], const char *const right_texts[4])
{
    struct run_result *left = sample_run("virtual"), *right = sample_run("virtual");
    struct cell_result *a = sample_cell(left, "idle/x", "p:none"),
                       *b = sample_cell(right, "idle/x", "p:none");
    for (int i = 0; left_texts[i]; i++)
        sample_error(a, left_texts[i]);
    for (int i = 0; right_texts[i]; i++)
        sample_error(b, right_texts[i]);
    b->verdict->metrics = a->verdict->metrics;
    struct comparison *comparison = run_compare((struct compare_side){left, NULL},
        (struct compare_side){right, NULL}, COMPARE_RUNS, (struct compare_tolerance){0});
    bool agree = comparison_agrees(comparison);
    comparison_free(comparison);
    run_result_free(left);
    run_result_free(right);
    return agree;
}

static void texts_agree_in_any_order_but_as_often(void **state)
{
    (void)state;
    static const char *const aab[4] = {"A", "A", "B"}, *const baa[4] = {"B", "A", "A"},
                             *const abb[4] = {"A", "B", "B"}, *const a[4] = {"A"}, *const ab[4] = {"A", "B"};
    assert_true(texts_agree(aab, baa));
    assert_false(texts_agree(aab, abb));
    assert_false(texts_agree(a, ab));
    assert_false(texts_agree(ab, a));
    static const char *const port[4] = {"write 192.0.2.2:54252->198.51.100.2:5432: reset"},
                             *const other_port[4] = {"write 192.0.2.2:4828->198.51.100.2:5432: reset"},
                             *const other_server[4] = {"write 192.0.2.2:54252->198.51.100.2:6432: reset",
                                 NULL},
                             *const cut[4] = {"write 192.0.2.2:54252"};
    assert_true(texts_agree(port, other_port));
    assert_false(texts_agree(port, other_server));
    assert_false(texts_agree(port, cut));
}

// Another order, cells on one side only, a skipped one, and another seed.
static void cells_are_paired_by_name(void **state)
{
    (void)state;
    struct run_result *left = sample_run("virtual"), *right = sample_run("virtual");
    sample_cell(left, "idle/a", "p:none");
    sample_cell(left, "idle/b", "p:none");
    sample_cell(left, "idle/c", "p:none")->seed = 8;
    sample_cell(left, "idle/d", "p:none")->verdict->outcome = OUTCOME_SKIP;
    sample_cell(right, "idle/c", "p:none");
    sample_cell(right, "idle/b", "p:none");
    sample_cell(right, "idle/a", "p:none");
    sample_cell(right, "idle/a", "p:pre-ping");
    struct comparison *comparison = run_compare((struct compare_side){left, NULL},
        (struct compare_side){right, NULL}, COMPARE_RUNS, (struct compare_tolerance){0});
    struct compare_counts counts = comparison_count(comparison);
    assert_int_equal(counts.same, 2);
    assert_int_equal(counts.only_left, 1);
    assert_int_equal(counts.only_right, 2);
    assert_false(comparison_agrees(comparison));
    comparison_free(comparison);
    run_result_free(left);
    run_result_free(right);
}

static struct comparison *compare_subjects(const struct run_result *run, const char *left, const char *right)
{
    return run_compare((struct compare_side){run, left}, (struct compare_side){run, right}, COMPARE_SUBJECTS,
        (struct compare_tolerance){SECOND});
}

static void subjects_of_one_run_are_compared(void **state)
{
    (void)state;
    struct run_result *run = sample_run("virtual");
    sample_cell(run, "idle/a", "p:none");
    sample_cell(run, "idle/a", "q:none");
    sample_cell(run, "idle/b", "p:none");
    sample_cell(run, "idle/b", "q:none")->verdict->metrics.value[METRIC_PINGS] = 1;
    sample_cell(run, "idle/b", "r:none");
    struct comparison *comparison = compare_subjects(run, "p:none", "q:none");
    assert_int_equal(comparison->rows_count, 2);
    assert_int_equal(comparison_count(comparison).differ, 1);
    comparison->rows[1].because = "it pings";
    assert_true(comparison_agrees(comparison));
    comparison->rows[0].because = "it does not";
    assert_int_equal(comparison_count(comparison).explained_wrongly, 1);
    assert_false(comparison_agrees(comparison));
    comparison_free(comparison);
    comparison = compare_subjects(run, "p:none", "s:none");
    assert_false(comparison_agrees(comparison));
    comparison_free(comparison);
    comparison = compare_subjects(run, "s:none", "t:none"); // nothing agrees with nothing
    assert_false(comparison_agrees(comparison));
    comparison_free(comparison);
    run_result_free(run);
}

static void check_print(const struct comparison *comparison, bool all, const char *expected)
{
    char *text;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    assert_true(report_compare_print(file, comparison, all));
    fclose(file);
    assert_string_equal(text, expected);
    free(text);
}

static void a_table_shows_what_differs(void **state)
{
    (void)state;
    struct run_result *run = sample_run("virtual");
    sample_cell(run, "idle/a", "p:none");
    sample_cell(run, "idle/a", "q:none");
    struct cell_result *cell = sample_cell(run, "idle/b", "p:none");
    sample_cell(run, "idle/b", "q:none")->verdict->metrics.value[METRIC_RST_TO_APP] = 2;
    cell->verdict->metrics.value[METRIC_PINGS] = 3;
    cell->verdict->metrics.value[METRIC_SLOWEST] = 5 * SECOND;
    struct comparison *comparison = compare_subjects(run, "p:none", "q:none");
    comparison->rows[1].because = "p | pings";
    // clang-format off
    check_print(comparison, false,
        "| scenario | verdict | ops | err | hung | delay |         slowest |  median | recovery |     pings | conns | tries | lost | dup | doubt | also                         |\n"
        "|----------|---------|----:|----:|-----:|------:|----------------:|--------:|---------:|----------:|------:|------:|-----:|----:|------:|------------------------------|\n"
        "| idle/b   | pass    |  10 |   0 |    0 |   0us | 5.00s / 30.00ms | 30.00ms |        - | **3 / 0** |     1 |     0 |    0 |   0 |     0 | rst_to_app 0 / 2; p \\| pings |\n"
        "\nLeft / right where they differ, in bold where they must not.\n"
        "1 cells agree, 0 differ, 1 differ as explained, 0 explanations are no longer so.\n");
    // clang-format on
    comparison_free(comparison);
    comparison = compare_subjects(run, "p:none", "p:none");
    check_print(comparison, false, "2 cells agree, 0 differ.\n");
    comparison_free(comparison);
    run_result_free(run);
}

static void json_tells_the_same(void **state)
{
    (void)state;
    struct run_result *left = sample_run("virtual"), *right = sample_run("realtime");
    sample_cell(left, "idle/a", "p:none");
    sample_cell(right, "idle/a", "p:none")->verdict->metrics.value[METRIC_SLOWEST] = 9 * SECOND;
    sample_cell(right, "idle/b", "p:none");
    struct comparison *comparison = run_compare((struct compare_side){left, NULL},
        (struct compare_side){right, NULL}, COMPARE_LABS, (struct compare_tolerance){SECOND});
    json_t *json = report_compare_to_json(comparison);
    char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(15));
    assert_string_equal(text,
        "{\"schema\":\"hangup-compare/1\",\"rules\":\"labs\",\"agrees\":false,\"same\":0,\"same_bytes\":1,\"differ\":1,\"explained\":0,\"only_left\":0,\"only_right\":1,\"rows\":[{\"scenario\":\"idle/a\",\"subjects\":[\"p:none\",\"p:none\"],\"seed\":7,\"agrees\":false,\"verdicts\":[\"pass\",\"pass\"],\"differs\":{\"slowest_ms\":[30.0,9000.0]},\"shown\":{},\"texts_differ\":false,\"same_bytes\":true,\"because\":null},{\"scenario\":\"idle/b\",\"subjects\":[\"p:none\",\"p:none\"],\"seed\":7,\"agrees\":false,\"verdicts\":[null,\"pass\"],\"differs\":{},\"shown\":{},\"texts_differ\":false,\"same_bytes\":null,\"because\":null}]}");
    free(text);
    json_decref(json);
    comparison_free(comparison);
    run_result_free(left);
    run_result_free(right);
}

static const char *const merged_names[] = {"a", "b"};

// What is wrong with merging these two. Frees them.
static void expect_not_merged(struct run_result *first, struct run_result *second, const char *expected)
{
    struct error error = {0};
    struct run_result *runs[] = {first, second};
    assert_null(run_merge(&(struct merge_request){runs, merged_names, 2, false}, &error));
    assert_int_equal(error.category, ERROR_INPUT);
    assert_string_equal(error.text, expected);
    run_result_free(first);
    run_result_free(second);
}

static struct run_result *sample_shard(unsigned shard, unsigned shards, const char *plan)
{
    struct run_result *run = sample_run("virtual");
    sample_cell(run, shard == 1 ? "idle/a" : "idle/b", "p:none");
    run->shard = shard;
    run->shards = shards;
    digest_text(plan, run->plan_sha256);
    return run;
}

static void overlaps_and_holes_are_not_merged(void **state)
{
    (void)state;
    struct run_result *cut = sample_shard(2, 2, "x"), *same = sample_run("virtual");
    cut->cells_count++;
    expect_not_merged(sample_shard(1, 3, "x"), sample_shard(2, 3, "x"), "shard 3/3 is missing");
    expect_not_merged(sample_shard(2, 2, "x"), sample_shard(2, 2, "x"), "a and b are both shard 2/2");
    expect_not_merged(sample_shard(1, 2, "x"), sample_shard(2, 3, "x"), "a and b are not shards of one plan");
    expect_not_merged(sample_shard(1, 2, "x"), sample_shard(2, 2, "y"), "a and b are not shards of one plan");
    expect_not_merged(sample_shard(1, 2, "x"), sample_run("virtual"), "a and b are not shards of one plan");
    expect_not_merged(sample_shard(1, 2, "x"), cut,
        "b was cut short: 1 cell of it not run. `hangup run ... --resume --out b` runs them");
    sample_cell(same, "idle/a", "p:none");
    struct run_result *again = sample_run("virtual");
    sample_cell(again, "idle/a", "p:none");
    expect_not_merged(same, again, "idle/a p:none is in a and in b; with --replace the later one counts");
}

static void shards_of_one_plan_are_merged(void **state)
{
    (void)state;
    struct error error = {0};
    struct run_result *runs[] = {sample_shard(2, 2, "x"), sample_shard(1, 2, "x")};
    struct run_result *merged = run_merge(&(struct merge_request){runs, merged_names, 2, false}, &error);
    assert_non_null(merged);
    assert_int_equal(merged->cells_count, 2);
    assert_int_equal(merged->shards, 0);
    run_result_free(merged);
    run_result_free(runs[0]);
    run_result_free(runs[1]);
}

static void merging_takes_each_cell_once(void **state)
{
    (void)state;
    struct error error = {0};
    struct run_result *runs[] = {sample_run("virtual"), sample_run("virtual")};
    sample_cell(runs[0], "idle/b", "p:none");
    sample_cell(runs[0], "idle/a", "q:none");
    sample_cell(runs[1], "idle/a", "q:none")->verdict->outcome = OUTCOME_FAIL;
    sample_cell(runs[1], "idle/a", "p:none");
    sample_cell(runs[1], "idle/a", "q:none")->seed = 6;
    runs[1]->cells_count++; // one that was not run
    struct run_result *merged = run_merge(&(struct merge_request){runs, merged_names, 2, true}, &error);
    assert_non_null(merged);
    static const struct {
        const char *scenario, *subject;
        uint64_t seed;
        enum outcome outcome;
    } expected[] = {
        {"idle/a", "p:none", 7, OUTCOME_PASS},
        {"idle/a", "q:none", 6, OUTCOME_PASS},
        {"idle/a", "q:none", 7, OUTCOME_FAIL}, // the later run's
        {"idle/b", "p:none", 7, OUTCOME_PASS},
    };
    assert_int_equal(merged->cells_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(merged->cells[i].scenario, expected[i].scenario);
        assert_string_equal(merged->cells[i].subject, expected[i].subject);
        assert_int_equal(merged->cells[i].seed, expected[i].seed);
        assert_int_equal(merged->cells[i].verdict->outcome, expected[i].outcome);
    }
    run_result_free(merged);
    run_result_free(runs[0]);
    run_result_free(runs[1]);
}

static void labs_are_not_merged(void **state)
{
    (void)state;
    struct error error = {0};
    struct run_result *runs[] = {sample_run("virtual"), sample_run("realtime")};
    assert_null(run_merge(&(struct merge_request){runs, merged_names, 2, false}, &error));
    assert_int_equal(error.category, ERROR_INPUT);
    assert_string_equal(error.text, "these runs are of different labs, virtual and realtime");
    free(runs[1]->lab);
    free(runs[1]->kernel);
    runs[1]->lab = strdup("virtual");
    runs[1]->kernel = strdup("kernel-6.16");
    assert_null(run_merge(&(struct merge_request){runs, merged_names, 2, false}, &error));
    assert_string_equal(error.text, "these runs are of different guest kernels, kernel-6.12 and kernel-6.16");
    run_result_free(runs[0]);
    run_result_free(runs[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(differences_count_by_the_rules),
        cmocka_unit_test(a_tenth_is_allowed_beside_the_tolerance),
        cmocka_unit_test(texts_agree_in_any_order_but_as_often),
        cmocka_unit_test(cells_are_paired_by_name),
        cmocka_unit_test(subjects_of_one_run_are_compared),
        cmocka_unit_test(a_table_shows_what_differs),
        cmocka_unit_test(json_tells_the_same),
        cmocka_unit_test(merging_takes_each_cell_once),
        cmocka_unit_test(labs_are_not_merged),
        cmocka_unit_test(overlaps_and_holes_are_not_merged),
        cmocka_unit_test(shards_of_one_plan_are_merged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
