// The words of the fault kinds: names, arguments, options, what is valid. What each does to the lab is one
// file of the room fault; a test holds the two together.
#include "scenario/fault.h"
#include "scenario/fault_words_client.h"
#include "scenario/fault_words_server.h"

#include <string.h>

// An entry of `options` of a kind that acts on open connections.
#define FAULT_OPTION_CONNECTIONS                                                                             \
    {"connections", FAULT_OPTION_WORD, fault_connections, "which of the open connections"}

static const char *const legs[] = {"app", "db", NULL};

// An entry of `options` of a kind that acts on packets.
#define FAULT_OPTION_LEG                                                                                     \
    {"leg", FAULT_OPTION_WORD, legs, "with a proxy or pooler: the application's side of it, or the server's"}

static const char *const certificate_arguments[] = {"expired", "wrong-name", NULL};

static const struct fault_kind certificate = {
    .name = "certificate",
    .arguments = certificate_arguments,
    .summary = "the server shows new connections a certificate that has expired, or another host's",
    .takes_for = true,
    .opening = certificate_arguments,
};

static const struct fault_option_kind degrade_options[] = {
    {"delay", FAULT_OPTION_DURATION, NULL, "added to the path's own"},
    {"jitter", FAULT_OPTION_DURATION, NULL, "the delay varies by so much, up and down"},
    {"loss", FAULT_OPTION_PERCENT, NULL, "of the packets are lost, each by its own dice"},
    {"burst_start", FAULT_OPTION_PERCENT, NULL, "chance that a burst of losses starts (Gilbert-Elliott, p)"},
    {"burst_end", FAULT_OPTION_PERCENT, NULL, "chance that it ends (r): a burst is 1/r packets long"},
    {"duplicate", FAULT_OPTION_PERCENT, NULL, "of the packets come twice"},
    {"reorder", FAULT_OPTION_PERCENT, NULL, "of the packets overtake others"},
    {"corrupt", FAULT_OPTION_PERCENT, NULL, "of the packets have a wrong bit"},
    {"rate", FAULT_OPTION_RATE, NULL, "of the link"},
    {"connections", FAULT_OPTION_WORD, fault_connections,
        "one of the open connections; all: the whole path, and what opens later"},
    FAULT_OPTION_LEG,
    {.name = NULL},
};

// netem knows no connections: the lab itself delays the packets of one, or loses them.
static bool degrade_validate_one(const struct fault_spec *spec, struct error *error)
{
    for (size_t i = 0; i < spec->options_count; i++) {
        const char *option = spec->options[i].kind->name;
        if (strcmp(option, "delay") != 0 && strcmp(option, "loss") != 0 &&
            strcmp(option, "connections") != 0 && strcmp(option, "leg") != 0)
            return error_set(error, ERROR_INPUT,
                "degrade takes no '%s' for one connection: expected delay or loss", option);
    }
    return fault_option_number(spec, "delay", 0) > 0 || fault_option_number(spec, "loss", 0) > 0 ||
           error_set(error, ERROR_INPUT, "degrade needs at least one option: what gets worse");
}

static bool degrade_validate(const struct fault_spec *spec, struct error *error)
{
    bool bursts = fault_option_number(spec, "burst_start", 0) > 0;
    const char *connections = fault_option_word(spec, "connections", NULL);
    if (connections != NULL && strcmp(connections, "all") != 0)
        return degrade_validate_one(spec, error);
    if (fault_option_word(spec, "leg", NULL) != NULL)
        return error_set(error, ERROR_INPUT,
            "degrade takes a leg for one connection only: to-app is always the application's, to-db the server's");
    if (spec->options_count == (connections != NULL))
        return error_set(error, ERROR_INPUT, "degrade needs at least one option: what gets worse");
    if (bursts != (fault_option_number(spec, "burst_end", 0) > 0))
        return error_set(error, ERROR_INPUT, "degrade needs both of burst_start and burst_end, or none");
    if (bursts && fault_option_number(spec, "loss", 0) > 0)
        return error_set(
            error, ERROR_INPUT, "degrade takes loss or burst_start, not both: netem has one model");
    return true;
}

static const struct fault_kind degrade = {
    .name = "degrade",
    .arguments = fault_directions,
    .summary = "the path gets worse: slower, lossy, at a lower rate",
    .takes_for = true,
    .options = degrade_options,
    .validate = degrade_validate,
};

static const char *const failover_arguments[] = {"takeover", "name", NULL};

// At another address the second machine meets only who looks its name up again.
static const char *const failover_opening[] = {"name", NULL};

static const char *const failover_olds[] = {"gone", "read-only", "writable", NULL};

static const struct fault_option_kind failover_options[] = {
    {"delay", FAULT_OPTION_DURATION, NULL, "how long it takes until the second machine is there"},
    {"old", FAULT_OPTION_WORD, failover_olds, "of name: what becomes of the first server"},
    {.name = NULL},
};

static bool failover_validate(const struct fault_spec *spec, struct error *error)
{
    return strcmp(spec->argument, "name") == 0 || fault_option_word(spec, "old", NULL) == NULL ||
           error_set(error, ERROR_INPUT, "takeover takes no 'old': the second machine has its address");
}

static const struct fault_kind failover = {
    .name = "failover",
    .arguments = failover_arguments,
    .summary =
        "the server's machine is gone without a word, and a standby takes over its address or its name",
    .opening = failover_opening,
    .options = failover_options,
    .validate = failover_validate,
};

static const char *const forged_moments[] = {"now", "next-packet", NULL};

static const struct fault_option_kind forged_options[] = {
    {"when", FAULT_OPTION_WORD, forged_moments, "at once, or in answer to the connection's next packet"},
    {"after", FAULT_OPTION_COUNT, NULL, "behind the connection's n-th packet with data from now on"},
    FAULT_OPTION_CONNECTIONS,
    FAULT_OPTION_LEG,
    {.name = NULL},
};
static bool forged_validate(const struct fault_spec *spec, struct error *error)
{
    if (fault_option_number(spec, "after", 0) == 0 || fault_option_word(spec, "when", NULL) == NULL)
        return true;
    return error_set(
        error, ERROR_INPUT, "'after' and 'when' are two moments of one %s: expected one", spec->kind->name);
}

static const struct fault_kind fin = {
    .name = "fin",
    .arguments = fault_directions,
    .summary = "a forged FIN, at the exact sequence number, ends the open connections at that end",
    .options = forged_options,
    .validate = forged_validate,
};

static const struct fault_option_kind flap_options[] = {
    {"down", FAULT_OPTION_DURATION, NULL, "how long each silence lasts; it begins with one; required"},
    {"up", FAULT_OPTION_DURATION, NULL, "how long the path works between two; required"},
    FAULT_OPTION_LEG,
    {.name = NULL},
};

static bool flap_validate(const struct fault_spec *spec, struct error *error)
{
    if (fault_option_number(spec, "down", 0) > 0 && fault_option_number(spec, "up", 0) > 0)
        return true;
    return error_set(error, ERROR_INPUT, "flap needs both durations: how long the path is down, and up");
}

static const struct fault_kind flap = {
    .name = "flap",
    .arguments = fault_directions,
    .summary = "the path is silent and works by turns",
    .takes_for = true,
    .options = flap_options,
    .validate = flap_validate,
};

static const char *const flow_table_arguments[] = {"flush", NULL};

static const struct fault_kind flow_table = {
    .name = "flow_table",
    .arguments = flow_table_arguments,
    .summary = "flush: the router's flow table (of `network`) forgets all connections at once",
    .needs_flow_table = true,
};

static const char *const half_close_sides[] = {"db", NULL};

static const struct fault_option_kind half_close_options[] = {
    FAULT_OPTION_CONNECTIONS,
    {.name = NULL},
};

static const struct fault_kind half_close = {
    .name = "half-close",
    .arguments = half_close_sides,
    .summary =
        "the server's side of the open connections is shut down for writing: a true FIN, and it still reads",
    .options = half_close_options,
};

static const char *const handshake_arguments[] = {"fin", "rst", "silence", NULL};

static const struct fault_option_kind handshake_options[] = {
    {"after", FAULT_OPTION_COUNT, NULL, "behind which packet with data; 1: the SSLRequest"},
    {.name = NULL},
};

static const struct fault_kind handshake = {
    .name = "handshake",
    .arguments = handshake_arguments,
    .summary = "connections that open meanwhile are cut in the middle of their handshake",
    .takes_for = true,
    .opening = handshake_arguments,
    .options = handshake_options,
};

static const char *const icmp_types[] = {
    "host-unreachable", "net-unreachable", "port-unreachable", "admin-prohibited", NULL};

static const struct fault_option_kind icmp_options[] = {
    {"type", FAULT_OPTION_WORD, icmp_types, "what the router says"},
    FAULT_OPTION_LEG,
    {.name = NULL},
};

static const struct fault_kind icmp = {
    .name = "icmp",
    .arguments = fault_directions,
    .summary = "the router refuses packets and tells their sender, app or db, with an ICMP error",
    .takes_for = true,
    .options = icmp_options,
};

#define SMALLEST_BYTES 68 // RFC 791: every module must be able to forward so much

static const struct fault_option_kind mtu_options[] = {
    {"size", FAULT_OPTION_SIZE, NULL, "the largest IP packet that still passes; required"},
    FAULT_OPTION_LEG,
    {.name = NULL},
};

static bool mtu_validate(const struct fault_spec *spec, struct error *error)
{
    if (fault_option_number(spec, "size", 0) >= SMALLEST_BYTES)
        return true;
    return error_set(
        error, ERROR_INPUT, "mtu needs a size of %db or more: larger packets vanish", SMALLEST_BYTES);
}

static const struct fault_kind mtu = {
    .name = "mtu",
    .arguments = fault_directions,
    .summary = "large packets vanish, and no ICMP says so: an MTU black hole",
    .takes_for = true,
    .options = mtu_options,
    .validate = mtu_validate,
};

static const char *const name_arguments[] = {"unknown", "dead-first", "slow", "unanswered", NULL};

static const struct fault_option_kind name_options[] = {
    {"delay", FAULT_OPTION_DURATION, NULL, "of slow: how long the name server takes to answer; required"},
    {.name = NULL},
};

static bool name_validate(const struct fault_spec *spec, struct error *error)
{
    bool slow = strcmp(spec->argument, "slow") == 0;
    if (slow == (fault_option_number(spec, "delay", 0) > 0))
        return true;
    return error_set(error, ERROR_INPUT,
        slow ? "name: slow needs a delay: how long the name server takes to answer"
             : "name: %s takes no delay: that is name: slow",
        spec->argument);
}

static const struct fault_kind name = {
    .name = "name",
    .arguments = name_arguments,
    .summary = "the server's name is not known, found slowly or never, or stands for a dead address first",
    .takes_for = true,
    .opening = name_arguments,
    .options = name_options,
    .validate = name_validate,
};

static const struct fault_kind rst = {
    .name = "rst",
    .arguments = fault_directions,
    .summary = "a forged RST, at the exact sequence number, resets the open connections at that end",
    .options = forged_options,
    .validate = forged_validate,
};

static const struct fault_option_kind silence_options[] = {
    {"connections", FAULT_OPTION_WORD, fault_connections,
        "one of the open connections; all: the whole path, and what opens later"},
    FAULT_OPTION_LEG,
    {.name = NULL},
};

static const struct fault_kind silence = {
    .name = "silence",
    .arguments = fault_directions,
    .summary = "the path swallows every packet of that direction, and says nothing",
    .takes_for = true,
    .options = silence_options,
};

static const char *const syn_arguments[] = {"lost", "reset", "slow", NULL};

static const struct fault_option_kind syn_options[] = {
    {"delay", FAULT_OPTION_DURATION, NULL, "of slow: how long each SYN is held up; required"},
    {.name = NULL},
};

static bool syn_validate(const struct fault_spec *spec, struct error *error)
{
    bool slow = strcmp(spec->argument, "slow") == 0;
    if (slow == (fault_option_number(spec, "delay", 0) > 0))
        return true;
    return error_set(error, ERROR_INPUT,
        slow ? "syn: slow needs a delay: how long the handshake is held up"
             : "syn: %s takes no delay: that is syn: slow",
        spec->argument);
}

static const struct fault_kind syn = {
    .name = "syn",
    .arguments = syn_arguments,
    .summary = "new connections: their SYN is lost, answered by an RST, or slow",
    .takes_for = true,
    .opening = syn_arguments,
    .options = syn_options,
    .validate = syn_validate,
};

static const char *const tls_arguments[] = {"junk", "cut-header", "cut-body", "close-notify", NULL};

static const char *const tls_ends[] = {"fin", "rst", "stall", NULL};

static const struct fault_option_kind tls_options[] = {
    {"then", FAULT_OPTION_WORD, tls_ends,
        "what follows: a FIN, an RST, or nothing while the server stands still"},
    FAULT_OPTION_CONNECTIONS,
    {.name = NULL},
};

static bool tls_validate(const struct fault_spec *spec, struct error *error)
{
    const char *then = fault_option_word(spec, "then", NULL);
    if (then != NULL && strcmp(spec->argument, "close-notify") == 0)
        return error_set(error, ERROR_INPUT, "tls: close-notify takes no 'then': it ends with a FIN");
    if (spec->for_us == FAULT_FOREVER || (then != NULL && strcmp(then, "stall") == 0))
        return true;
    return error_set(error, ERROR_INPUT, "only a stall can be over: 'for' needs 'then: stall'");
}

static bool tls_at_once(const struct fault_spec *spec)
{
    return strcmp(fault_option_word(spec, "then", "fin"), "stall") != 0;
}

static const struct fault_kind tls = {
    .name = "tls",
    .arguments = tls_arguments,
    .summary = "the server's TLS stream is spoiled, cut within a record, or ended by a proper close_notify",
    .takes_for = true,
    .options = tls_options,
    .at_once = tls_at_once,
    .validate = tls_validate,
};

const struct fault_kind *const fault_kinds[] = {
    &certificate,
    &fault_words_client,
    &degrade,
    &failover,
    &fin,
    &flap,
    &flow_table,
    &half_close,
    &handshake,
    &icmp,
    &mtu,
    &name,
    &rst,
    &fault_words_server,
    &silence,
    &syn,
    &tls,
    NULL,
};

const struct fault_kind *fault_kind_by_name(const char *name)
{
    for (const struct fault_kind *const *kind = fault_kinds; *kind != NULL; kind++)
        if (strcmp((*kind)->name, name) == 0)
            return *kind;
    return NULL;
}
