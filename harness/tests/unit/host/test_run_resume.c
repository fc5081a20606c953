// What is kept of an earlier run: the same cell, judged by what is expected today.
#include "host/resume.h"

#include "base/directory.h"
#include "base/duration.h"
#include "base/path.h"
#include "tests/unit/base/opened.h"
#include "tests/unit/result/sample_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define CLAIM "claim: c\n"
#define LAB   "network: {rtt: 10ms}\nworkload: [{at: 1s, insert: 1}]\n"
#define END   "run_for: 9s\n"
#define PASS  "expect: {any: {errors: 1}}\n"
#define FAILS "expect: {any: {errors: 0}}\n"

static const char trace[] =
    "{\"at_us\":0,\"event\":\"start\"}\n"
    "{\"at_us\":1,\"event\":\"op-sent\",\"id\":1,\"do\":\"insert\",\"key\":\"k1\"}\n"
    "{\"at_us\":9,\"event\":\"op-answered\",\"id\":1,\"ok\":false,\"error\":\"x\",\"kind\":\"E\",\"sqlstate\":null}\n"
    "{\"at_us\":9000000,\"event\":\"leaked-backends\",\"count\":0}\n"
    "{\"at_us\":9000000,\"event\":\"end\",\"reason\":\"run_for\"}\n";

static char folder[] = "/tmp/test-resume-XXXXXX";
static struct folder cell_folder;

static char *in_folder(const char *name)
{
    static char path[PATH_MAX];
    return path_format(path, "%s/%s", folder, name);
}

static void write_traces(void)
{
    sample_file(folder, "events.jsonl", trace);
    sample_capture_and_log(folder);
}

// What differs between the cells of this test; the rest is the same.
struct difference {
    const char *scenario, *class, *command, *differs;
    uint64_t seed;
    enum lab_kind lab;
    bool must_fail;
};

// The only one at a time; its scenario is to be freed.
static struct cell *cell_of(const struct difference *difference)
{
    static char path[] = "scenarios/idle/x.yaml";
    static char differs[2][16], command[16], class[16], text[] = "p:none", name[] = "idle-x--p-none--7";
    static char *command_words[] = {command, NULL}, *differs_words[] = {NULL, NULL};
    static struct cell cell;
    struct error error = {0};
    const char *yaml = difference->scenario ? difference->scenario : CLAIM LAB END PASS;
    snprintf(command, sizeof(command), "%s", difference->command ? difference->command : "/bin/true");
    snprintf(class, sizeof(class), "%s", difference->class ? difference->class : "none");
    snprintf(differs[0], sizeof(differs[0]), "%s", difference->differs ? difference->differs : "");
    differs_words[0] = difference->differs ? differs[0] : NULL;
    cell = (struct cell){.name = name,
        .scenario = scenario_parse(path, yaml, strlen(yaml), &error),
        .subject = text,
        .strategy = text,
        .strategy_class = class,
        .command = command_words,
        .differs = differs_words,
        .seed = difference->seed ? difference->seed : 7,
        .lab = difference->lab};
    assert_string_equal(error.text, "");
    cell.scenario->must_fail = difference->must_fail;
    return &cell;
}

static void store(const struct difference *difference)
{
    struct error error = {0};
    struct cell *cell = cell_of(difference);
    assert_true(cell_write(cell, &cell_folder, &error));
    scenario_free(cell->scenario);
}

static json_t *stored_plan(void)
{
    json_t *plan = json_load_file(in_folder("plan.json"), 0, NULL);
    assert_non_null(plan);
    return plan;
}

static void what_would_happen_again_is_kept(void **state)
{
    (void)state;
    static const struct {
        struct difference today;
        const char *outcome; // NULL: it is to be run
    } cases[] = {
        {{0}, "pass"},
        {{.scenario = CLAIM LAB END FAILS}, "fail"},
        {{.scenario = "claim: d\nreproduces: [https://x.test/1]\n" LAB END PASS}, "pass"}, // other lines
        {{.scenario = CLAIM LAB END FAILS, .must_fail = true}, "pass"},
        {{.class = "odd"}, "pass"},
        {{.differs = "median"}, "pass"},
        {{.scenario = CLAIM "network: {rtt: 11ms}\nworkload: [{at: 1s, insert: 1}]\n" END PASS}, NULL},
        {{.scenario = CLAIM "network: {rtt: 10ms}\nworkload: [{at: 1s, read: 1}]\n" END PASS}, NULL},
        {{.scenario = CLAIM LAB "pool: {size: 3}\n" END PASS}, NULL},
        {{.scenario = CLAIM LAB "faults: [{at: 2s, server: close-sockets}]\n" END PASS}, NULL},
        {{.scenario = CLAIM LAB "run_for: 10s\n" PASS}, NULL},
        {{.command = "/bin/false"}, NULL},
        {{.seed = 8}, NULL},
        {{.lab = LAB_REALTIME}, NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        write_traces();
        store(&(struct difference){0});
        json_t *before = stored_plan();
        struct cell *cell = cell_of(&cases[i].today);
        struct verdict *verdict = run_resume(cell, &cell_folder);
        json_t *now = stored_plan(), *today = cell_to_json(cell);
        if ((verdict != NULL) != (cases[i].outcome != NULL))
            fail_msg("case %zu: %s", i, verdict ? "was kept" : "is to be run");
        if (verdict)
            assert_string_equal(outcome_name(verdict->outcome), cases[i].outcome);
        // A later `hangup report` judges by the same.
        assert_true(json_equal(now, verdict ? today : before));
        json_decref(before);
        json_decref(now);
        json_decref(today);
        scenario_free(cell->scenario);
        verdict_free(verdict);
    }
}

// A plan that knows departures, as older ones do, is of the same cell; so is one of before there were
// differences.
static void an_older_plan_is_known(void **state)
{
    (void)state;
    write_traces();
    store(&(struct difference){0});
    json_t *plan = stored_plan();
    json_object_set_new(plan, "departures", json_array());
    json_object_del(plan, "differs");
    assert_int_equal(json_dump_file(plan, in_folder("plan.json"), 0), 0);
    json_decref(plan);
    struct cell *cell = cell_of(&(struct difference){0});
    struct verdict *verdict = run_resume(cell, &cell_folder);
    assert_non_null(verdict);
    verdict_free(verdict);
    scenario_free(cell->scenario);
}

static void what_did_not_come_to_its_end_is_run(void **state)
{
    (void)state;
    struct cell *cell = cell_of(&(struct difference){0});
    write_traces();
    assert_int_equal(unlink(in_folder("plan.json")), 0);
    assert_null(run_resume(cell, &cell_folder));
    sample_file(folder, "plan.json", "{\"schema\":");
    assert_null(run_resume(cell, &cell_folder));
    scenario_free(cell->scenario);
    store(&(struct difference){0});
    sample_file(folder, "events.jsonl", "{\"at_us\":0,\"event\":\"start\"}\n");
    cell = cell_of(&(struct difference){0});
    assert_null(run_resume(cell, &cell_folder));
    scenario_free(cell->scenario);
}

static int set_up(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    cell_folder = opened(folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    folder_close(&cell_folder);
    folder_remove(folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_would_happen_again_is_kept),
        cmocka_unit_test(an_older_plan_is_known),
        cmocka_unit_test(what_did_not_come_to_its_end_is_run),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
