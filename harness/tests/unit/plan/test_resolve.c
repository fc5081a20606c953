// The plan: which words mean which cells, in which order, and which are refused.
#include "tests/unit/plan/plan_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void join_names(const struct plan *plan, char *text, size_t size)
{
    size_t used = 0;
    *text = '\0';
    for (size_t i = 0; i < plan->cells_count; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s", i > 0 ? " " : "", plan->cells[i]->name);
    assert_true(used < size);
}

static void test_cells(void **state)
{
    static const struct {
        const char *scenarios[WORDS_MAX], *subjects[WORDS_MAX];
        unsigned shard, shards;
        const char *cells;
    } cases[] = {
        // Nothing named: all but the selftest, each strategy that the scenario expects something of.
        {{NULL}, {NULL}, 1, 1,
            "idle-both--alpha-none--7 idle-both--alpha-checked--7 idle-both--beta-plain--7 idle-both--beta-special--7 idle-none--alpha-none--7 idle-none--beta-plain--7 steady-price--alpha-none--7 steady-price--alpha-checked--7 steady-price--beta-plain--7"},
        {{"idle/none"}, {"all"}, 1, 1, "idle-none--alpha-none--7 idle-none--beta-plain--7"},
        {{"steady"}, {"beta"}, 1, 1, "steady-price--beta-plain--7"},
        {{"scenarios/steady/"}, {"beta"}, 1, 1, "steady-price--beta-plain--7"},
        {{"selftest"}, {"alpha:none"}, 1, 1, "selftest-control--alpha-none--7"},
        {{"idle"}, {"alpha:checked"}, 1, 1, "idle-both--alpha-checked--7"},
        // As named, nothing twice.
        {{"steady", "idle/both", "idle/both"}, {"beta:plain", "alpha:none", "beta:plain"}, 1, 1,
            "steady-price--beta-plain--7 steady-price--alpha-none--7 idle-both--beta-plain--7 idle-both--alpha-none--7"},
        {{"*/none"}, {"alp*"}, 1, 1, "idle-none--alpha-none--7"},
        {{"steady/*", "idle/b*"}, {"*:none"}, 1, 1, "steady-price--alpha-none--7 idle-both--alpha-none--7"},
        {{"idle/both"}, {"beta:*", "a*:ch?cked"}, 1, 1,
            "idle-both--beta-plain--7 idle-both--beta-special--7 idle-both--alpha-checked--7"},
        {{"@other/both.yaml"}, {"alpha:none"}, 1, 1, "both--alpha-none--7"},
        {{"idle/none"}, {"@other/delta.yaml", "alpha"}, 1, 1,
            "idle-none--delta-none--7 idle-none--alpha-none--7"},
        // Who has no class runs everywhere.
        {{"idle/none"}, {"@other/product.yaml"}, 1, 1, "idle-none--product-default--7"},
        {{"idle/none"}, {"@pool/subjects/beta.yaml"}, 1, 1, "idle-none--beta-plain--7"},
        {{"idle"}, {"alpha"}, 1, 2, "idle-both--alpha-none--7 idle-none--alpha-none--7"},
        {{"idle"}, {"alpha"}, 2, 2, "idle-both--alpha-checked--7"},
        {{"idle"}, {"alpha"}, 9, 9, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct error error = {0};
        char names[600];
        struct plan *plan = resolve_words(
            cases[i].scenarios, cases[i].subjects, cases[i].shard, cases[i].shards, &error);
        assert_string_equal(error.text, "");
        join_names(plan, names, sizeof(names));
        assert_string_equal(names, cases[i].cells);
        plan_free(plan);
    }
}

static double sample_cost(const void *whom, const struct cell *cell)
{
    (void)whom;
    return strcmp(cell->subject, "beta:special") == 0 ? 5 : 2;
}

// Of 5, 2, 2 and 2 seconds the first stands alone, and the order of the plan stays.
static void test_shards_of_equal_cost(void **state)
{
    (void)state;
    static const char *const expected[] = {"idle-both--beta-special--7",
        "idle-both--alpha-none--7 idle-both--alpha-checked--7 idle-both--beta-plain--7"};
    const char *const scenarios[] = {"idle/both"};
    for (unsigned shard = 1; shard <= 2; shard++) {
        struct error error = {0};
        char names[600];
        const struct plan_request request = {.root = plan_root,
            .scenarios = scenarios,
            .scenarios_count = 1,
            .seed = 7,
            .shard = shard,
            .shards = 2,
            .cost_s = sample_cost};
        struct plan *plan = plan_resolve(&request, &error);
        assert_non_null(plan);
        join_names(plan, names, sizeof(names));
        assert_string_equal(names, expected[shard - 1]);
        assert_int_equal(plan->whole_count, 4);
        plan_free(plan);
    }
}

static void test_cell(void **state)
{
    (void)state;
    struct error error = {0};
    struct plan *plan = resolve_words((const char *const[WORDS_MAX]){"idle/both"},
        (const char *const[WORDS_MAX]){"alpha:checked"}, 1, 1, &error);
    assert_non_null(plan);
    assert_int_equal(plan->cells_count, 1);
    const struct cell *cell = plan->cells[0];
    assert_ptr_equal(cell->scenario, plan->scenarios[0]);
    assert_string_equal(cell->scenario->path, "scenarios/idle/both.yaml");
    assert_string_equal(cell->subject, "alpha:checked");
    assert_string_equal(cell->strategy, "checked");
    assert_string_equal(cell->strategy_class, "pre-ping");
    assert_string_equal(cell->command[0], "/bin/true");
    assert_null(cell->command[1]);
    assert_null(cell->missing);
    assert_int_equal(cell->seed, 7);
    assert_int_equal(cell->lab, LAB_VIRTUAL);
    plan_free(plan);
}

static void test_missing(void **state)
{
    (void)state;
    struct error error = {0};
    struct plan *plan = resolve_words((const char *const[WORDS_MAX]){"idle/both"},
        (const char *const[WORDS_MAX]){"@other/delta.yaml"}, 1, 1, &error);
    assert_non_null(plan);
    assert_string_equal(plan->cells[0]->missing, "/nowhere/x");
    plan_free(plan);
}

static void test_refuse(void **state)
{
    static const struct {
        const char *scenarios[WORDS_MAX], *subjects[WORDS_MAX];
        unsigned shard, shards;
        const char *message; // '@' stands for the root
    } cases[] = {
        {{"idle/bothe"}, {NULL}, 1, 1,
            "unknown scenario 'idle/bothe' (did you mean 'idle/both'?): expected one of idle/both, idle/none, selftest/control, steady/price"},
        {{"price"}, {NULL}, 1, 1,
            "unknown scenario 'price' (did you mean 'steady/price'?): expected one of idle/both, idle/none, selftest/control, steady/price"},
        {{"id"}, {NULL}, 1, 1,
            "unknown scenario 'id': expected one of idle/both, idle/none, selftest/control, steady/price"},
        {{""}, {NULL}, 1, 1,
            "unknown scenario '': expected one of idle/both, idle/none, selftest/control, steady/price"},
        {{"@nowhere.yaml"}, {NULL}, 1, 1, "@/nowhere.yaml: No such file or directory"},
        {{"@other/broken.yaml"}, {NULL}, 1, 1, "@/other/broken.yaml:1:8: expected text, found a list"},
        {{"idle", "@other/scenarios/idle/both.yaml"}, {NULL}, 1, 1,
            "two files are named 'idle/both': scenarios/idle/both.yaml and @/other/scenarios/idle/both.yaml"},
        {{"idle", "@other/idle-both.yaml"}, {"alpha:none"}, 1, 1,
            "two cells are named 'idle-both--alpha-none--7': one of their files must be renamed"},
        {{NULL}, {"alhpa"}, 1, 1,
            "unknown subject 'alhpa' (did you mean 'alpha'?): expected one of alpha, beta"},
        {{NULL}, {"gamma:none"}, 1, 1, "unknown subject 'gamma': expected one of alpha, beta"},
        {{NULL}, {"alpha:chekced"}, 1, 1,
            "subject alpha: unknown strategy 'chekced' (did you mean 'checked'?): expected one of none, checked"},
        {{NULL}, {"alpha:"}, 1, 1, "subject alpha: unknown strategy '': expected one of none, checked"},
        {{NULL}, {"@other/broken.yaml"}, 1, 1,
            "@/other/broken.yaml:1:1: unknown key 'claim': expected one of summary, command, requires, packages, differs, conninfo, strategies, code, findings, explains"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct error error = {0};
        char expected[sizeof(error.text)];
        assert_null(
            resolve_words(cases[i].scenarios, cases[i].subjects, cases[i].shard, cases[i].shards, &error));
        const char *at = strchr(cases[i].message, '@');
        snprintf(expected, sizeof(expected), "%.*s%s%s", at != NULL ? (int)(at - cases[i].message) : 0,
            cases[i].message, at != NULL ? plan_root : "", at != NULL ? at + 1 : cases[i].message);
        assert_string_equal(error.text, expected);
        assert_int_equal(error.category, ERROR_INPUT);
    }
}

static void test_root_without_scenarios(void **state)
{
    (void)state;
    struct error error = {0};
    const struct plan_request request = {.root = "/nowhere", .shard = 1, .shards = 1};
    assert_null(plan_resolve(&request, &error));
    assert_string_equal(error.text, "/nowhere/scenarios: No such file or directory");
}

static void test_seed_too_large(void **state)
{
    (void)state;
    struct error error = {0};
    const struct plan_request request = {.root = plan_root, .seed = UINT64_MAX, .shard = 1, .shards = 1};
    assert_null(plan_resolve(&request, &error));
    assert_string_equal(error.text, "seed 18446744073709551615: expected at most 9223372036854775807");
}

static struct plan *resolve_with_conninfo(const char *subject, const char *conninfo, struct error *error)
{
    static const char *const scenarios[] = {"steady"};
    const struct plan_request request = {.root = ".",
        .scenarios = scenarios,
        .scenarios_count = 1,
        .subjects = &subject,
        .subjects_count = 1,
        .conninfo = conninfo,
        .shard = 1,
        .shards = 1};
    return plan_resolve(&request, error);
}

// Breaks with: a setting that a driver cannot take dropped in silence.
static void test_conninfo(void **state)
{
    static const struct {
        const char *subject, *conninfo, *why;
    } refused[] = {
        {"asyncpg", "connect_timeout=5 tcp_user_timeout=5000",
            "--conninfo tcp_user_timeout: the client of asyncpg has no such setting (it takes: connect_timeout)"},
        {"pgpool", "connect_timeout=5",
            "--conninfo connect_timeout: the client of pgpool has no such setting (it takes: none of libpq's)"},
        {"sqlalchemy", "host=x", "--conninfo 'host=x': 'host' is set by the lab"},
        {"sqlalchemy", "speed=5", "--conninfo 'speed=5': invalid connection option \"speed\""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
        struct error error = {0};
        assert_null(resolve_with_conninfo(refused[i].subject, refused[i].conninfo, &error));
        assert_string_equal(error.text, refused[i].why);
        assert_int_equal(error.category, ERROR_INPUT);
    }
    struct error error = {0};
    struct plan *plan = resolve_with_conninfo("sqlalchemy", "tcp_user_timeout=5000", &error);
    assert_string_equal(error.text, "");
    json_t *json = cell_to_json(plan->cells[0]);
    const char *recorded = json_string_value(
        json_object_get(json_object_get(json_object_get(json, "scenario"), "pool"), "conninfo"));
    assert_non_null(recorded);
    assert_non_null(strstr(recorded, "tcp_user_timeout=5000"));
    json_decref(json);
    plan_free(plan);
}

static void test_lab_names(void **state)
{
    (void)state;
    for (enum lab_kind kind = LAB_VIRTUAL; kind <= LAB_NATIVE; kind++) {
        enum lab_kind found = LAB_VIRTUAL;
        assert_true(lab_kind_by_name(lab_kind_name(kind), &found));
        assert_int_equal(found, kind);
    }
    enum lab_kind found;
    assert_false(lab_kind_by_name("moon", &found));
}

// What ships, against the real table of faults.
static void test_shipped_scenarios_and_subjects(void **state)
{
    static const char *const words[] = {"idle", "steady", "selftest"};
    (void)state;
    struct error error = {0};
    const struct plan_request request = {
        .root = ".", .scenarios = words, .scenarios_count = 3, .shard = 1, .shards = 1};
    struct plan *plan = plan_resolve(&request, &error);
    assert_string_equal(error.text, "");
    bool controlled = false;
    for (size_t i = 0; i < plan->scenarios_count; i++)
        controlled |= plan->scenarios[i]->must_fail;
    assert_true(controlled);
    assert_true(plan->cells_count >= 20); // four scenarios, five strategies
    plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells),
        cmocka_unit_test(test_shards_of_equal_cost),
        cmocka_unit_test(test_cell),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_refuse),
        cmocka_unit_test(test_root_without_scenarios),
        cmocka_unit_test(test_seed_too_large),
        cmocka_unit_test(test_lab_names),
        cmocka_unit_test(test_conninfo),
        cmocka_unit_test(test_shipped_scenarios_and_subjects),
    };
    return cmocka_run_group_tests_name("resolve", tests, plan_project_make, plan_project_remove);
}
