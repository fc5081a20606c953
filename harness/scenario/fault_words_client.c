// What happens to the application and its machine, in words.
#include "scenario/fault_words_client.h"

#include <string.h>

static const char *const client_arguments[] = {
    "address-changed", "freeze", "link-down", "moved", "vanish", NULL};

static const char *const client_answers[] = {"rst", "silence", NULL};

static const struct fault_option_kind client_options[] = {
    {"answer", FAULT_OPTION_WORD, client_answers, "of moved: what its open connections hear"},
    {.name = NULL},
};

static bool client_has_moved(const struct fault_spec *spec)
{
    return strcmp(spec->argument, "moved") == 0;
}

static bool client_validate(const struct fault_spec *spec, struct error *error)
{
    if (client_has_moved(spec) && spec->for_us != FAULT_FOREVER)
        return error_set(error, ERROR_INPUT, "'moved' happens at once and takes no 'for'");
    return client_has_moved(spec) || fault_option_word(spec, "answer", NULL) == NULL ||
           error_set(error, ERROR_INPUT, "'%s' takes no 'answer': only 'moved' does", spec->argument);
}

// Who has another address and does not get the old one back can go on at once.
static bool client_at_once(const struct fault_spec *spec)
{
    return client_has_moved(spec) ||
           (strcmp(spec->argument, "address-changed") == 0 && spec->for_us == FAULT_FOREVER);
}

const struct fault_kind fault_words_client = {
    .name = "client",
    .arguments = client_arguments,
    .summary = "the application's machine stands still, vanishes, loses its link, or is at another address",
    .takes_for = true,
    .options = client_options,
    .at_once = client_at_once,
    .validate = client_validate,
};
