// Verdict: half a transaction, deaf listeners, deadlines, and words that an adapter does not know.
#include "tests/unit/verdict/verdict_fixture.h"

#include "base/duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define EVENT(at, event, members) "{\"at_us\":" #at ",\"event\":\"" event "\"," members "}\n"
#define PARTS(at, id)                                                                                        \
    EVENT(at, "op-sent",                                                                                     \
        "\"id\":" #id ",\"do\":\"transaction\",\"key\":\"k" #id "\",\"pause_ms\":5000,\"then\":[\"k" #id     \
        ".2\",\"k" #id ".3\"]")
#define PART(id, part)      EVENT(99000000, "row", "\"key\":\"k" #id "." #part "\",\"count\":1")
#define LISTEN(at, id, s)   EVENT(at, "op-sent", "\"id\":" #id ",\"do\":\"listen\",\"seconds\":" #s)
#define HEARD(at, id, keys) EVENT(at, "op-answered", "\"id\":" #id ",\"ok\":true,\"heard\":[" keys "]")
#define NOTIFY(at, id)      EVENT(at, "op-sent", "\"id\":" #id ",\"do\":\"notify\",\"key\":\"k" #id "\"")
#define WITHIN(at, id, ms)  EVENT(at, "op-sent", "\"id\":" #id ",\"do\":\"read\",\"within_ms\":" #ms)
#define UNSUPPORTED(at, id) EVENT(at, "op-unsupported", "\"id\":" #id ",\"word\":\"then\"")
#define FAILED(at, id)      EVENT(at, "op-failed", "\"id\":" #id ",\"ok\":false,\"error\":\"gone\"")
#define NONE_OF(a, b, c)    {{METRIC_##a, 0}, {METRIC_##b, 0}, {METRIC_##c, 0}}

static const struct row {
    const char *what, *lines;
    struct {
        enum metric metric;
        int64_t value;
    } expected[3];
    enum impact impact;
} rows[] = {
    {"a whole transaction", START PARTS(1000000, 1) OK(6010000, 1) ROW(1, 1) PART(1, 2) PART(1, 3) END,
        NONE_OF(TORN, LOST, IN_DOUBT), IMPACT_CLEAN},
    {"none of it, and the application knows", START PARTS(1000000, 1) ERROR(6010000, 1, "gone") LEAKED(0) END,
        NONE_OF(TORN, LOST, IN_DOUBT), IMPACT_ERRORS},
    {"the second half alone, told an error", START PARTS(1000000, 1) ERROR(6010000, 1, "gone") PART(1, 2) END,
        {{METRIC_TORN, 1}, {METRIC_LOST, 0}, {METRIC_IN_DOUBT, 0}}, IMPACT_DATA},
    {"the second half alone, told ok", START PARTS(1000000, 1) OK(6010000, 1) PART(1, 2) PART(1, 3) END,
        {{METRIC_TORN, 1}, {METRIC_LOST, 1}, {METRIC_DUPLICATED, 0}}, IMPACT_DATA},
    {"all of it, told an error",
        START PARTS(1000000, 1) ERROR(6010000, 1, "gone") ROW(1, 1) PART(1, 2) PART(1, 3) END,
        {{METRIC_TORN, 0}, {METRIC_LOST, 0}, {METRIC_IN_DOUBT, 1}}, IMPACT_ERRORS},
    {"heard",
        START LISTEN(1000000, 1, 60.0) NOTIFY(2000000, 2) OK(2030000, 2) HEARD(61000000, 1, "\"k2\"")
            ROW(2, 1) END,
        NONE_OF(DEAF, LOST, ERRORS), IMPACT_CLEAN},
    {"deaf",
        START LISTEN(1000000, 1, 60.0) NOTIFY(2000000, 2) OK(2030000, 2) HEARD(61000000, 1, "") ROW(2, 1) END,
        {{METRIC_DEAF, 1}, {METRIC_LOST, 0}, {METRIC_ERRORS, 0}}, IMPACT_DATA},
    {"a listener that knows is not deaf",
        START LISTEN(1000000, 1, 60.0) NOTIFY(2000000, 2) OK(2030000, 2) ERROR(3000000, 1, "gone") ROW(2, 1)
            END,
        {{METRIC_DEAF, 0}, {METRIC_LOST, 0}, {METRIC_ERRORS, 1}}, IMPACT_ERRORS},
    {"nobody listens yet, or any more",
        START NOTIFY(500000, 2) OK(530000, 2) LISTEN(1000000, 1, 60.0) NOTIFY(1900000, 3) OK(1930000, 3)
            NOTIFY(60100000, 4) OK(60130000, 4) HEARD(61000000, 1, "") ROW(2, 1) ROW(3, 1) ROW(4, 1) END,
        NONE_OF(DEAF, LOST, ERRORS), IMPACT_CLEAN},
    {"in time", START WITHIN(1000000, 1, 2000) ERROR(3990000, 1, "cancelled") LEAKED(0) END,
        {{METRIC_OVERDUE, 0}, {METRIC_ERRORS, 1}, {METRIC_HUNG, 0}}, IMPACT_ERRORS},
    {"done again, and there once", START SENT(1000000, 1) FAILED(2000000, 1) OK(2030000, 1) ROW(1, 1) END,
        NONE_OF(ERRORS, DUPLICATED, IN_DOUBT), IMPACT_CLEAN},
    {"done again, and there twice", START SENT(1000000, 1) FAILED(2000000, 1) OK(2030000, 1) ROW(1, 2) END,
        {{METRIC_DUPLICATED, 1}, {METRIC_ERRORS, 0}, {METRIC_OPS, 1}}, IMPACT_DATA},
    {"done again, told an error again, and there twice",
        START SENT(1000000, 1) FAILED(2000000, 1) ERROR(2030000, 1, "gone") ROW(1, 2) END,
        {{METRIC_DUPLICATED, 1}, {METRIC_ERRORS, 1}, {METRIC_IN_DOUBT, 1}}, IMPACT_DATA},
    {"after its deadline, and hung",
        START WITHIN(1000000, 1, 2000) ERROR(4000000, 1, "late") WITHIN(5000000, 2, 2000) LEAKED(0) END,
        {{METRIC_OVERDUE, 2}, {METRIC_ERRORS, 1}, {METRIC_HUNG, 1}}, IMPACT_STUCK},
};

static void each_trace_has_its_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *row = &rows[i];
        struct verdict_setup *setup = verdict_setup_new();
        struct verdict *verdict = verdict_of_lines(setup, row->lines);
        for (size_t j = 0; j < 3; j++)
            if (verdict->metrics.value[row->expected[j].metric] != row->expected[j].value)
                fail_msg("%s: %s: expected %lld, actual %lld", row->what,
                    metric_name(row->expected[j].metric), (long long)row->expected[j].value,
                    (long long)verdict->metrics.value[row->expected[j].metric]);
        if (verdict->impact != row->impact)
            fail_msg("%s: %s", row->what, impact_name(verdict->impact));
        verdict_free(verdict);
        free(setup);
    }
}

// Breaks with: an error that the application has read, and nobody else.
static void an_attempt_that_failed_says_why(void **state)
{
    (void)state;
    struct verdict_setup *setup = verdict_setup_new();
    struct verdict *verdict = verdict_of_lines(
        setup, START SENT(1000000, 1) FAILED(2000000, 1) OK(2030000, 1) ROW(1, 1) END);
    assert_int_equal(verdict->errors_count, 1);
    assert_string_equal(verdict->errors[0].text, "gone");
    assert_int_equal(verdict->errors[0].took_us, US_PER_S);
    assert_int_equal(verdict->metrics.value[METRIC_SLOWEST], 1030000);
    verdict_free(verdict);
    verdict = verdict_of_lines(setup, START SENT(1000000, 1) OK(1030000, 1) FAILED(2000000, 1) ROW(1, 1) END);
    assert_verdict(
        verdict, OUTCOME_ERROR, REASONS("events.jsonl:4: op-failed: a second answer to one operation"));
    verdict_free(verdict);
    free(setup);
}

// Breaks with: what was not done taken for hung, for good, or for the pool's.
static void what_an_adapter_does_not_know_is_shown_and_counted(void **state)
{
    (void)state;
    struct verdict_setup *setup = verdict_setup_new();
    struct verdict *verdict = verdict_of_lines(
        setup, START SENT(1000000, 1) OK(1010000, 1) PARTS(2000000, 2) UNSUPPORTED(2000000, 2) ROW(1, 1) END);
    assert_verdict(verdict, OUTCOME_SKIP,
        REASONS("unsupported: the adapter does not know 'then': 1 of 2 operations were not done"));
    assert_int_equal(verdict->metrics.value[METRIC_UNSUPPORTED], 1);
    assert_int_equal(verdict->metrics.value[METRIC_ERRORS], METRIC_ABSENT);
    assert_int_equal(verdict->impact, IMPACT_UNKNOWN);
    verdict_free(verdict);
    verdict = verdict_of_lines(setup,
        "{\"at_us\":-1,\"event\":\"subject-broken\",\"reason\":\"unsupported\",\"detail\":\"sslmode=prefer\"}\n" END);
    assert_verdict(verdict, OUTCOME_SKIP, REASONS("unsupported: sslmode=prefer"));
    verdict_free(verdict);
    free(setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_trace_has_its_numbers),
        cmocka_unit_test(an_attempt_that_failed_says_why),
        cmocka_unit_test(what_an_adapter_does_not_know_is_shown_and_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
