// The verdict where a manifest departs from what the scenario expects of a class: what is judged instead, and
// that the departure is one.
#include "verdict/verdict.h"

#include "base/duration.h"

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
    "[{\"at_us\":0,\"event\":\"start\"},{\"at_us\":1,\"event\":\"op-sent\",\"id\":1,\"do\":\"read\"},{\"at_us\":2000001,\"event\":\"op-answered\",\"id\":1,\"ok\":false,\"error\":\"gone: EOF\",\"kind\":\"E\",\"sqlstate\":null},{\"at_us\":3000000,\"event\":\"op-sent\",\"id\":2,\"do\":\"read\"},{\"at_us\":3000010,\"event\":\"op-answered\",\"id\":2,\"ok\":true,\"backend\":1},{\"at_us\":9000000,\"event\":\"leaked-backends\",\"count\":0},{\"at_us\":9000000,\"event\":\"end\",\"reason\":\"run_for\"}]";

static char subject[] = "p:plain", class_none[] = "none", any[] = "any", manifest[] = MANIFEST,
            because[] = "b";

static struct expectation expect(char *strategy, enum metric metric, const char *range, int line)
{
    const char *why;
    struct range parsed;
    assert_true(metric_range_parse(metric, range, &parsed, &why));
    return (struct expectation){.strategy = strategy, .metric = metric, .range = parsed, .line = line};
}

static struct expectation expect_text(char *strategy, const char *text, int line)
{
    return (struct expectation){
        .strategy = strategy, .kind = EXPECT_SAYS, .text = (char *)text, .line = line};
}

// What the scenario expects to be said in line 16 and 17, NULL: nothing; and by whom.
struct speech {
    const char *any, *class, *driver, *differs;
};

static json_t *read_trace(const char *driver)
{
    json_t *events = json_loads(trace, 0, NULL);
    assert_non_null(events);
    if (driver)
        json_array_insert_new(events, 0,
            json_pack("{s:i, s:s, s:s, s:s}", "at_us", -1, "event", "subject-ready", "version", "1", "driver",
                driver));
    return events;
}

static struct verdict *judge(struct departure *departures, size_t count, const struct speech *speech)
{
    static char text[] = "c", path[] = PATH, name[] = "idle/x", median[] = "median";
    char *command[] = {text, NULL}, *differs[] = {median, (char *)speech->differs, NULL};
    struct expectation expectations[7] = {expect(any, METRIC_ERRORS, "5", 11),
        expect(class_none, METRIC_ERRORS, "0", 12), expect(any, METRIC_SLOWEST, "<1s", 13),
        expect(any, METRIC_OK, "1", 14), expect(class_none, METRIC_MEDIAN, "7s", 15)};
    size_t expected = 5;
    if (speech->any)
        expectations[expected++] = expect_text(any, speech->any, 16);
    if (speech->class)
        expectations[expected++] = expect_text(class_none, speech->class, 17);
    struct scenario scenario = {.name = name,
        .path = path,
        .claim = text,
        .network = {.rtt_us = 10000},
        .run_for_us = 9 * US_PER_S,
        .expectations = expectations,
        .expectations_count = expected};
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
    json_t *events = read_trace(speech->driver);
    struct verdict *verdict = verdict_judge(&cell, events, &wire, &server);
    json_decref(events);
    assert_non_null(verdict);
    return verdict;
}

static void check(const struct verdict *verdict, const char *const *reasons, size_t of_case)
{
    size_t expected = 0;
    for (; reasons[expected]; expected++)
        assert_string_equal(
            expected < verdict->reasons_count ? verdict->reasons[expected] : "no reason", reasons[expected]);
    if (verdict->reasons_count > expected)
        fail_msg("case %zu: unexpected: %s", of_case, verdict->reasons[expected]);
    assert_int_equal(verdict->outcome, expected > 0 ? OUTCOME_FAIL : OUTCOME_PASS);
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
        struct verdict *verdict = judge(departures, cases[i].departures, &(struct speech){0});
        check(verdict, cases[i].reasons, i);
        verdict_free(verdict);
    }
}

#define ALL_SAID MANIFEST ":21: departs from nothing: its errors say all that its class is expected to say"

// What else departs is all right, so that only what is said is judged here: "gone: EOF".
static void departures_speak(void **state)
{
    (void)state;
    static const struct {
        struct speech speech;
        const char *says[2]; // in line 22 of the manifest, below the metrics of line 21
        const char *reasons[3];
    } cases[] = {
        {{.class = "EOF"}, {NULL}, {NULL}},
        {{.class = "FIN"}, {NULL}, {PATH ":17: none: says: expected \"FIN\", actual 1x \"gone: EOF\""}},
        // It is judged instead of what the class, and any, is expected to say, and must hold.
        {{.class = "FIN"}, {"EOF"}, {NULL}},
        {{.any = "FIN"}, {"EOF"}, {NULL}},
        {{.any = "FIN", .class = "RST"}, {"EOF"}, {NULL}},
        {{.any = "FIN"}, {"EOF", "gone"}, {NULL}},
        {{.class = "FIN"}, {"EOF", "RST"},
            {MANIFEST ":22: p:plain: says: expected \"RST\", actual 1x \"gone: EOF\""}},
        // One of the class's texts that is not said is enough.
        {{.any = "EOF", .class = "FIN"}, {"gone"}, {NULL}},
        {{.any = "FIN", .class = "EOF"}, {"gone"}, {NULL}},
        // Where all are, or where none is expected, it departs from nothing, whatever the metrics do.
        {{.any = "gone", .class = "EOF"}, {"gone"}, {ALL_SAID}},
        {{.class = "EOF"}, {"FIN"},
            {MANIFEST ":22: p:plain: says: expected \"FIN\", actual 1x \"gone: EOF\"", ALL_SAID}},
        {{0}, {"EOF"}, {ALL_SAID}},
        // Nor does who is asked for no text anyway.
        {{.class = "FIN", .differs = "says"}, {"EOF"}, {ALL_SAID}},
        {{.class = "FIN", .driver = "pgjdbc 42"}, {"EOF"}, {ALL_SAID}},
        {{.class = "FIN", .driver = "pgjdbc 42"}, {NULL}, {NULL}},
        {{.class = "FIN", .driver = "psycopg2 2.9 (libpq 15)"}, {"EOF"}, {NULL}},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct expectation expectations[4] = {
            expect(subject, METRIC_ERRORS, "1", 21), expect(subject, METRIC_SLOWEST, "2s", 21)};
        size_t count = 2;
        for (size_t j = 0; j < 2 && cases[i].says[j]; j++)
            expectations[count++] = expect_text(subject, cases[i].says[j], 22);
        struct departure departure = {because, manifest, 21, expectations, count};
        struct verdict *verdict = judge(&departure, 1, &cases[i].speech);
        check(verdict, cases[i].reasons, i);
        verdict_free(verdict);
    }
}

// Breaks with: a text that stands for a metric, or a metric for a text.
static void texts_do_not_excuse_numbers(void **state)
{
    (void)state;
    struct expectation text = expect_text(subject, "EOF", 21);
    struct departure departure = {because, manifest, 21, &text, 1};
    struct verdict *verdict = judge(&departure, 1, &(struct speech){.class = "FIN"});
    check(verdict,
        (const char *const[]){PATH ":12: none: errors: expected 0, actual 1",
            PATH ":13: any: slowest: expected <1s, actual 2s", NULL},
        0);
    verdict_free(verdict);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(departures_are_judged),
        cmocka_unit_test(departures_speak), cmocka_unit_test(texts_do_not_excuse_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
