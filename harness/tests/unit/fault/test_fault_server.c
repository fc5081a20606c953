// The server fault's arguments: what goes together and what does not.
#include "scenario/fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static bool validate(const char *argument, int64_t for_us, const char *connections, struct error *error)
{
    const struct fault_kind *kind = fault_kind_by_name("server");
    struct fault_option option = {
        .kind = fault_option_kind_by_name(kind, "connections"), .word = connections};
    const struct fault_spec spec = {.kind = kind,
        .argument = argument,
        .for_us = for_us,
        .options = &option,
        .options_count = connections != NULL};
    return kind->validate(&spec, error);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_argument_is_known),
        cmocka_unit_test(what_goes_together),
    };
    return cmocka_run_group_tests_name("fault_server", tests, NULL, NULL);
}
