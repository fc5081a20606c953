// The league: what is added up, who comes first, which findings hold, and how it reads.
#include "report/league.h"
#include "result/league.h"
#include "tests/unit/result/sample_run.h"
#include "verdict/impact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECOND 1000000

static struct run_result *run;
static struct subject_condition slow = {METRIC_SLOWEST, {900 * (int64_t)SECOND, INT64_MAX}, 5};
static struct subject_finding findings[] = {
    {(char *)"none", (char *)"idle/x", (char *)"takes {slowest} for {errors} error: {error}", &slow, 1, 5},
    {(char *)"none", (char *)"idle/y", (char *)"is slow", &slow, 1, 6},
    {(char *)"none", (char *)"idle/z", (char *)"was not run", &slow, 1, 7},
    {(char *)"skipped", (char *)"idle/x", (char *)"was skipped", &slow, 1, 8},
};
static struct subject_strategy strategies[] = {
    {.name = (char *)"none"}, {.name = (char *)"ping"}, {.name = (char *)"skipped"}};
static const struct subject subject = {.name = (char *)"p",
    .path = (char *)"p.yaml",
    .strategies = strategies,
    .strategies_count = 3,
    .findings = findings,
    .findings_count = 4};
static const struct subject *const subjects[] = {&subject};

static void set(struct cell_result *cell, enum metric metric, int64_t value)
{
    cell->verdict->metrics.value[metric] = value;
    cell->verdict->impact = impact_of(&cell->verdict->metrics);
}

static struct cell_result *calm(struct run_result *of, const char *scenario, const char *name)
{
    struct cell_result *cell = sample_cell(of, scenario, name);
    cell->verdict->impact = IMPACT_CLEAN;
    return cell;
}

static struct cell_result *cell_in_price(const char *subject_name, int64_t median_us, int64_t pings)
{
    struct cell_result *cell = sample_cell(run, LEAGUE_PRICE_SCENARIO, subject_name);
    set(cell, METRIC_MEDIAN, median_us);
    set(cell, METRIC_PINGS, pings);
    return cell;
}

// p:none fails and is slow; p:ping pays; q:none is as calm, and cheaper; q:odd is no good at all; p:skipped
// is not here.
static int make_run(void **state)
{
    (void)state;
    run = sample_run("virtual");
    struct cell_result *cell = sample_cell(run, "idle/x", "p:none");
    set(cell, METRIC_SLOWEST, 973 * (int64_t)SECOND);
    set(cell, METRIC_DELAY, 973 * (int64_t)SECOND);
    set(cell, METRIC_RECOVERY, 3 * SECOND);
    sample_error(cell, "EOF");
    calm(run, "idle/x", "p:ping");
    calm(run, "idle/x", "q:none");
    cell = sample_cell(run, "idle/x", "q:odd");
    cell->verdict->outcome = OUTCOME_FAIL;
    set(cell, METRIC_HUNG, 2);
    set(cell, METRIC_LOST, 1);
    set(cell, METRIC_DUPLICATED, 3);
    set(cell, METRIC_IN_DOUBT, 4);
    sample_cell(run, "idle/x", "p:skipped")->verdict->outcome = OUTCOME_SKIP;
    cell = sample_cell(run, "idle/y", "p:none");
    set(cell, METRIC_SLOWEST, IMPACT_DELAY_US);
    set(cell, METRIC_DELAY, IMPACT_DELAY_US);
    set(cell, METRIC_RECOVERY, 2 * SECOND);
    set(sample_cell(run, "idle/y", "p:ping"), METRIC_DELAY, IMPACT_DELAY_US - 1);
    calm(run, "idle/y", "q:none");
    sample_cell(run, "idle/y", "q:odd")->verdict->outcome = OUTCOME_ERROR;
    cell_in_price("p:none", 30000, 0);
    cell_in_price("p:ping", 40000, 10);
    cell_in_price("q:none", 31500, 0);
    cell_in_price("q:odd", METRIC_ABSENT, 0);
    run->cells_count++; // one that was not run
    return 0;
}

static int free_run(void **state)
{
    (void)state;
    run_result_free(run);
    return 0;
}

static void the_calm_come_first(void **state)
{
    (void)state;
    static const char *const order[] = {"p:ping", "q:none", "p:none", "q:odd", "p:skipped"};
    struct league *league = league_new(run, subjects, 1, NULL);
    assert_int_equal(league->rows_count, 5);
    for (size_t i = 0; i < 5; i++)
        assert_string_equal(league->rows[i].subject, order[i]);
    league_free(league);
}

static const struct league_row *row_of(const struct league *league, const char *name)
{
    for (size_t i = 0; i < league->rows_count; i++)
        if (strcmp(league->rows[i].subject, name) == 0)
            return &league->rows[i];
    fail_msg("%s is not in the league", name);
    return NULL;
}

static void cells_are_added_up(void **state)
{
    (void)state;
    struct league *league = league_new(run, subjects, 1, NULL);
    assert_int_equal(league->scenarios, 3);
    assert_int_equal(league->avoidable, 3);
    const struct league_row *row = row_of(league, "p:none");
    assert_int_equal(row->scenarios, 3);
    assert_int_equal(row->good, 1);  // stuck in one, and 5 s late in another
    assert_int_equal(row->harm, 17); // 16 and 1
    assert_int_equal(row->impacts[IMPACT_STUCK], 1);
    assert_int_equal(row->impacts[IMPACT_DELAYED], 1);
    assert_int_equal(row->errors, 1);
    assert_int_equal(row->groups[FEAR_IDLE].scenarios, 2);
    assert_int_equal(row->groups[FEAR_IDLE].best, IMPACT_DELAYED);
    assert_int_equal(row->groups[FEAR_IDLE].worst, IMPACT_STUCK);
    assert_int_equal(row->groups[FEAR_IDLE].figure, 1);
    assert_int_equal(row->groups[FEAR_IDLE].impacts[IMPACT_STUCK], 1);
    assert_int_equal(row->groups[FEAR_IDLE].harm, 17);
    assert_false(row->groups[FEAR_IDLE].never);
    assert_int_equal(row->groups[FEAR_PRICE].figure, 30000);
    assert_int_equal(row->groups[FEAR_COMMIT].best, IMPACT_UNKNOWN);
    assert_int_equal(row->price_us, 30000);
    row = row_of(league, "p:ping");
    assert_int_equal(row->good, 3);
    assert_int_equal(row->price_us, 40000);
    row = row_of(league, "q:odd");
    assert_int_equal(row->good, 1); // lost, or an error of the cell, is not good
    assert_int_equal(row->hung, 2);
    assert_int_equal(row->lost, 1);
    assert_int_equal(row->impacts[IMPACT_DATA], 1);
    assert_int_equal(row->price_us, METRIC_ABSENT);
    assert_int_equal(row->outcomes.failed, 1);
    assert_int_equal(row->outcomes.errors, 1);
    row = row_of(league, "p:skipped");
    assert_int_equal(row->scenarios, 0);
    assert_int_equal(row->skipped, 1);
    league_free(league);
}

// Breaks with: the pool that never recovers, with few errors, ranked above one that errs and recovers.
static void what_weighs_most_comes_last(void **state)
{
    (void)state;
    static const struct {
        enum metric metric; // of b:none; a:none has three errors
        int64_t value;
        const char *better;
    } cases[] = {{METRIC_LOST, 1, "a:none"}, {METRIC_ERRORS, 1, "b:none"}, {METRIC_HUNG, 1, "a:none"},
        {METRIC_RECOVERY, METRIC_NEVER, "a:none"}, {METRIC_ERRORS, 4, "a:none"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct run_result *two = sample_run("virtual");
        set(sample_cell(two, "idle/x", "a:none"), METRIC_ERRORS, 3);
        set(sample_cell(two, "idle/x", "b:none"), cases[i].metric, cases[i].value);
        struct league *league = league_new(two, NULL, 0, NULL);
        if (strcmp(league->rows[0].subject, cases[i].better) != 0)
            fail_msg("case %zu", i);
        league_free(league);
        run_result_free(two);
    }
}

// What the scenario says nobody can avoid is good, whoever else is in the run.
static void no_figure_depends_on_other_pools(void **state)
{
    (void)state;
    struct run_result *one = sample_run("virtual");
    struct cell_result *cell = sample_cell(one, "connect/x", "a:none");
    set(cell, METRIC_ERRORS, 1);
    cell->best = IMPACT_ERRORS;
    struct league *league = league_new(one, NULL, 0, NULL);
    assert_int_equal(league->avoidable, 0);
    const struct league_row alone = league->rows[0];
    assert_int_equal(alone.good, 1);
    league_free(league);
    calm(one, "connect/x", "z:none")->best = IMPACT_ERRORS;
    league = league_new(one, NULL, 0, NULL);
    assert_int_equal(row_of(league, "a:none")->good, alone.good);
    assert_memory_equal(row_of(league, "a:none")->impacts, alone.impacts, sizeof(alone.impacts));
    assert_memory_equal(row_of(league, "a:none")->groups, alone.groups, sizeof(alone.groups));
    league_free(league);
    run_result_free(one);
}

static void a_selection_is_of_subjects_or_strategies(void **state)
{
    (void)state;
    static const struct {
        const char *selection[3];
        size_t rows, findings;
    } cases[] = {{{"p"}, 3, 4}, {{"p:none"}, 1, 3}, {{"p:none", "q"}, 3, 3}, {{"p:"}, 0, 0},
        {{"p:non"}, 0, 0}, {{"q"}, 2, 0}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct league *league = league_new(run, subjects, 1, cases[i].selection);
        if (league->rows_count != cases[i].rows || league->findings_count != cases[i].findings)
            fail_msg("%s: %zu rows, %zu findings", cases[i].selection[0], league->rows_count,
                league->findings_count);
        league_free(league);
    }
}

static void findings_are_checked(void **state)
{
    (void)state;
    struct league *league = league_new(run, subjects, 1, NULL);
    assert_int_equal(league->findings_count, 4);
    assert_null(league->findings[0].broken);
    assert_ptr_equal(league->findings[1].broken, &slow);
    assert_null(league->findings[2].cell);
    assert_null(league->findings[3].cell); // skipped is not run
    assert_int_equal(league_broken_findings(league), 1);
    char *text = league_finding_text(&league->findings[0]);
    assert_string_equal(text, "takes 973.0s for 1 error: EOF");
    free(text);
    league_free(league);
}

// p:ping never recovered in idle/x; p:none did so in 3 s. Breaks with: what was not measured taken for
// little.
static void what_was_not_measured_is_in_no_range(void **state)
{
    (void)state;
    struct subject_condition quick = {METRIC_RECOVERY, {INT64_MIN, 5 * (int64_t)SECOND}, 5},
                             never = {METRIC_RECOVERY, {METRIC_ABSENT, METRIC_ABSENT}, 6};
    const struct {
        const char *strategy;
        struct subject_condition *condition;
        bool holds;
    } cases[] = {
        {"none", &quick, true}, {"ping", &quick, false}, {"none", &never, false}, {"ping", &never, true}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct subject_finding finding = {
            (char *)cases[i].strategy, (char *)"idle/x", (char *)"recovers", cases[i].condition, 1, 5};
        const struct subject one = {.name = (char *)"p", .findings = &finding, .findings_count = 1};
        struct league *league = league_new(run, (const struct subject *const[]){&one}, 1, NULL);
        assert_ptr_equal(league->findings[0].broken, cases[i].holds ? NULL : cases[i].condition);
        league_free(league);
    }
}

static void check_has(const char *text, const char *wanted)
{
    if (!strstr(text, wanted))
        fail_msg("not in the page: %s\n%s", wanted, text);
}

static char *page_of(const char *const *selection)
{
    char *text;
    size_t length;
    struct league *league = league_new(run, subjects, 1, selection);
    FILE *file = open_memstream(&text, &length);
    report_league_print(file, &(struct league_page){league, "build/hangup run"});
    fclose(file);
    league_free(league);
    return text;
}

static void the_page_leads_with_what_matters(void **state)
{
    (void)state;
    static const char *const wanted[] = {"# The league: 4 pools and settings under 3 scenarios\n",
        "Of 3 scenarios 3 can be had clean",
        "Best: `p:ping` (harm 0), `q:none` (harm 0), `p:none` (harm 17).\n",
        "| pool:strategy | version | harm | good | delayed | errors | stuck | data |\n",
        "| p:none        | 1.0     |   17 |    1 |       1 |      0 |     1 |    0 |\n",
        ("\n## Idle connections die\n\nOf `idle/x`,\n`idle/y`.\n\n"
         "| pool:strategy | best    | worst | harm |   good | errors |"),
        "| p:none        | delayed | stuck |   17 | 0 of 2 |      1 |\n",
        "Not ready on this machine, so not run: p:skipped.",
        "- **p:none** takes 973.0s for 1 error: EOF (`idle/x`).\n",
        "- **p:none** is slow (`idle/y`). **No longer so: slowest: expected >=900s, actual 5.00s (p.yaml:6).**\n",
        "Not in this run: `idle/z` with p:none, `idle/x` with p:skipped.\n",
        "\n## Every scenario, pool by pool\n", "\n### p\n\n| scenario     | ping | none          |\n",
        "| idle/x       | ·    | 1 err, 973.0s |\n", "| idle/y       | ·    | 5.00s         |\n",
        "\n### q\n\n| scenario     | none | odd                                               |\n",
        "| idle/x       | ·    | 2 hung, 1 lost, 3 duplicated, 4 in doubt **fail** |\n",
        "| idle/y       | ·    | error                                             |\n",
        "| steady/price | ·    |", "- `idle/x`: A claim.\n", "\n- p: 1.0\n- q: 1.0\n",
        "Lab virtual, seed 7, kernel-6.12. The same again:\n\n```\nbuild/hangup run\n```\n"};
    char *text = page_of(NULL);
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        check_has(text, wanted[i]);
    free(text);
    text = page_of((const char *const[]){"q", NULL});
    check_has(text, "# q: 2 strategies under 3 scenarios\n");
    free(text);
}

// Rows of one pool whose names and cells are as long as they come. Breaks with: a table that a terminal of
// 100 columns breaks.
static void no_line_of_a_table_is_wider_than_100(void **state)
{
    (void)state;
    struct run_result *wide = sample_run("virtual");
    for (size_t i = 0; i < 6; i++) {
        char name[64];
        snprintf(name, sizeof(name), "a-long-name:with-a-long-setting-%zu", i);
        struct cell_result *cell = sample_cell(wide, "commit/session-replaced-in-a-transaction", name);
        set(cell, METRIC_HUNG, 12);
        set(cell, METRIC_LOST, 10);
        set(cell, METRIC_IN_DOUBT, 10);
        free(cell->verdict->version);
        cell->verdict->version = strdup(
            "42.7.5, built by somebody on a Friday\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4");
    }
    struct run_result *shown = run;
    run = wide;
    char *text = page_of(NULL);
    run = shown;
    check_has(text, "| 42.7.5, bui\xe2\x80\xa6 |");
    for (char *rest = text, *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n")) {
        size_t columns = 0;
        for (const char *at = line; *at; at++)
            columns += ((unsigned char)*at & 0xc0) != 0x80;
        if (*line == '|' && columns > 100)
            fail_msg("%zu columns: %s", columns, line);
    }
    free(text);
    run_result_free(wide);
}

// The second seed counts nowhere, and is marked where it has another impact. Breaks with: a row that is
// counted twice, a difference that nobody is told of, one that is told of a pool that does not differ.
static void what_differs_by_seed_is_marked(void **state)
{
    (void)state;
    struct run_result *two = sample_run("virtual");
    for (uint64_t seed = 7; seed <= 8; seed++) {
        calm(two, "idle/x", "p:even")->seed = seed;
        struct cell_result *cell = calm(two, "idle/x", "p:odd");
        cell->seed = seed;
        set(cell, METRIC_ERRORS, seed == 8);
    }
    struct league *league = league_new(two, NULL, 0, NULL);
    assert_true(league->seeds);
    assert_int_equal(row_of(league, "p:odd")->scenarios, 1);
    assert_int_equal(row_of(league, "p:odd")->impacts[IMPACT_CLEAN], 1);
    assert_int_equal(row_of(league, "p:odd")->differs, 1);
    assert_int_equal(row_of(league, "p:odd")->groups[FEAR_IDLE].differs, 1);
    assert_int_equal(row_of(league, "p:even")->differs, 0);
    league_free(league);
    struct run_result *shown = run;
    run = two;
    char *text = page_of(NULL);
    run = shown;
    check_has(text,
        "What is shown is seed 7; other seeds were run, too, in 1 of 1 scenarios. \xe2\x89\xa0 marks the 1 rows");
    check_has(text, "| p:odd \xe2\x89\xa0       | 1.0 ");
    check_has(text, "| p:even        | 1.0 ");
    check_has(text, "| idle/x   | \xc2\xb7    | \xc2\xb7 \xe2\x89\xa0 |");
    free(text);
    run_result_free(two);
}

// Who fears a hang looks at that fear alone. Breaks with: a group in the order of the whole.
static void a_group_has_its_own_order(void **state)
{
    (void)state;
    struct run_result *two = sample_run("virtual");
    calm(two, "idle/silence", "a:none");
    set(sample_cell(two, "idle/x", "a:none"), METRIC_LOST, 1);
    set(sample_cell(two, "idle/silence", "b:none"), METRIC_RECOVERY, METRIC_NEVER);
    calm(two, "idle/x", "b:none");
    struct run_result *shown = run;
    run = two;
    char *text = page_of(NULL);
    run = shown;
    check_has(text, "| b:none        | 1.0     |   32 |");
    const char *group = strstr(text, "## The path is silent");
    assert_non_null(group);
    assert_true(strstr(group, "| a:none ") < strstr(group, "| b:none "));
    check_has(group, "never back |\n");
    free(text);
    run_result_free(two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_calm_come_first),
        cmocka_unit_test(cells_are_added_up),
        cmocka_unit_test(what_weighs_most_comes_last),
        cmocka_unit_test(no_figure_depends_on_other_pools),
        cmocka_unit_test(a_selection_is_of_subjects_or_strategies),
        cmocka_unit_test(findings_are_checked),
        cmocka_unit_test(what_was_not_measured_is_in_no_range),
        cmocka_unit_test(the_page_leads_with_what_matters),
        cmocka_unit_test(no_line_of_a_table_is_wider_than_100),
        cmocka_unit_test(what_differs_by_seed_is_marked),
        cmocka_unit_test(a_group_has_its_own_order),
    };
    return cmocka_run_group_tests(tests, make_run, free_run);
}
