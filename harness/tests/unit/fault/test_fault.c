// The fault kinds, found by name, and what they share.
#include "scenario/fault.h"

#include "contract/addresses.h"
#include "fault/kinds.h"
#include "fault/pick.h"
#include "fault/server.h"
#include "scenario/fault_words_server.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// Breaks with: a kind that cannot be found, lacks a function or words, or has two options of one name.
static void every_kind_is_whole(void **state)
{
    (void)state;
    for (const struct fault_kind *const *each = fault_kinds; *each != NULL; each++) {
        const struct fault_kind *kind = *each;
        assert_ptr_equal(fault_kind_by_name(kind->name), kind);
        const struct fault_behaviour *behaviour = fault_behaviour_of(kind);
        if (behaviour == NULL)
            fail_msg("'%s' has words, and nobody has written what it does: FAULT_KINDS in fault/kinds.h",
                kind->name);
        assert_true(behaviour && behaviour->apply && behaviour->revert && behaviour->count_hits);
        assert_true(strlen(kind->summary) > 0 && kind->arguments[0] != NULL);
        for (const struct fault_option_kind *option = kind->options; option && option->name; option++) {
            assert_ptr_equal(fault_option_kind_by_name(kind, option->name), option);
            assert_true(strlen(option->summary) > 0 && option->type < FAULT_OPTION_TYPES);
            assert_int_equal(option->type == FAULT_OPTION_WORD, option->words != NULL);
            assert_true(strcmp(option->name, "at") != 0 && strcmp(option->name, "for") != 0 &&
                        strcmp(option->name, "hits") != 0);
            assert_null(fault_kind_by_name(option->name));
        }
    }
    assert_null(fault_kind_by_name("Silence"));
    assert_null(fault_kind_by_name("silenc"));
    assert_null(fault_kind_by_name(""));
    assert_null(fault_option_kind_by_name(fault_kind_by_name("silence"), "when"));
}

// Breaks with: a behaviour that no word leads to.
static void every_behaviour_has_words(void **state)
{
    (void)state;
    for (const struct fault_behaviour *const *behaviour = fault_behaviours; *behaviour != NULL; behaviour++)
        if (fault_kind_by_name((*behaviour)->kind) == NULL)
            fail_msg("'%s' is done, and nobody can ask for it: scenario/fault_words.c", (*behaviour)->kind);
}

// Breaks with: words of `server` that say otherwise than its actions whom they meet.
static void server_words_and_actions_agree(void **state)
{
    (void)state;
    const struct fault_kind *server = fault_kind_by_name("server");
    size_t count = 0;
    for (; server->arguments[count] != NULL; count++) {
        const struct server_action *action = server_action_of(server->arguments[count]);
        if (action == NULL)
            fail_msg("'server: %s' has no action: fault/server.c", server->arguments[count]);
        bool chooses = action != NULL && action->targets == TARGET_SESSIONS;
        assert_int_equal(fault_words_server_chooses(server->arguments[count]), chooses);
    }
    assert_int_equal(count, server_actions_count);
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

static struct trace_packet packet(uint16_t port, uint8_t flags, uint32_t seq)
{
    return (struct trace_packet){.source = 1,
        .destination = 2,
        .source_port = port,
        .destination_port = 5432,
        .flags = flags,
        .seq = seq};
}

// Breaks with: a closed connection picked, the oldest taken for the newest, more than one of them.
static void connections_are_picked(void **state)
{
    (void)state;
    static const struct {
        const char *word;
        bool picked[4];
    } table[] = {
        {NULL, {false, true, true, false}},
        {"all", {false, true, true, false}},
        {"oldest", {false, true, false, false}},
        {"newest", {false, false, true, false}},
    };
    struct trace_flows *flows = trace_flows_new(5432);
    for (uint16_t i = 0; i < 4; i++) {
        struct trace_packet syn = packet(1000 + i, TH_SYN, 7), end = packet(1000 + i, TH_FIN | TH_ACK, 8);
        assert_non_null(trace_flows_follow(flows, &syn));
        if (i == 0 || i == 3)
            assert_non_null(trace_flows_follow(flows, &end));
    }
    const struct fault_kind *rst = fault_kind_by_name("rst");
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct fault_option option = {
            .kind = fault_option_kind_by_name(rst, "connections"), .word = table[i].word};
        const struct fault_spec spec = {
            .kind = rst, .options = &option, .options_count = table[i].word != NULL};
        bool *picked = fault_pick_flows(&spec, flows);
        assert_memory_equal(picked, table[i].picked, sizeof(table[i].picked));
        free(picked);
    }
    trace_flows_free(flows);
}

// Two legs: the fault's own connections are picked, and what happens at the server is on the server's leg.
static void connections_are_picked_on_their_leg(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *leg;
        bool picked[2]; // app to proxy, proxy to db
    } table[] = {{"rst", NULL, {true, false}}, {"rst", "app", {true, false}}, {"rst", "db", {false, true}},
        {"half-close", NULL, {false, true}}};
    struct trace_flows *flows = trace_flows_new(5432);
    struct trace_packet before = packet(40000, TH_SYN, 7), behind = packet(20000, TH_SYN, 7);
    before.source = ntohl(inet_addr(LAB_APP_ADDRESS));
    before.destination = behind.source = ntohl(inet_addr(LAB_PROXY_ADDRESS));
    behind.destination = ntohl(inet_addr(LAB_DB_ADDRESS));
    assert_non_null(trace_flows_follow(flows, &before));
    assert_non_null(trace_flows_follow(flows, &behind));
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        const struct fault_kind *kind = fault_kind_by_name(table[i].kind);
        struct fault_option option = {.kind = fault_option_kind_by_name(kind, "leg"), .word = table[i].leg};
        const struct fault_spec spec = {
            .kind = kind, .options = &option, .options_count = table[i].leg != NULL};
        bool *picked = fault_pick_flows(&spec, flows);
        assert_memory_equal(picked, table[i].picked, sizeof(table[i].picked));
        free(picked);
    }
    trace_flows_free(flows);
}

// Breaks with: a word that is none of the kind's, a fault of handshakes that may strike open connections, or
// one of those held for it.
static void some_meet_only_what_opens(void **state)
{
    (void)state;
    static const char *const opening[] = {"certificate expired", "certificate wrong-name", "failover name",
        "handshake fin", "handshake rst", "handshake silence", "name unknown", "name dead-first", "name slow",
        "name unanswered", "server shutting-down", "server starting-up", "server too-many-clients",
        "syn lost", "syn reset", "syn slow"};
    size_t found = 0;
    for (const struct fault_kind *const *kind = fault_kinds; *kind != NULL; kind++) {
        for (const char *const *argument = (*kind)->arguments; *argument != NULL; argument++) {
            char name[64];
            snprintf(name, sizeof(name), "%s %s", (*kind)->name, *argument);
            const struct fault_spec spec = {.kind = *kind, .argument = *argument};
            if (!fault_meets_opening(&spec))
                continue;
            assert_true(found < sizeof(opening) / sizeof(opening[0]));
            assert_string_equal(name, opening[found++]);
        }
        for (const char *const *argument = (*kind)->opening; argument && *argument; argument++) {
            bool known = false;
            for (const char *const *own = (*kind)->arguments; *own != NULL; own++)
                known |= strcmp(*own, *argument) == 0;
            assert_true(known);
        }
    }
    assert_int_equal(found, sizeof(opening) / sizeof(opening[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_whole),
        cmocka_unit_test(every_behaviour_has_words),
        cmocka_unit_test(server_words_and_actions_agree),
        cmocka_unit_test(directions),
        cmocka_unit_test(connections_are_picked),
        cmocka_unit_test(connections_are_picked_on_their_leg),
        cmocka_unit_test(some_meet_only_what_opens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
