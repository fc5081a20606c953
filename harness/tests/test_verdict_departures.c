// The verdict where a manifest departs from what the scenario expects of a class: what is judged instead, and
// that the departure is one.
#include "verdict.h"

#include "duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PATH     "scenarios/idle/x.yaml"
#define MANIFEST "pool/subjects/p.yaml"

// Two operations, of which one fails after 2 s. No fault, so no recovery.
static const char trace[] =
    "[{\"at_us\":0,\"event\":\"start\"},"
    "{\"at_us\":1,\"event\":\"op-sent\",\"id\":1,\"do\":\"read\"},"
    "{\"at_us\":2000001,\"event\":\"op-answered\",\"id\":1,\"ok\":false,"
    "\"error\":\"x\",\"kind\":\"E\",\"sqlstate\":null},"
    "{\"at_us\":3000000,\"event\":\"op-sent\",\"id\":2,\"do\":\"read\"},"
    "{\"at_us\":3000010,\"event\":\"op-answered\",\"id\":2,\"ok\":true,\"backend\":1},"
    "{\"at_us\":9000000,\"event\":\"leaked-backends\",\"count\":0},"
    "{\"at_us\":9000000,\"event\":\"end\",\"reason\":\"run_for\"}]";

static char subject[] = "p:plain", class_none[] = "none", any[] = "any", manifest[] = MANIFEST,
            because[] = "b";

static struct expectation expect(char *strategy, enum metric metric, const char *range, int line)
{
    const char *why;
    struct range parsed;
    assert_true(metric_range_parse(metric, range, &parsed, &why));
    return (struct expectation){.strategy = strategy, .metric = metric, .range = parsed, .line = line};
}

static struct verdict *judge(struct departure *departures, size_t count)
{
    static char text[] = "c", path[] = PATH, name[] = "idle/x", median[] = "median";
    static char *command[] = {text, NULL}, *differs[] = {median, NULL};
    struct expectation expectations[] = {expect(any, METRIC_ERRORS, "5", 11),
        expect(class_none, METRIC_ERRORS, "0", 12), expect(any, METRIC_SLOWEST, "<1s", 13),
        expect(any, METRIC_OK, "1", 14), expect(class_none, METRIC_MEDIAN, "7s", 15)};
    struct scenario scenario = {.name = name,
        .path = path,
        .claim = text,
        .network = {.rtt_us = 10000},
        .run_for_us = 9 * US_PER_S,
        .expectations = expectations,
        .expectations_count = 5};
    const struct cell cell = {.name = text,
        .scenario = &scenario,
        .subject = subject,
        .strategy = class_none,
        .strategy_class = class_none,
        .command = command,
        .differs = differs,
        .departures = departures,
        .departures_count = count};
    const struct wire_counts wire = {.handshake_rtt_us = 10000};
    const struct server_counts server = {.connects = 1};
    json_t *events = json_loads(trace, 0, NULL);
    assert_non_null(events);
    struct verdict *verdict = verdict_judge(&cell, events, &wire, &server);
    json_decref(events);
    assert_non_null(verdict);
    return verdict;
}

// Of each metric a range, or NULL: nothing is said of it.
struct said {
    const char *errors, *slowest, *ok, *recovery, *median;
};

static size_t write_down(const struct said *said, struct expectation expectations[5], int line)
{
    const struct {
        enum metric metric;
        const char *range;
    } all[] = {{METRIC_ERRORS, said->errors}, {METRIC_SLOWEST, said->slowest}, {METRIC_OK, said->ok},
        {METRIC_RECOVERY, said->recovery}, {METRIC_MEDIAN, said->median}};
    size_t count = 0;
    for (size_t i = 0; i < 5; i++)
        if (all[i].range)
            expectations[count++] = expect(subject, all[i].metric, all[i].range, line);
    return count;
}

#define NOTHING "departs from nothing: what its class is expected to do holds as well"

static void departures_are_judged(void **state)
{
    (void)state;
    static const struct {
        struct said said[2]; // in lines 21 and 22 of the manifest
        size_t departures;
        const char *reasons[4];
    } cases[] = {
        {{{0}}, 0,
            {PATH ":12: none: errors: expected 0, actual 1",
                PATH ":13: any: slowest: expected <1s, actual 2s"}},
        // It comes before its class, and before any.
        {{{.errors = "1", .slowest = "1s..3s"}}, 1, {NULL}},
        {{{.errors = "1"}, {.slowest = "1s..3s"}}, 2, {NULL}},
        // Of what it does not speak, its class does.
        {{{.errors = "1"}}, 1, {PATH ":13: any: slowest: expected <1s, actual 2s"}},
        // It can be wrong, and says where.
        {{{.errors = "2", .slowest = "1s..3s"}}, 1, {MANIFEST ":21: p:plain: errors: expected 2, actual 1"}},
        {{{.errors = "1"}, {.slowest = "5s"}}, 2, {MANIFEST ":22: p:plain: slowest: expected 5s, actual 2s"}},
        {{{.errors = "1", .slowest = "2s", .recovery = "<9s"}}, 1,
            {MANIFEST ":21: p:plain: recovery: expected <9s, actual none"}},
        {{{.errors = "1", .slowest = "none"}}, 1,
            {MANIFEST ":21: p:plain: slowest: expected none, actual 2s"}},
        {{{.errors = "1", .slowest = "2s", .recovery = "none"}}, 1, {NULL}},
        // One metric that departs is enough.
        {{{.errors = "1", .slowest = "2s", .ok = "1"}}, 1, {NULL}},
        // What holds anyway is no departure; nor is what nobody expects, or nobody expects of this subject.
        {{{.errors = "1", .slowest = "2s"}, {.ok = "1"}}, 2, {MANIFEST ":22: " NOTHING}},
        {{{.errors = "1", .slowest = "2s"}, {.recovery = "none"}}, 2, {MANIFEST ":22: " NOTHING}},
        {{{.errors = "1", .slowest = "2s"}, {.median = "1s"}}, 2,
            {MANIFEST ":22: p:plain: median: expected 1s, actual 1.000005s", MANIFEST ":22: " NOTHING}},
        // Wrong twice: the class was right.
        {{{.errors = "1", .slowest = "2s"}, {.ok = "0"}}, 2,
            {MANIFEST ":22: p:plain: ok: expected 0, actual 1", MANIFEST ":22: " NOTHING}},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct expectation expectations[2][5];
        struct departure departures[2];
        for (size_t j = 0; j < cases[i].departures; j++) {
            int line = 21 + (int)j;
            size_t count = write_down(&cases[i].said[j], expectations[j], line);
            departures[j] = (struct departure){because, manifest, line, expectations[j], count};
        }
        struct verdict *verdict = judge(departures, cases[i].departures);
        size_t expected = 0;
        for (; cases[i].reasons[expected]; expected++)
            assert_string_equal(expected < verdict->reasons_count ? verdict->reasons[expected] : "no reason",
                cases[i].reasons[expected]);
        if (verdict->reasons_count > expected)
            fail_msg("case %zu: unexpected: %s", i, verdict->reasons[expected]);
        assert_int_equal(verdict->outcome, expected > 0 ? OUTCOME_FAIL : OUTCOME_PASS);
        verdict_free(verdict);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(departures_are_judged)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
