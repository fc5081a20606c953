// The server fault's arguments: what goes together and what does not.
#include "scenario/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static bool validate_with(
    const char *argument, int64_t for_us, const char *connections, int64_t limit_us, struct error *error)
{
    const struct fault_kind *kind = fault_kind_by_name("server");
    struct fault_option options[] = {
        {.kind = fault_option_kind_by_name(kind, strcmp(argument, "suspended") == 0 ? "delay" : "limit"),
            .number = limit_us},
        {.kind = fault_option_kind_by_name(kind, "connections"), .word = connections},
    };
    const struct fault_spec spec = {.kind = kind,
        .argument = argument,
        .for_us = for_us,
        .options = options,
        .options_count = connections != NULL ? 2 : 1};
    return kind->validate(&spec, error);
}

static bool validate(const char *argument, int64_t for_us, const char *connections, struct error *error)
{
    bool idles = strncmp(argument, "idle-", strlen("idle-")) == 0 || strcmp(argument, "suspended") == 0;
    return validate_with(argument, for_us, connections, idles ? 1000 : 0, error);
}

// Breaks with: an argument that is offered and has no action, or another's.
static void every_argument_is_known(void **state)
{
    (void)state;
    const struct fault_kind *kind = fault_kind_by_name("server");
    struct error error;
    for (size_t i = 0; kind->arguments[i] != NULL; i++)
        if (!validate(kind->arguments[i], FAULT_FOREVER, NULL, &error))
            fail_msg("%s: %s", kind->arguments[i], error.text);
    assert_false(validate("nap", FAULT_FOREVER, NULL, &error));
    assert_string_equal(error.text, "unknown server fault 'nap'");
}

// Breaks with: an option that is taken and then ignored.
static void what_goes_together(void **state)
{
    (void)state;
    static const struct {
        const char *argument;
        int64_t for_us;
        const char *connections;
        const char *message; // part of it; NULL: good
    } table[] = {
        {"terminate", FAULT_FOREVER, "oldest", NULL},
        {"terminate", 5, NULL, "'terminate' happens at once and takes no 'for'"},
        {"close-sockets", 5, NULL, "'close-sockets' happens at once and takes no 'for'"},
        {"kill-backend", 5, "newest", NULL},
        {"kill-backend", FAULT_FOREVER, "all", NULL},
        {"kill-backend", FAULT_FOREVER, "oldest", "'kill-backend' of one connection needs 'for'"},
        {"freeze-backend", 5, "oldest", NULL},
        {"stop-fast", 5, "all", NULL},
        {"stop-fast", 5, "oldest", "'stop-fast' meets the whole server and takes no 'connections'"},
        {"vanish", FAULT_FOREVER, "newest", "'vanish' meets the whole server and takes no 'connections'"},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
        struct error error = {.text = ""};
        bool good = validate(table[i].argument, table[i].for_us, table[i].connections, &error);
        if (good != (table[i].message == NULL) || (!good && strstr(error.text, table[i].message) == NULL))
            fail_msg("%s: %s", table[i].argument, error.text);
    }
}

// Breaks with: a time-out without a time, or one that is taken and then ignored.
static void limits(void **state)
{
    (void)state;
    struct error error = {.text = ""};
    assert_true(validate_with("idle-session-timeout", FAULT_FOREVER, NULL, 5000, &error));
    assert_false(validate_with("idle-session-timeout", FAULT_FOREVER, NULL, 0, &error));
    assert_non_null(strstr(error.text, "needs a limit in whole milliseconds"));
    assert_false(validate_with("idle-in-transaction-timeout", FAULT_FOREVER, NULL, 1500, &error));
    assert_false(validate_with("demoted", FAULT_FOREVER, NULL, 1000, &error));
    assert_string_equal(error.text, "'demoted' takes no limit: only the idle time-outs do");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_argument_is_known),
        cmocka_unit_test(what_goes_together),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests_name("fault_server", tests, NULL, NULL);
}
