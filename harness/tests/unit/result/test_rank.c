// A property over random traces: who answers every operation of a scenario at least as well as another pool
// never ranks below it there, whenever each of the two met its disturbances.
#include "result/choose.h"
#include "result/league.h"
#include "tests/unit/result/sample_run.h"
#include "tests/unit/verdict/verdict_fixture.h"

#include "base/duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PAIRS          4000
#define OPERATIONS_MAX 8
#define SIZE_MAX_OF    3
#define ZERO_US        INT64_C(1798761600000000) // of the scenario, on the lab's wall clock
#define RUN_US         (400 * US_PER_S)

// How well an operation was answered, the best first.
enum answered { WELL, LATE, TOLD_ERROR, TOLD_LATE, LEFT_WAITING, LOST, ANSWERED };

struct answer_given {
    enum answered how;
    int64_t took_us;
};

// What is the same for both pools of a pair.
struct world_of_pair {
    size_t operations;
    int64_t sent_us[OPERATIONS_MAX];
    int size;
    int64_t fault_at_us, fault_for_us; // FAULT_FOREVER: it stands until the end
    bool has_fault, at_once;
    enum impact best;
};

struct trace_of_pool {
    struct answer_given answers[OPERATIONS_MAX];
    int64_t hit_us;       // when its connection met the fault; -1: never
    int64_t reset_us;     // when the flow table reset a connection of its; -1: never
    int64_t forgotten_us; // when it used one that was forgotten; -1: never
};

static uint64_t chance_state;

// xorshift64*: the same traces on every machine.
static uint64_t chance(uint64_t below)
{
    chance_state ^= chance_state >> 12;
    chance_state ^= chance_state << 25;
    chance_state ^= chance_state >> 27;
    return (chance_state * UINT64_C(0x2545F4914F6CDD1D) >> 33) % below;
}

static int64_t took(enum answered how)
{
    static const int64_t seconds[ANSWERED][2] = {
        {0, 4}, {5, 59}, {0, 59}, {60, 100}, {0, 1}, {0, 1}}; // from, below
    return seconds[how][0] * US_PER_S + 10000 +
           (int64_t)chance((uint64_t)((seconds[how][1] - seconds[how][0]) * US_PER_S));
}

static struct world_of_pair random_world(void)
{
    struct world_of_pair world = {.operations = 1 + chance(OPERATIONS_MAX),
        .size = 1 + (int)chance(SIZE_MAX_OF),
        .has_fault = chance(4) > 0,
        .at_once = chance(2) == 0,
        .fault_at_us = (int64_t)(1 + chance(100)) * US_PER_S,
        .fault_for_us = chance(4) == 0 ? FAULT_FOREVER : (int64_t)(1 + chance(150)) * US_PER_S,
        .best = (enum impact)chance(IMPACTS)};
    int64_t at_us = US_PER_S;
    for (size_t i = 0; i < world.operations; i++, at_us += (int64_t)chance(40) * US_PER_S + 1)
        world.sent_us[i] = at_us;
    return world;
}

static int64_t sometimes(void)
{
    return chance(2) == 0 ? -1 : (int64_t)(1 + chance(300)) * US_PER_S + 500;
}

static struct trace_of_pool random_trace(const struct world_of_pair *world)
{
    struct trace_of_pool trace = {
        .hit_us = sometimes(), .reset_us = sometimes(), .forgotten_us = sometimes()};
    const bool mostly_well = chance(2) == 0;
    for (size_t i = 0; i < world->operations; i++) {
        enum answered how = mostly_well && chance(4) > 0 ? WELL : (enum answered)chance(ANSWERED);
        trace.answers[i] = (struct answer_given){how, took(how)};
    }
    return trace;
}

// Some of the operations better, none worse, and disturbances of its own.
static struct trace_of_pool better_trace(const struct world_of_pair *world, const struct trace_of_pool *than)
{
    struct trace_of_pool trace = random_trace(world);
    const bool only_well = chance(2) == 0; // a plain superset of what was answered well
    for (size_t i = 0; i < world->operations; i++) {
        const struct answer_given other = than->answers[i];
        trace.answers[i] = other;
        if (chance(2) == 0)
            continue;
        enum answered how = only_well ? WELL : (enum answered)chance((uint64_t)other.how + 1);
        int64_t took_us = took(how);
        if (how != other.how || took_us < other.took_us)
            trace.answers[i] = (struct answer_given){how, took_us};
    }
    return trace;
}

static void add_event(json_t *events, int64_t at_us, json_t *event)
{
    size_t place = json_array_size(events);
    while (
        place > 0 && json_integer_value(json_object_get(json_array_get(events, place - 1), "at_us")) > at_us)
        place--;
    json_object_set_new(event, "at_us", json_integer(at_us));
    json_array_insert_new(events, place, event);
}

static void add_operation(
    json_t *events, json_t *rows, const struct answer_given *answer, int64_t id, int64_t sent_us)
{
    char key[16];
    snprintf(key, sizeof(key), "k%d", (int)id);
    add_event(events, sent_us,
        json_pack(
            "{s:s, s:I, s:s, s:s}", "event", "op-sent", "id", (json_int_t)id, "do", "insert", "key", key));
    const bool ok = answer->how == WELL || answer->how == LATE || answer->how == LOST;
    if (answer->how == LEFT_WAITING)
        return;
    json_t *told = json_pack("{s:s, s:I, s:b}", "event", "op-answered", "id", (json_int_t)id, "ok", ok);
    if (!ok)
        json_object_set_new(told, "error", json_string("gone"));
    add_event(events, sent_us + answer->took_us, told);
    if (ok && answer->how != LOST)
        json_array_append_new(rows, json_pack("{s:s, s:s, s:i}", "event", "row", "key", key, "count", 1));
}

static void add_fault(json_t *events, const struct world_of_pair *world, const struct trace_of_pool *trace)
{
    const bool healed = world->fault_for_us < RUN_US - world->fault_at_us;
    add_event(events, world->fault_at_us,
        json_pack("{s:s, s:i, s:s}", "event", "fault-applied", "fault", 0, "kind", "x"));
    if (trace->hit_us > world->fault_at_us)
        add_event(events, trace->hit_us, json_pack("{s:s, s:i}", "event", "fault-hit", "fault", 0));
    add_event(events, healed ? world->fault_at_us + world->fault_for_us : RUN_US - 1,
        json_pack("{s:s, s:i, s:i}", "event", "fault-reverted", "fault", 0, "hits", 1));
}

static json_t *events_of(const struct world_of_pair *world, const struct trace_of_pool *trace)
{
    json_t *events = json_array(), *rows = json_array();
    add_event(events, -10, json_pack("{s:s, s:I}", "event", "lab", "zero_realtime_us", (json_int_t)ZERO_US));
    add_event(events, 0, json_pack("{s:s}", "event", "start"));
    for (size_t i = 0; i < world->operations; i++)
        add_operation(events, rows, &trace->answers[i], (int64_t)i + 1, world->sent_us[i]);
    if (world->has_fault)
        add_fault(events, world, trace);
    if (trace->reset_us >= 0)
        add_event(events, trace->reset_us, json_pack("{s:s, s:i}", "event", "flow-forgotten", "port", 4000));
    add_event(events, RUN_US - 1,
        json_pack("{s:s, s:i}", "event", "flow-table", "forgotten", trace->forgotten_us >= 0));
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        add_event(events, RUN_US - 1, json_incref(row));
    }
    json_decref(rows);
    add_event(events, RUN_US - 1, json_pack("{s:s, s:i}", "event", "leaked-backends", "count", 0));
    add_event(events, RUN_US, json_pack("{s:s, s:s}", "event", "end", "reason", "run_for"));
    return events;
}

static struct verdict *judge_trace(const struct world_of_pair *world, const struct trace_of_pool *trace)
{
    static const struct fault_kind lasting = {.name = "x", .takes_for = true}, at_once = {.name = "x"};
    struct verdict_setup *setup = verdict_setup_new();
    setup->scenario.pool.size = world->size;
    setup->scenario.run_for_us = RUN_US;
    setup->scenario.faults_count = world->has_fault;
    setup->faults[0].kind = world->at_once ? &at_once : &lasting;
    setup->faults[0].at_us = world->fault_at_us;
    setup->faults[0].for_us = world->fault_for_us;
    setup->wire.forgotten_at_ns = trace->forgotten_us < 0 ? -1 : (ZERO_US + trace->forgotten_us) * 1000;
    json_t *events = events_of(world, trace);
    struct verdict *verdict = verdict_judge(&setup->cell, events, &setup->wire, &setup->server);
    assert_non_null(verdict);
    assert_int_not_equal(verdict->impact, IMPACT_UNKNOWN);
    json_decref(events);
    free(setup);
    return verdict;
}

static struct cell_result *add_cell(
    struct run_result *run, const char *subject, const struct world_of_pair *world, struct verdict *verdict)
{
    struct cell_result *cell = sample_cell(run, "any/scenario", subject);
    verdict_free(cell->verdict);
    cell->verdict = verdict;
    cell->best = world->best;
    return cell;
}

static void describe_pair(
    const struct world_of_pair *world, const struct trace_of_pool *worse, const struct trace_of_pool *better)
{
    print_error("size %d, fault %d at %lld for %lld\n", world->size, world->has_fault,
        (long long)world->fault_at_us, (long long)world->fault_for_us);
    for (size_t i = 0; i < world->operations; i++)
        print_error("sent %lld: %d %lld, better %d %lld\n", (long long)world->sent_us[i],
            worse->answers[i].how, (long long)worse->answers[i].took_us, better->answers[i].how,
            (long long)better->answers[i].took_us);
}

// Its name comes last, so that a tie is seen as one.
static void try_pair(uint64_t seed)
{
    chance_state = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    const struct world_of_pair world = random_world();
    const struct trace_of_pool worse = random_trace(&world), better = better_trace(&world, &worse);
    struct run_result *run = sample_run("virtual");
    add_cell(run, "a:worse", &world, judge_trace(&world, &worse));
    add_cell(run, "z:better", &world, judge_trace(&world, &better));
    const struct cell_result *left = &run->cells[1], *right = &run->cells[0];
    struct league *league = league_new(run, NULL, 0, NULL);
    assert_int_equal(league->rows_count, 2);
    const bool first = strcmp(league->rows[0].subject, "z:better") == 0;
    const int rank = league_rank(&league->rows[first ? 0 : 1], &league->rows[first ? 1 : 0]);
    const int choice = choose_between(left, right);
    if (left->verdict->impact > right->verdict->impact || choice > 0 || rank > 0) {
        describe_pair(&world, &worse, &better);
        fail_msg("seed %llu: impact %s behind %s, choice %d, rank %d", (unsigned long long)seed,
            impact_name(left->verdict->impact), impact_name(right->verdict->impact), choice, rank);
    }
    league_free(league);
    run_result_free(run);
}

static void who_answers_more_never_ranks_below(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= PAIRS; seed++)
        try_pair(seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(who_answers_more_never_ranks_below)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
