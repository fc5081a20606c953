// Which cells share a beginning: those that differ in nothing that matters before the scenario's zero.
#include "plan/groups.h"
#include "tests/unit/plan/plan_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct plan *plan_of(const char *scenario, const char *subject)
{
    const char *const scenarios[WORDS_MAX] = {scenario}, *const subjects[WORDS_MAX] = {subject};
    struct error error = {0};
    struct plan *plan = resolve_words(scenarios, subjects, 1, 1, &error);
    assert_string_equal(error.text, "");
    return plan;
}

// "0,2 1": the cells of each group.
static void assert_groups(const struct plan *plan, size_t most, const char *expected)
{
    struct plan_groups groups;
    struct error error = {0};
    char text[200] = "";
    size_t used = 0;
    assert_true(plan_groups_make(plan, most, &groups, &error));
    for (size_t i = 0; i < groups.count; i++)
        for (size_t j = 0; j < groups.groups[i].count; j++)
            used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%zu",
                j > 0   ? ","
                : i > 0 ? " "
                        : "",
                groups.groups[i].cells[j]);
    assert_string_equal(text, expected);
    plan_groups_free(&groups);
}

static void rename_text(char **text, const char *to)
{
    free(*text);
    *text = strdup(to);
    assert_non_null(*text);
}

// Three cells of one strategy; idle and steady scenarios of the fixture have the same network and pool.
static void test_what_comes_later_is_shared(void **state)
{
    (void)state;
    struct plan *plan = plan_of(NULL, "alpha:none");
    assert_int_equal(plan->cells_count, 3);
    assert_groups(plan, 24, "0,1,2");
    assert_groups(plan, 2, "0,1 2");
    assert_groups(plan, 1, "0 1 2");
    plan_free(plan);
}

static void test_what_comes_before_is_not(void **state)
{
    (void)state;
    struct plan *plan = plan_of(NULL, "alpha:none");
    plan->cells[1]->scenario->network.rtt_us += 1;
    assert_groups(plan, 24, "0,2 1");
    assert_groups(plan, 1, "0 1 2"); // whoever does not share keeps the plan's order
    plan->cells[2]->scenario->pool.size += 1;
    assert_groups(plan, 24, "0 1 2");
    plan_free(plan);
    plan = plan_of(NULL, "alpha:none");
    plan->cells[0]->seed = 8;
    assert_groups(plan, 24, "0 1,2");
    rename_text(&plan->cells[2]->strategy, "other");
    assert_groups(plan, 24, "0 1 2");
    plan_free(plan);
}

// Breaks with: a second server that finds its address taken, because the first began as others do.
static void test_a_server_that_lives_on_is_not(void **state)
{
    (void)state;
    struct plan *plan = plan_of(NULL, "alpha:none");
    struct scenario *scenario = plan->cells[1]->scenario, before = *scenario;
    const struct fault_kind *kind = fault_kind_by_name("failover");
    struct fault_option old = {
        .kind = fault_option_kind_by_name(kind, "old"), .number = 2, .word = "writable"};
    struct fault_spec failover = {
        .kind = kind, .argument = "name", .for_us = FAULT_FOREVER, .options = &old, .options_count = 1};
    scenario->faults = &failover;
    scenario->faults_count = 1;
    assert_groups(plan, 24, "0,2 1");
    failover.options_count = 0;
    assert_groups(plan, 24, "0,1,2");
    *scenario = before;
    plan_free(plan);
}

// Breaks with: an idempotency key without the index that it needs, because the first began without.
static void test_idempotency_keys_are_not(void **state)
{
    (void)state;
    struct plan *plan = plan_of(NULL, "alpha:none");
    plan->cells[1]->scenario->workload[0].retries = 1;
    assert_groups(plan, 24, "0,1,2");
    plan->cells[1]->scenario->workload[0].once = true;
    assert_groups(plan, 24, "0,2 1");
    plan_free(plan);
}

static void test_subjects_do_not_share(void **state)
{
    (void)state;
    struct plan *plan = plan_of("idle/none", "all");
    assert_int_equal(plan->cells_count, 2);
    assert_groups(plan, 24, "0 1");
    plan_free(plan);
}

// A trunk comes to one after the other. Whoever stops nowhere may do anything after zero.
static void test_stops_are_in_order(void **state)
{
    (void)state;
    struct plan *plan = plan_of("idle/none", "alpha:none");
    const int64_t stops[] = {3, 1, STOP_EVERYWHERE, 0, 2, STOP_EVERYWHERE};
    struct cell cells[6], *of[6];
    const struct plan stopping = {.cells = of, .cells_count = 6};
    for (size_t i = 0; i < 6; i++) {
        cells[i] = *plan->cells[0];
        cells[i].stop = stops[i];
        of[i] = &cells[i];
    }
    assert_groups(&stopping, 24, "1,4,0 2 5 3");
    assert_groups(&stopping, 2, "1,4 0 2 5 3");
    plan_free(plan);
}

// Each cell: its stops, and when its second one comes. The fault begins at the first, and ends at the second.
static void test_branches_of_a_branch(void **state)
{
    (void)state;
    static const struct {
        int64_t stops[2], end_us;
    } given[] = {{{2, 7}, 70}, {{2, 5}, 50}, {{3, 5}, 50}, {{2, 0}, 90}, {{3, 6}, 60}};
    struct plan *plan = plan_of("idle/none", "alpha:none");
    struct scenario scenarios[5];
    struct fault_spec faults[5];
    struct cell cells[5], *of[5];
    const struct plan stopping = {.cells = of, .cells_count = 5};
    struct plan_groups groups;
    struct error error = {0};
    for (size_t i = 0; i < 5; i++) {
        faults[i] = (struct fault_spec){.kind = fault_kind_by_name("silence"),
            .argument = "both",
            .at_us = 10 * given[i].stops[0],
            .for_us = given[i].end_us - 10 * given[i].stops[0]};
        scenarios[i] = *plan->cells[0]->scenario;
        scenarios[i].faults = &faults[i];
        scenarios[i].faults_count = 1;
        cells[i] = *plan->cells[0];
        cells[i].scenario = &scenarios[i];
        cells[i].stop = given[i].stops[1] != 0 ? given[i].stops[1] : given[i].stops[0];
        cells[i].via[0] = (struct cell_via){given[i].stops[0], given[i].end_us};
        cells[i].via_count = given[i].stops[1] != 0;
        of[i] = &cells[i];
    }
    assert_groups(&stopping, 24, "3,1,0,2,4");
    assert_true(plan_groups_make(&stopping, 24, &groups, &error));
    const size_t shared[] = {0, 0, 1, 0, 1};
    assert_memory_equal(groups.shared, shared, sizeof(shared));
    struct plan_group group = groups.groups[0];
    assert_int_equal(plan_group_sharing(&group, 1), 1);
    assert_int_equal(plan_group_take(&group), 3);
    assert_int_equal(plan_group_sharing(&group, 1), 2);
    assert_int_equal(plan_group_take(&group), 1);
    plan_group_give_back(&group);
    assert_int_equal(group.count, 4);
    plan_groups_free(&groups);
    scenarios[0].faults->at_us++; // it begins at another moment
    assert_true(plan_groups_make(&stopping, 24, &groups, &error));
    assert_int_equal(groups.shared[2], 0);
    plan_groups_free(&groups);
    plan_free(plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_comes_later_is_shared),
        cmocka_unit_test(test_what_comes_before_is_not),
        cmocka_unit_test(test_a_server_that_lives_on_is_not),
        cmocka_unit_test(test_idempotency_keys_are_not),
        cmocka_unit_test(test_subjects_do_not_share),
        cmocka_unit_test(test_stops_are_in_order),
        cmocka_unit_test(test_branches_of_a_branch),
    };
    return cmocka_run_group_tests_name("groups", tests, plan_project_make, plan_project_remove);
}
