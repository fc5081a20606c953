// The fault kinds: found by name, and each knows which arguments make sense.
#include "fault.h"

#include "fault_arguments.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

// Breaks with: a kind that is not in the table, or lacks one of its four functions.
static void every_kind_is_whole(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool takes_for, takes_when;
    } table[] = {{"silence", true, false}, {"rst", false, true}, {"server", false, false}};
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct fault_kind *kind = fault_kind_by_name(table[i].name);
        assert_non_null(kind);
        assert_string_equal(kind->name, table[i].name);
        assert_int_equal(kind->takes_for, table[i].takes_for);
        assert_int_equal(kind->takes_when, table[i].takes_when);
        assert_true(kind->validate && kind->apply && kind->revert && kind->count_hits);
        assert_true(strlen(kind->summary) > 0 && strlen(kind->arguments) > 0);
    }
    assert_null(fault_kind_by_name("Silence"));
    assert_null(fault_kind_by_name("silenc"));
    assert_null(fault_kind_by_name(""));
}

static bool validate(const char *kind_name, const char *argument, struct error *error)
{
    const struct fault_kind *kind = fault_kind_by_name(kind_name);
    assert_non_null(kind);
    char copy[32];
    snprintf(copy, sizeof(copy), "%s", argument);
    const struct fault_spec spec = {.kind = kind, .argument = copy, .for_us = FAULT_FOREVER};
    return kind->validate(&spec, error);
}

// Breaks with: an argument that the kind's own list names, and its `validate` does not know; one that it
// should not.
static void known_arguments_pass_and_others_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *argument;
        bool good;
    } table[] = {
        {"silence", "to-app", true},
        {"silence", "to-db", true},
        {"silence", "both", true},
        {"rst", "to-app", true},
        {"rst", "to-db", true},
        {"rst", "both", true},
        {"server", "kill-backend", true},
        {"silence", "", false},
        {"silence", "to-wan", false},
        {"silence", "Both", false},
        {"silence", "kill-backend", false},
        {"rst", "app", false},
        {"rst", "to-db ", false},
        {"server", "both", false},
        {"server", "kill", false},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct error error = {0};
        assert_int_equal(validate(table[i].kind, table[i].argument, &error), table[i].good);
        if (table[i].good)
            continue;
        char quoted[40];
        snprintf(quoted, sizeof(quoted), "'%s'", table[i].argument);
        assert_int_equal(error.category, ERROR_INPUT);
        assert_non_null(strstr(error.text, quoted));
        assert_non_null(strstr(error.text, fault_kind_by_name(table[i].kind)->arguments));
    }
}

// Breaks with: directions mixed up; `both` that is only one.
static void directions(void **state)
{
    (void)state;
    assert_int_equal(fault_direction_of("to-app"), FAULT_TO_APP);
    assert_int_equal(fault_direction_of("to-db"), FAULT_TO_DB);
    assert_int_equal(fault_direction_of("both"), FAULT_TO_APP | FAULT_TO_DB);
    assert_int_equal(fault_direction_of("none"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_whole),
        cmocka_unit_test(known_arguments_pass_and_others_are_named),
        cmocka_unit_test(directions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
