// The plan: which words mean which cells, in which order, and what a cell keeps in plan.json.
#include "plan/plan.h"

#include <ftw.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define SCENARIO(expect)                                                                                     \
    "claim: c\nnetwork: {rtt: 10ms}\nworkload: [{at: 0s, insert: 1}]\nrun_for: 9s\nexpect: " expect "\n"
#define MANIFEST(strategies) "summary: s\ncommand: [/bin/true]\nstrategies: " strategies "\n"

static char root[] = "/tmp/test-plan-XXXXXX";

// A small project: two subjects, four scenarios.
static const struct {
    const char *path, *text;
} files[] = {
    {"scenarios/idle/both.yaml", SCENARIO("{any: {lost: 0}}")},
    {"scenarios/idle/none.yaml", SCENARIO("{none: {errors: 0}}")},
    {"scenarios/steady/price.yaml", SCENARIO("{none: {pings: 0}, pre-ping: {pings: 1}}")},
    {"scenarios/selftest/control.yaml", SCENARIO("{any: {lost: 1}}") "must_fail: true\n"},
    {"scenarios/idle/.hidden.yaml", "this is not read"},
    {"scenarios/README.md", "nor is this"},
    {"pool/subjects/alpha.yaml", MANIFEST("{none: none, checked: pre-ping}")},
    {"pool/subjects/beta.yaml",
        MANIFEST("{plain: none, special: watching}") "departures:\n"
                                                     "- {because: b, expect: {idle/none: {errors: 1, "
                                                     "slowest: 3s}, steady/price: {pings: 2, says: x}}}\n"
                                                     "- because: c\n"
                                                     "  strategies: [special]\n"
                                                     "  expect: {idle/both: {recovery: none, says: [gone, "
                                                     "away]}}\n"},
    {"pool/subjects/node_modules/c.yaml", "nor this"},
    {"other/broken.yaml", "claim: []\n"},
    {"other/both.yaml", SCENARIO("{any: {lost: 0}}")},
    {"other/scenarios/idle/both.yaml", SCENARIO("{any: {lost: 0}}")},
    {"other/idle-both.yaml", SCENARIO("{any: {lost: 0}}")},
    {"other/lost.yaml", MANIFEST("{none: none}") "departures:\n- because: b\n  expect:\n"
                                                 "    idle/none: {errors: 1}\n"
                                                 "    idle/renamed: {errors: 1}\n"},
    {"other/own.yaml", MANIFEST("{none: none}") "departures: [{because: b, expect: {both: {errors: 1}}}]\n"},
    {"other/unrun.yaml",
        MANIFEST("{none: none, odd: watching}") "departures:\n- because: b\n  strategies: [none, odd]\n"
                                                "  expect:\n"
                                                "    idle/both: {errors: 1}\n"
                                                "    idle/none: {errors: 1}\n"},
    {"other/unrun-by-all.yaml",
        MANIFEST("{odd: watching, queer: expiring}") "departures:\n- because: b\n  expect:\n"
                                                     "    steady/price: {errors: 1}\n"},
    {"other/named.yaml",
        MANIFEST(
            "{none: none, odd: watching}") "departures: [{because: b, strategies: [none], expect: {idle/none: {errors: 1}}}]\n"},
    {"other/delta.yaml", "summary: s\ncommand: [/nowhere/x]\nstrategies: {none: none}\n"},
};

static char *below_root(const char *path)
{
    static char full[4][PATH_MAX];
    static unsigned next;
    char *text = full[next++ % 4];
    snprintf(text, PATH_MAX, "%s/%s", root, path);
    return text;
}

static void make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
}

static int set_up(void **state)
{
    (void)state;
    if (mkdtemp(root) == NULL)
        return -1;
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        char *path = below_root(files[i].path);
        make_folders(path);
        FILE *file = fopen(path, "w");
        if (file == NULL)
            return -1;
        fputs(files[i].text, file);
        fclose(file);
    }
    return 0;
}

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
    (void)status, (void)type, (void)ftw;
    return remove(path);
}

static int tear_down(void **state)
{
    (void)state;
    return nftw(root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

#define WORDS_MAX 4

// Words that start with '@' are paths below the root.
static size_t expand(const char *const words[WORDS_MAX], const char *expanded[WORDS_MAX])
{
    size_t count = 0;
    for (; count < WORDS_MAX && words[count] != NULL; count++)
        expanded[count] = words[count][0] == '@' ? below_root(words[count] + 1) : words[count];
    return count;
}

static struct plan *resolve(const char *const scenarios[WORDS_MAX], const char *const subjects[WORDS_MAX],
    unsigned shard, unsigned shards, struct error *error)
{
    const char *scenario_words[WORDS_MAX], *subject_words[WORDS_MAX];
    struct plan_request request = {.root = root, .seed = 7, .shard = shard, .shards = shards};
    request.scenarios_count = expand(scenarios, scenario_words);
    request.scenarios = scenario_words;
    request.subjects_count = expand(subjects, subject_words);
    request.subjects = subject_words;
    return plan_resolve(&request, error);
}

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
        // Sorted by scenario, subjects as named, nothing twice.
        {{"steady", "idle/both", "idle/both"}, {"beta:plain", "alpha:none", "beta:plain"}, 1, 1,
            "idle-both--beta-plain--7 idle-both--alpha-none--7 steady-price--beta-plain--7 steady-price--alpha-none--7"},
        {{"@other/both.yaml"}, {"alpha:none"}, 1, 1, "both--alpha-none--7"},
        {{"@other/both.yaml"}, {"@other/own.yaml"}, 1, 1, "both--own-none--7"}, // it departs there
        {{"idle/none"}, {"@other/delta.yaml", "alpha"}, 1, 1,
            "idle-none--delta-none--7 idle-none--alpha-none--7"},
        // Nobody asks what a scenario of another plan is run with.
        {{"idle/both"}, {"@other/unrun.yaml"}, 1, 1, "idle-both--unrun-none--7 idle-both--unrun-odd--7"},
        {{"idle/none"}, {"@other/named.yaml"}, 1, 1,
            "idle-none--named-none--7"}, // who does not depart need not run
        {{"idle/none"}, {"@pool/subjects/beta.yaml"}, 1, 1, "idle-none--beta-plain--7"},
        {{"idle"}, {"alpha"}, 1, 2, "idle-both--alpha-none--7 idle-none--alpha-none--7"},
        {{"idle"}, {"alpha"}, 2, 2, "idle-both--alpha-checked--7"},
        {{"idle"}, {"alpha"}, 9, 9, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct error error = {0};
        char names[600];
        struct plan *plan = resolve(
            cases[i].scenarios, cases[i].subjects, cases[i].shard, cases[i].shards, &error);
        assert_string_equal(error.text, "");
        join_names(plan, names, sizeof(names));
        assert_string_equal(names, cases[i].cells);
        plan_free(plan);
    }
}

static void test_cell(void **state)
{
    (void)state;
    struct error error = {0};
    struct plan *plan = resolve((const char *const[WORDS_MAX]){"idle/both"},
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

static void check_texts(const struct departure *departure)
{
    assert_int_equal(departure->expectations_count, 3);
    assert_int_equal(departure->expectations[0].kind, EXPECT_RANGE);
    for (size_t i = 1; i < 3; i++) {
        assert_int_equal(departure->expectations[i].kind, EXPECT_SAYS);
        assert_string_equal(departure->expectations[i].text, i == 1 ? "gone" : "away");
        assert_string_equal(departure->expectations[i].strategy, "beta:special");
        assert_int_equal(departure->expectations[i].line, 8);
    }
}

// Each cell has what its subject's strategy departs from in its scenario, and no more.
static void test_departures(void **state)
{
    (void)state;
    struct error error = {0};
    struct plan *plan = resolve((const char *const[WORDS_MAX]){"idle", "steady"},
        (const char *const[WORDS_MAX]){"beta", "alpha:none"}, 1, 1, &error);
    assert_non_null(plan);
    for (size_t i = 0; i < plan->cells_count; i++) {
        const struct cell *cell = plan->cells[i];
        bool departs = strcmp(cell->name, "idle-none--beta-plain--7") == 0 ||
                       strcmp(cell->name, "idle-both--beta-special--7") == 0 ||
                       strcmp(cell->name, "steady-price--beta-plain--7") == 0;
        assert_int_equal(cell->departures_count, departs);
        if (strcmp(cell->name, "idle-both--beta-special--7") == 0)
            check_texts(&cell->departures[0]);
        if (strcmp(cell->name, "idle-none--beta-plain--7") != 0)
            continue;
        const struct departure *departure = &cell->departures[0];
        assert_string_equal(departure->because, "b");
        assert_string_equal(departure->path, "pool/subjects/beta.yaml");
        assert_int_equal(departure->line, 5);
        assert_int_equal(departure->expectations_count, 2);
        assert_string_equal(departure->expectations[0].strategy, "beta:plain");
        assert_int_equal(departure->expectations[0].metric, METRIC_ERRORS);
        assert_int_equal(departure->expectations[0].line, 5);
        assert_int_equal(departure->expectations[1].range.high, 3000000);
    }
    plan_free(plan);
}

static void test_missing(void **state)
{
    (void)state;
    struct error error = {0};
    struct plan *plan = resolve((const char *const[WORDS_MAX]){"idle/both"},
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
            "@/other/broken.yaml:1:1: unknown key 'claim': expected one of summary, command, requires, packages, differs, strategies, findings, explains, departures"},
        {{"idle/both"}, {"@other/lost.yaml"}, 1, 1,
            "@/other/lost.yaml:8: there is no scenario 'idle/renamed'"},
        {{"idle/both", "idle/none"}, {"@other/unrun.yaml"}, 1, 1,
            "@/other/unrun.yaml:9: idle/none is not run with 'odd': it expects nothing of 'watching', nor of 'any'"},
        {{"steady"}, {"@other/unrun-by-all.yaml"}, 1, 1,
            "@/other/unrun-by-all.yaml:7: steady/price is run with no strategy of this manifest: it expects nothing of their classes"},
        {{"idle/none"}, {"alpha:checked"}, 1, 1,
            "nothing to run: none of the scenarios expects anything of the strategies of these subjects"},
        {{NULL}, {NULL}, 0, 1, "shard 0/1: expected I/N with I from 1 to N"},
        {{NULL}, {NULL}, 3, 2, "shard 3/2: expected I/N with I from 1 to N"},
        {{NULL}, {NULL}, 1, 0, "shard 1/0: expected I/N with I from 1 to N"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct error error = {0};
        char expected[sizeof(error.text)];
        assert_null(resolve(cases[i].scenarios, cases[i].subjects, cases[i].shard, cases[i].shards, &error));
        const char *at = strchr(cases[i].message, '@');
        snprintf(expected, sizeof(expected), "%.*s%s%s", at != NULL ? (int)(at - cases[i].message) : 0,
            cases[i].message, at != NULL ? root : "", at != NULL ? at + 1 : cases[i].message);
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
    const struct plan_request request = {.root = root, .seed = UINT64_MAX, .shard = 1, .shards = 1};
    assert_null(plan_resolve(&request, &error));
    assert_string_equal(error.text, "seed 18446744073709551615: expected at most 9223372036854775807");
}

static json_t *stored_cell(const char *subject)
{
    struct error error = {0};
    const char *const subjects[WORDS_MAX] = {subject};
    struct plan *plan = resolve((const char *const[WORDS_MAX]){"steady"}, subjects, 1, 1, &error);
    assert_non_null(plan);
    plan->cells[0]->seed = INT64_MAX;
    plan->cells[0]->lab = LAB_NATIVE;
    json_t *json = cell_to_json(plan->cells[0]);
    assert_non_null(json);
    plan_free(plan);
    return json;
}

static void test_json_gives_the_same_cell(void **state)
{
    static const char *const subjects[] = {"alpha:checked", "@other/delta.yaml", "beta:plain"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct error error = {0};
        json_t *json = stored_cell(subjects[i]);
        struct cell *cell = cell_from_json(json, &error);
        assert_string_equal(error.text, "");
        assert_string_equal(json_string_value(json_object_get(json, "schema")), "hangup-plan/1");
        assert_string_equal(cell->strategy_class, i == 0 ? "pre-ping" : "none");
        assert_int_equal(cell->missing != NULL, i == 1);
        assert_int_equal(cell->departures_count, i == 2);
        if (i == 2) {
            assert_int_equal(cell->departures[0].expectations[0].range.low, 2);
            assert_string_equal(cell->departures[0].expectations[1].text, "x");
        }
        assert_true(cell->seed == INT64_MAX);
        assert_int_equal(cell->lab, LAB_NATIVE);
        assert_int_equal(cell->scenario->expectations[0].line, 5);
        json_t *again = cell_to_json(cell);
        assert_true(json_equal(json, again));
        cell_free(cell);
        json_decref(again);
        json_decref(json);
    }
}

static void test_broken_json(void **state)
{
    static const struct {
        const char *key, *value, *message;
    } cases[] = {
        {"schema", "\"hangup-plan/2\"", "plan.json: schema 'hangup-plan/2': expected hangup-plan/1"},
        {"lab", "\"moon\"", "plan.json: unknown lab 'moon'"},
        {"cell", "5", "plan.json: Expected string, got integer"},
        {"command", "[]", "plan.json: command: expected a list with a program"},
        {"command", "[5]", "plan.json: command: expected texts"},
        {"differs", "[5]", "plan.json: differs: expected texts"},
        {"departures", "[5]", "plan.json: departures: Expected object, got integer"},
        {"departures", "[{\"because\": \"b\", \"path\": \"p\", \"line\": 1, \"expect\": [5]}]",
            "plan.json: departures: expect: Expected object, got integer"},
        {"scenario", "[]", "plan.json: scenario: Expected object, got array"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct error error = {0};
        json_t *json = stored_cell("alpha:none");
        json_object_set_new(json, cases[i].key, json_loads(cases[i].value, JSON_DECODE_ANY, NULL));
        assert_null(cell_from_json(json, &error));
        assert_string_equal(error.text, cases[i].message);
        json_decref(json);
    }
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
        cmocka_unit_test(test_cell),
        cmocka_unit_test(test_departures),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_refuse),
        cmocka_unit_test(test_root_without_scenarios),
        cmocka_unit_test(test_seed_too_large),
        cmocka_unit_test(test_json_gives_the_same_cell),
        cmocka_unit_test(test_broken_json),
        cmocka_unit_test(test_lab_names),
        cmocka_unit_test(test_shipped_scenarios_and_subjects),
    };
    return cmocka_run_group_tests_name("plan", tests, set_up, tear_down);
}
