// The shards of a sweep are written, read and joined to what the whole sweep would have written, byte for
// byte.
#include "sweep/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define POINTS 5
#define SHARDS 2

static const char *const outcomes[POINTS] = {"clean: 1 ok", "errors: x", "data: y", "errors: x", "data: y"};
static char scenario_name[] = "a/b", name[] = "a-b--pool-none--7", subject[] = "pool:none";

// What a shard has run of the sweep; of one shard, the whole.
static struct sweep_file make_file(unsigned shard, unsigned shards)
{
    struct error error = {0};
    struct fault_spec fault = {.kind = fault_kind_by_name("silence"), .argument = "to-app"};
    struct scenario scenario = {.name = scenario_name, .faults = &fault, .faults_count = 1};
    const struct cell cell = {.name = name, .scenario = &scenario, .subject = subject, .seed = 7};
    struct sweep_file file = {
        .sweeps = calloc(1, sizeof(struct sweep)), .count = 1, .shard = shard, .shards = shards};
    struct sweep *sweep = &file.sweeps[0];
    sweep->points.items = calloc(POINTS, sizeof(*sweep->points.items));
    sweep->points.count = POINTS;
    sweep->points.packets = 3;
    assert_true(sweep_name(sweep, &cell, subject, &error) && sweep_begin(sweep, outcomes[0], &error));
    for (size_t i = 0; i < POINTS; i++) {
        sweep->points.items[i].number = i;
        sweep->points.items[i].at_us = (int64_t)(10 * i);
        snprintf(sweep->points.items[i].words, SWEEP_WORDS_SIZE, "%s",
            i == 0 ? "before the first packet" : "after it");
        const struct sweep_outcome outcome = {.words = outcomes[i], .doubled = i == 2, .took_us = (int64_t)i};
        if (sweep_file_has(&file, i))
            assert_true(sweep_take(sweep, i, &outcome, &error));
    }
    return file;
}

static char *text_of(const struct sweep_file *file)
{
    json_t *json = sweep_file_to_json(file);
    char *text = json_dumps(json, JSON_INDENT(1));
    json_decref(json);
    assert_non_null(text);
    return text;
}

static struct sweep_file read_again(const struct sweep_file *file)
{
    struct error error = {0};
    struct sweep_file again;
    json_t *json = sweep_file_to_json(file);
    assert_true(sweep_file_from_json(json, &again, &error));
    json_decref(json);
    return again;
}

struct shards {
    struct sweep_file parts[SHARDS];
};

static struct shards make_shards(void)
{
    struct shards shards;
    for (unsigned i = 0; i < SHARDS; i++) {
        struct sweep_file made = make_file(i + 1, SHARDS);
        shards.parts[i] = read_again(&made);
        sweep_file_free(&made);
    }
    return shards;
}

static void free_shards(struct shards *shards)
{
    for (unsigned i = 0; i < SHARDS; i++)
        sweep_file_free(&shards->parts[i]);
}

static const char *const names[] = {"one", "two"};

// Breaks with: classes in another order, a time, a count or a moment that is lost on the way.
static void test_shards_are_the_whole(void **state)
{
    (void)state;
    struct error error = {0};
    struct sweep_file whole = make_file(1, 1), joined;
    struct shards shards = make_shards();
    assert_int_equal(shards.parts[0].sweeps[0].not_run, 2);
    assert_true(sweep_file_join(shards.parts, names, SHARDS, &joined, &error));
    char *expected = text_of(&whole), *actual = text_of(&joined);
    assert_string_equal(actual, expected);
    free(expected);
    free(actual);
    sweep_file_free(&joined);
    sweep_file_free(&whole);
    free_shards(&shards);
}

static void assert_refused(struct shards *shards, size_t count, const char *why)
{
    struct error error = {0};
    struct sweep_file joined;
    assert_false(sweep_file_join(shards->parts, names, count, &joined, &error));
    assert_int_equal(error.category, ERROR_INPUT);
    if (strstr(error.text, why) == NULL)
        fail_msg("'%s' is not in '%s'", why, error.text);
    sweep_file_free(&joined);
    free_shards(shards);
}

// Breaks with: a hole or an overlap that is passed over; parts of two sweeps in one.
static void test_what_is_no_whole_is_refused(void **state)
{
    (void)state;
    struct shards shards = make_shards();
    assert_refused(&shards, 1, "shard 2/2 is missing");
    shards = make_shards();
    shards.parts[1].shard = 1;
    assert_refused(&shards, 2, "one and two are both shard 1/2");
    shards = make_shards();
    shards.parts[1].shards = 3;
    assert_refused(&shards, 2, "not shards of one sweep");
    shards = make_shards();
    shards.parts[1].sweeps[0].points.items[4].at_us++;
    assert_refused(&shards, 2, "its packets were others");
    shards = make_shards();
    shards.parts[1].sweeps[0].title.seed++;
    assert_refused(&shards, 2, "they swept something else");
    shards = make_shards();
    shards.parts[1].sweeps[0].class_of[3] = SWEEP_NOT_RUN;
    assert_refused(&shards, 2, "moment 3 of pool:none was not run");
}

// Breaks with: a member that is believed.
static void test_what_is_not_ours_is_refused(void **state)
{
    (void)state;
    static const char *const members[] = {
        "schema", "scenario", "cell", "at_us", "outcomes", "points\": [", "doubled", "packets"};
    struct sweep_file whole = make_file(1, 1);
    char *text = text_of(&whole);
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        struct error error = {0};
        struct sweep_file read;
        char *copy = strdup(text), *at = strstr(copy, members[i]);
        assert_non_null(at);
        at[0] = '_';
        json_t *json = json_loads(copy, 0, NULL);
        assert_false(sweep_file_from_json(json, &read, &error));
        assert_int_equal(error.category, ERROR_INPUT);
        sweep_file_free(&read);
        json_decref(json);
        free(copy);
    }
    free(text);
    sweep_file_free(&whole);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(test_shards_are_the_whole),
        cmocka_unit_test(test_what_is_no_whole_is_refused),
        cmocka_unit_test(test_what_is_not_ours_is_refused)};
    return cmocka_run_group_tests_name("sweep_join", tests, NULL, NULL);
}
