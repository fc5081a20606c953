// The verdict: what a scenario expects of a class, against what was measured.
#include "tests/unit/verdict/verdict_fixture.h"

#include "scenario/strategy_class.h"

#include "base/duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void every_failed_expectation_is_told(void **state)
{
    (void)state;
    struct verdict_setup *setup = verdict_setup_new();
    setup->scenario.expectations_count = 4;
    setup->expectations[0] = expect_metric(text_any, METRIC_ERRORS, 0, 0, 12);
    setup->expectations[1] = expect_metric(text_none, METRIC_SLOWEST, INT64_MIN, 3 * US_PER_S - 1, 13);
    setup->expectations[2] = expect_metric(text_pre_ping, METRIC_ERRORS, 7, 7, 14); // another class
    setup->expectations[3] = expect_metric(text_none, METRIC_RECOVERY, 0, US_PER_S, 15);
    struct verdict *verdict = verdict_of_lines(setup, START SENT(1000000, 1) ERROR(5000000, 1, "x") END);
    assert_verdict(verdict, OUTCOME_FAIL,
        REASONS(PATH ":12: any: errors: expected 0, actual 1",
            PATH ":13: none: slowest: expected <3s, actual 4s",
            PATH ":15: none: recovery: expected 0s..1s, actual none"));
    verdict_free(verdict);
    free(setup);
}

static void a_class_may_expect_something_else_than_any(void **state)
{
    (void)state;
    struct verdict_setup *setup = verdict_setup_new();
    setup->scenario.expectations_count = 3;
    setup->expectations[0] = expect_metric(text_any, METRIC_ERRORS, 0, 0, 12);
    setup->expectations[1] = expect_metric(text_any, METRIC_OPS, 2, 2, 13); // nothing else is said of it
    setup->expectations[2] = expect_metric(text_none, METRIC_ERRORS, 1, 1, 14);
    struct verdict *verdict = verdict_of_lines(setup, START SENT(1, 1) ERROR(2, 1, "x") END);
    assert_verdict(verdict, OUTCOME_FAIL, REASONS(PATH ":13: any: ops: expected 2, actual 1"));
    verdict_free(verdict);
    free(setup);
}

// Breaks with: a claim of hits that nobody looks at, or that is an error where it says zero.
static void what_a_fault_is_meant_to_hit_is_a_claim(void **state)
{
    (void)state;
    static const struct fault_kind silence = {.name = "silence"};
    struct verdict_setup *setup = verdict_setup_new();
    setup->scenario.faults_count = 1;
    setup->faults[0].kind = &silence;
    setup->faults[0].argument = "both";
    setup->faults[0].line = 9;
    setup->faults[0].claims_hits = true; // 0..0
    struct verdict *met = verdict_of_lines(setup, START APPLIED(1000000, 0) REVERTED(2000000, 0, 3) END);
    assert_verdict(met, OUTCOME_FAIL, REASONS(PATH ":9: silence both: hits: expected 0, actual 3"));
    struct verdict *missed = verdict_of_lines(setup, START APPLIED(1000000, 0) REVERTED(2000000, 0, 0) END);
    assert_int_equal(missed->outcome, OUTCOME_PASS);
    verdict_free(met);
    verdict_free(missed);
    free(setup);
}

static void expects_texts(void **state)
{
    (void)state;
    static const struct {
        const char *lines, *wanted, *reason;
    } cases[] = {
        {START SENT(1, 1) ERROR(2, 1, "SSL SYSCALL error: EOF detected\\n") END, "EOF detected", NULL},
        {START SENT(1, 1) ERROR(2, 1, "a") SENT(3, 2) ERROR(4, 2, "closed\\n\\tThis means") END,
            "closed\n\tThis", NULL},
        {START END, "EOF", PATH ":13: none: says: expected \"EOF\", actual no error"},
        {START SENT(1, 1) ERROR(2, 1, "a\\nb") SENT(3, 2) ERROR(4, 2, "c") SENT(5, 3) ERROR(6, 3, "a b") END,
            "EOF", PATH ":13: none: says: expected \"EOF\", actual 2x \"a b\", 1x \"c\""},
        {START SENT(1, 1) ERROR(2, 1, "a") SENT(3, 2) ERROR(4, 2, "b") SENT(5, 3) ERROR(6, 3, "c") SENT(7, 4)
                ERROR(8, 4, "d") SENT(9, 5) ERROR(9, 5, "e") END,
            "EOF", PATH ":13: none: says: expected \"EOF\", actual 1x \"a\", 1x \"b\", 1x \"c\" and 2 more"},
        {READY("psycopg2 2.9.5 (libpq 15.20)") START END, "EOF",
            PATH ":13: none: says: expected \"EOF\", actual no error"},
        {READY("asyncpg 0.27.0") START END, "EOF", NULL}, // has words of its own
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct verdict_setup *setup = verdict_setup_new();
        setup->scenario.expectations_count = 1;
        setup->expectations[0] = (struct expectation){
            .strategy = text_none, .kind = EXPECT_SAYS, .text = (char *)cases[i].wanted, .line = 13};
        struct verdict *verdict = verdict_of_lines(setup, cases[i].lines);
        if (cases[i].reason)
            assert_verdict(verdict, OUTCOME_FAIL, REASONS(cases[i].reason));
        else
            assert_verdict(verdict, OUTCOME_PASS, NO_REASONS);
        verdict_free(verdict);
        free(setup);
    }
}

// Of one text and one error, or none. Breaks with: a word without a row in expect.c's table, or one that
// never fails.
static void every_word_can_fail_and_hold(void **state)
{
    (void)state;
    static const char *const traces[] = {START SENT(1, 1) ERROR(2, 1, "both ends") END, START END};
    for (int i = EXPECT_RANGE + 1; i < EXPECTATION_KINDS; i++) {
        struct verdict_setup *setup = verdict_setup_new();
        setup->scenario.expectations_count = 1;
        setup->expectations[0] = (struct expectation){
            .strategy = text_none, .kind = (enum expectation_kind)i, .text = text_both, .line = 13};
        char told[128];
        snprintf(
            told, sizeof(told), PATH ":13: none: %s: expected ", expectation_key(&setup->expectations[0]));
        int failed = 0;
        for (size_t j = 0; j < 2; j++) {
            struct verdict *verdict = verdict_of_lines(setup, traces[j]);
            if (verdict->outcome == OUTCOME_FAIL)
                assert_memory_equal(verdict->reasons[0], told, strlen(told));
            failed += verdict->outcome == OUTCOME_FAIL;
            verdict_free(verdict);
        }
        assert_int_equal(failed, 1);
        free(setup);
    }
}

// A class is a promise; the round trips that it takes may be those of another driver.
static void a_driver_of_its_own_is_not_judged_by_what_differs(void **state)
{
    (void)state;
    static char median[] = "median", says[] = "says", *differs[] = {median, says, NULL};
    struct verdict_setup *setup = verdict_setup_new();
    setup->scenario.expectations_count = 4;
    setup->expectations[3] = (struct expectation){
        .strategy = text_any, .kind = EXPECT_SAYS, .text = text_both, .line = 17};
    setup->expectations[0] = expect_metric(text_none, METRIC_MEDIAN, 5, 6, 14);
    setup->expectations[1] = expect_metric(text_none, METRIC_ERRORS, 0, 0, 15);
    setup->expectations[2] = expect_metric(text_any, METRIC_MEDIAN, 7, 8, 16);
    setup->cell.differs = differs;
    struct verdict *verdict = verdict_of_lines(setup, START SENT(1, 1) ERROR(2, 1, "a") END);
    assert_verdict(verdict, OUTCOME_FAIL,
        REASONS(PATH ":15: none: errors: expected 0, actual 1",
            PATH ":16: any: median: expected 7us..8us, actual 1us"));
    verdict_free(verdict);
    free(setup);
}

// Breaks with: a product that nobody predicts held to what scenarios expect of everybody.
static void nothing_is_expected_of_who_has_no_class(void **state)
{
    (void)state;
    static char unclassed[] = STRATEGY_UNCLASSED;
    struct verdict_setup *setup = verdict_setup_new();
    setup->cell.strategy_class = unclassed;
    setup->expectations[0] = expect_metric(text_any, METRIC_OPS, 5, 5, 12);
    setup->scenario.expectations_count = 1;
    struct verdict *verdict = verdict_of_lines(setup, START END);
    assert_verdict(verdict, OUTCOME_PASS, NO_REASONS);
    char *why;
    assert_false(verdict_is_of_class(&setup->cell, verdict, "none", &why));
    assert_string_equal(why, PATH ":12: any: ops: expected 5, actual 0");
    free(why);
    verdict->metrics.value[METRIC_OPS] = 5;
    assert_true(verdict_is_of_class(&setup->cell, verdict, "none", &why));
    assert_null(why);
    verdict_free(verdict);
    free(setup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_expected_of_who_has_no_class),
        cmocka_unit_test(every_failed_expectation_is_told),
        cmocka_unit_test(a_class_may_expect_something_else_than_any),
        cmocka_unit_test(what_a_fault_is_meant_to_hit_is_a_claim),
        cmocka_unit_test(expects_texts),
        cmocka_unit_test(every_word_can_fail_and_hold),
        cmocka_unit_test(a_driver_of_its_own_is_not_judged_by_what_differs),
    };
    return cmocka_run_group_tests_name("verdict_expect", tests, NULL, NULL);
}
