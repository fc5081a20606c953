// The cure: which setting is the best against a fear, what is said of it, and the honest "none does".
#include "atlas/cure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char manifest[] = "summary: A pool\n"
                               "command: [/bin/true]\n"
                               "strategies: {none: none, always: pre-ping, cheap: pre-ping}\n"
                               "code: {always: 'pool(ping=True)', cheap: 'pool(ping=\"idle\")'}\n";

static const char cells[] =
    "{\"schema\": \"hangup-baseline/1\", \"cells\": {"
    "\"idle/hung-up p:none 7\": {\"ops\": 10, \"errors\": 1, \"delay_ms\": 0.1},"
    "\"idle/hung-up p:always 7\": {\"ops\": 10, \"errors\": 0, \"delay_ms\": 40.0},"
    "\"idle/hung-up p:cheap 7\": {\"ops\": 10, \"errors\": 0, \"delay_ms\": 45.0},"
    "\"idle/silence p:none 7\": {\"ops\": 6, \"errors\": 1, \"delay_ms\": 973500.0},"
    "\"idle/silence p:always 7\": {\"ops\": 6, \"errors\": 1, \"delay_ms\": 973500.0},"
    "\"idle/silence p:cheap 7\": {\"ops\": 6, \"errors\": 1, \"delay_ms\": \"never\"},"
    "\"steady/price p:none 7\": {\"ops\": 100, \"errors\": 0, \"pings\": 0},"
    "\"steady/price p:always 7\": {\"ops\": 100, \"errors\": 0, \"pings\": 100},"
    "\"steady/price p:cheap 7\": {\"ops\": 100, \"errors\": 0, \"pings\": 1}}}";

struct known {
    struct subject *subject;
    json_t *recorded;
};

static int set_up(void **state)
{
    static struct known known;
    struct error error = {0};
    known.subject = subject_parse("/x/p.yaml", "/x", manifest, strlen(manifest), &error);
    known.recorded = json_loads(cells, 0, NULL);
    if (known.subject == NULL)
        print_error("%s\n", error.text);
    assert_true(known.subject != NULL && known.recorded != NULL);
    *state = &known;
    return 0;
}

static int tear_down(void **state)
{
    struct known *known = *state;
    subject_free(known->subject);
    json_decref(known->recorded);
    return 0;
}

static void the_cheapest_of_the_best_is_found(void **state)
{
    const struct known *known = *state;
    struct cure cure;
    assert_true(cure_find(known->recorded, known->subject, fear_by_name("idle"), &cure));
    assert_string_equal(cure.before->name, "none");
    assert_string_equal(cure.after->name, "cheap");
    assert_int_equal(cure.was.errors, 1);
    assert_int_equal(cure.is.errors, 0);
    // What helps nothing is no reason to change.
    assert_true(cure_find(known->recorded, known->subject, fear_by_name("silence"), &cure));
    assert_ptr_equal(cure.before, cure.after);
    assert_false(cure_find(known->recorded, known->subject, fear_by_name("reset"), &cure));
}

static char *said_of(const struct known *known, const char *fear)
{
    char *said = NULL;
    size_t size;
    FILE *file = open_memstream(&said, &size);
    cure_print(file, 17, 80, known->recorded, known->subject, fear_by_name(fear));
    fclose(file);
    return said;
}

// Breaks with: a figure that no cell shows, code of another setting, a command that shows something else.
static void a_cure_is_told_with_its_figures(void **state)
{
    char *said = said_of(*state, "idle");
    assert_string_equal(said,
        "   change        pool(ping=\"idle\")\n"
        "   cures         idle/hung-up: 0 errors instead of 1 error\n"
        "   costs         0.01 pings for each operation (steady/price)\n"
        "   leaves        idle/silence (1 error, one waited for ever)\n"
        "   before, after hangup run idle/hung-up --subject p:none --subject p:cheap\n");
    free(said);
    said = said_of(*state, "silence");
    assert_non_null(strstr(said, "No recorded setting of p does better"));
    free(said);
    said = said_of(*state, "reset");
    assert_string_equal(said,
        "   change        Nothing is recorded of p under idle/load-balancer-350s; this\n"
        "                 runs it:\n"
        "                 hangup run idle/load-balancer-350s --subject p\n");
    free(said);
}

static void advice_keeps_the_bar_or_says_that_none_does(void **state)
{
    const struct known *known = *state;
    char *said = NULL;
    size_t size;
    const struct fear *feared[] = {fear_by_name("idle"), fear_by_name("silence")};
    FILE *file = open_memstream(&said, &size);
    assert_true(cure_advise(file, 80, known->recorded, known->subject, feared, 1, 5000000));
    fflush(file);
    assert_non_null(strstr(said, "p:cheap\n"));
    assert_non_null(
        strstr(said, "see it         hangup run idle/hung-up --subject p:none --subject p:cheap\n"));
    assert_false(cure_advise(file, 80, known->recorded, known->subject, feared, 2, 5000000));
    fclose(file);
    assert_non_null(strstr(said, "None of the 3 recorded settings of p"));
    assert_non_null(strstr(said, "see it         hangup run idle/hung-up idle/silence --subject p\n"));
    free(said);
}

// Breaks with: a cause whose fear has another name.
static void causes_lead_to_fears(void **state)
{
    (void)state;
    struct error error = {0};
    struct sayings *sayings = sayings_new(&error);
    assert_non_null(sayings);
    assert_ptr_equal(fear_of_cause(sayings, CAUSE_FIN_UNREAD), fear_by_name("idle"));
    assert_ptr_equal(fear_of_cause(sayings, CAUSE_UNACKNOWLEDGED), fear_by_name("silence"));
    assert_null(fear_of_cause(sayings, CAUSE_REFUSED));
    size_t told = 0;
    for (size_t i = 0; i < sayings->conditions_count; i++)
        told += fear_of_cause(sayings, CAUSES + (int)i) != NULL;
    assert_int_equal(told, 8);
    sayings_free(sayings);
}

// Breaks with: a fear whose scenario nobody records, which has no cure then.
static void fears_are_recorded(void **state)
{
    (void)state;
    struct error error = {0};
    json_t *recorded = recorded_read_in("results/baseline", &error);
    assert_non_null(recorded);
    for (size_t i = 0; i < fears_count; i++) {
        struct recorded_cell cell;
        if (!recorded_cell_of(recorded, fears[i].scenario, "sqlalchemy", "none", &cell))
            fail_msg("%s: no cell of %s", fears[i].name, fears[i].scenario);
    }
    json_decref(recorded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cheapest_of_the_best_is_found),
        cmocka_unit_test(a_cure_is_told_with_its_figures),
        cmocka_unit_test(advice_keeps_the_bar_or_says_that_none_does),
        cmocka_unit_test(causes_lead_to_fears),
        cmocka_unit_test(fears_are_recorded),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
