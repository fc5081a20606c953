// What the database's own processes do, and what its kernel does with their sockets, in words.
#include "scenario/fault_words_server.h"

#include "base/duration.h"

#include <string.h>

struct server_words {
    const char *argument;
    bool takes_for; // otherwise it happens at once
    bool chooses;   // among sessions
};

static const struct server_words server_words[] = {
    {"backend-crash", true, false},
    {"close-sockets", false, true},
    {"crash", true, false},
    {"demoted", true, false},
    {"destroy-sockets", false, true},
    {"freeze", true, false},
    {"freeze-backend", true, true},
    {"freeze-postmaster", true, false},
    {"idle-in-transaction-timeout", true, false},
    {"idle-session-timeout", true, false},
    {"kill-backend", true, true},
    {"shutting-down", true, false},
    {"starting-up", true, false},
    {"stop-fast", true, false},
    {"stop-immediate", true, false},
    {"suspended", false, false},
    {"terminate", false, true},
    {"too-many-clients", true, false},
    {"vanish", true, false},
};

// In the same order.
static const char *const arguments[] = {"backend-crash", "close-sockets", "crash", "demoted",
    "destroy-sockets", "freeze", "freeze-backend", "freeze-postmaster", "idle-in-transaction-timeout",
    "idle-session-timeout", "kill-backend", "shutting-down", "starting-up", "stop-fast", "stop-immediate",
    "suspended", "terminate", "too-many-clients", "vanish", NULL};

// Sessions that are open go on, or have ended with the crash: only who comes is refused, and counts.
static const char *const opening[] = {"shutting-down", "starting-up", "too-many-clients", NULL};

static const struct fault_option_kind options[] = {
    {"connections", FAULT_OPTION_WORD, fault_connections, "which of the open connections"},
    {"delay", FAULT_OPTION_DURATION, NULL, "of suspended: how long it takes to wake up; required"},
    {"limit", FAULT_OPTION_DURATION, NULL, "of idle-…-timeout: how long a session may idle; required"},
    {.name = NULL}};

static const struct server_words *words_of(const char *argument)
{
    for (size_t i = 0; i < sizeof(server_words) / sizeof(*server_words); i++)
        if (strcmp(server_words[i].argument, argument) == 0)
            return &server_words[i];
    return NULL;
}

bool fault_words_server_chooses(const char *argument)
{
    const struct server_words *words = words_of(argument);
    return words != NULL && words->chooses;
}

// Without a `for` the server restarts by itself after a session was killed.
static bool at_once(const struct fault_spec *spec)
{
    const struct server_words *words = words_of(spec->argument);
    bool restarts = strcmp(spec->argument, "kill-backend") == 0 && spec->for_us == FAULT_FOREVER;
    return restarts || (words != NULL && !words->takes_for);
}

static bool validate_limit(const struct fault_spec *spec, struct error *error)
{
    bool idles = strncmp(spec->argument, "idle-", strlen("idle-")) == 0;
    int64_t limit_us = fault_option_number(spec, "limit", 0);
    if (idles && (limit_us == 0 || limit_us % US_PER_MS != 0))
        return error_set(error, ERROR_INPUT,
            "'%s' needs a limit in whole milliseconds: how long a session may idle", spec->argument);
    return idles || limit_us == 0 ||
           error_set(error, ERROR_INPUT, "'%s' takes no limit: only the idle time-outs do", spec->argument);
}

static bool validate_delay(const struct fault_spec *spec, struct error *error)
{
    bool suspended = strcmp(spec->argument, "suspended") == 0;
    if (suspended == (fault_option_number(spec, "delay", 0) > 0))
        return true;
    return error_set(error, ERROR_INPUT,
        suspended ? "'%s' needs a delay: how long it takes to wake up"
                  : "'%s' takes no delay: only 'suspended' does",
        spec->argument);
}

static bool validate(const struct fault_spec *spec, struct error *error)
{
    const struct server_words *words = words_of(spec->argument);
    if (words == NULL)
        return error_set(error, ERROR_INPUT, "unknown server fault '%s'", spec->argument);
    bool one = strcmp(fault_option_word(spec, "connections", "all"), "all") != 0;
    bool has_for = spec->for_us != FAULT_FOREVER;
    if (has_for && !words->takes_for)
        return error_set(error, ERROR_INPUT, "'%s' happens at once and takes no 'for'", spec->argument);
    if (one && !words->chooses)
        return error_set(
            error, ERROR_INPUT, "'%s' meets the whole server and takes no 'connections'", spec->argument);
    if (one && !has_for && strcmp(spec->argument, "kill-backend") == 0)
        return error_set(error, ERROR_INPUT,
            "'kill-backend' of one connection needs 'for': the postmaster, which is stopped so long, ends all others when it learns of the death");
    return validate_limit(spec, error) && validate_delay(spec, error);
}

const struct fault_kind fault_words_server = {
    .name = "server",
    .arguments = arguments,
    .summary =
        "the server dies, stops, freezes, refuses, is demoted or suspended, hangs up or vanishes; it is back when `for` is over",
    .takes_for = true,
    .opening = opening,
    .at_once = at_once,
    .options = options,
    .validate = validate,
};
