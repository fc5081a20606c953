// The atlas: every event is a scenario, the packets of a connection become evidence, evidence becomes a
// cause, and rows survive their file.
#include "atlas/atlas.h"
#include "atlas/event.h"

#include <netinet/tcp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// Breaks with: a fault renamed, an argument that its kind does not take, a name used twice.
static void every_event_is_a_scenario(void **state)
{
    (void)state;
    for (size_t i = 0; i < atlas_events_count; i++) {
        struct error error = {0};
        struct scenario *scenario = atlas_event_scenario(&atlas_events[i], &error);
        if (scenario == NULL) {
            fail_msg("%s: %s", atlas_events[i].name, error.text);
            return;
        }
        assert_true(scenario->faults_count > 0 || scenario->network.flow_table.idle_us > 0);
        assert_int_equal(scenario->workload_count, ATLAS_PHASES);
        assert_ptr_equal(atlas_event_by_name(atlas_events[i].name), &atlas_events[i]);
        scenario_free(scenario);
    }
}

// Breaks with: an order of phases that is not the order of the operations' times.
static void operations_have_their_phases(void **state)
{
    (void)state;
    static const enum operation operations[ATLAS_PHASES] = {[ATLAS_IDLE] = OPERATION_READ,
        [ATLAS_WAITING] = OPERATION_WAIT,
        [ATLAS_TRANSACTION] = OPERATION_TRANSACTION,
        [ATLAS_BULK] = OPERATION_BULK,
        [ATLAS_CONNECTING] = OPERATION_CONNECT,
        [ATLAS_RECONNECTING] = OPERATION_CONNECT,
        [ATLAS_AGAIN] = OPERATION_READ};
    struct error error;
    struct scenario *scenario = atlas_event_scenario(&atlas_events[0], &error);
    assert_non_null(scenario);
    for (size_t i = 0; i < scenario->workload_count; i++) {
        assert_int_equal(scenario->workload[i].operation, operations[atlas_event_phase(i)]);
        assert_true(i == 0 || scenario->workload[i].at_us >= scenario->workload[i - 1].at_us);
    }
    scenario_free(scenario);
}

enum way { ASKED, SENT, ENTERED, REACHED }; // by the client; by the router towards db; by db; to the client

// Times in milliseconds; all connections begin with sequence numbers 100 and 500.
struct line {
    int64_t at_ms;
    enum way way;
    uint8_t flags;
    uint32_t seq, ack, payload;
    bool goodbye;
};

#define HANDSHAKE                                                                                            \
    {0, ASKED, TH_SYN, 100, 0, 0, false}, {5, REACHED, TH_SYN | TH_ACK, 500, 101, 0, false},                 \
        {5, ASKED, TH_ACK, 101, 501, 0, false}, {5, ASKED, TH_ACK, 101, 501, 50, false},                     \
        {15, REACHED, TH_ACK, 501, 151, 80, false},                                                          \
    {                                                                                                        \
        15, ASKED, TH_ACK, 151, 581, 0, false                                                                \
    }

struct wire_case {
    const char *name;
    struct line lines[16];
    size_t count;
    int64_t answered_ms;
    const char *text, *sqlstate;    // what the client said
    struct atlas_evidence evidence; // only what is looked at below
    enum atlas_cause cause;
};

#define NEVER .fin_us = -1, .rst_us = -1, .icmp_us = -1

static const struct wire_case wire_cases[] = {
    {"FIN, then a query ten seconds later",
        {HANDSHAKE, {1000, ENTERED, TH_FIN | TH_ACK, 581, 151, 0, false},
            {1005, REACHED, TH_FIN | TH_ACK, 581, 151, 0, false}},
        8, 11005, "EOF detected", NULL,
        {.fin_us = 10000000, .rst_us = -1, .icmp_us = -1, .established = true}, CAUSE_FIN_UNREAD},
    {"FIN under way",
        {HANDSHAKE, {1000, ENTERED, TH_FIN | TH_ACK, 581, 151, 0, false},
            {1005, REACHED, TH_FIN | TH_ACK, 581, 151, 0, false}},
        8, 1005, "EOF detected", NULL, {.fin_us = 0, .rst_us = -1, .icmp_us = -1, .established = true},
        CAUSE_FIN_READ},
    {"a FIN that nobody sent", {HANDSHAKE, {1005, REACHED, TH_FIN | TH_ACK, 581, 151, 0, false}}, 7, 1005,
        "EOF detected", NULL,
        {.fin_us = 0, .fin_forged = true, .rst_us = -1, .icmp_us = -1, .established = true}, CAUSE_FIN_READ},
    {"a goodbye before the FIN",
        {HANDSHAKE, {1000, REACHED, TH_ACK, 581, 151, 100, true},
            {1000, ENTERED, TH_FIN | TH_ACK, 681, 151, 0, false},
            {1000, REACHED, TH_FIN | TH_ACK, 681, 151, 0, false}},
        9, 1000, "terminating connection", "57P01",
        {.fin_us = 0, .rst_us = -1, .icmp_us = -1, .goodbye = true, .established = true}, CAUSE_GOODBYE_READ},
    // Its words stood behind others in their packet, say, or in one that the capture lost.
    {"a FIN, and the client quotes the server",
        {HANDSHAKE, {1000, ENTERED, TH_FIN | TH_ACK, 581, 151, 0, false},
            {1005, REACHED, TH_FIN | TH_ACK, 581, 151, 0, false}},
        8, 1005, "FATAL:  terminating connection due to administrator command", NULL,
        {.fin_us = 0, .rst_us = -1, .icmp_us = -1, .established = true}, CAUSE_GOODBYE_READ},
    {"RST while idle", {HANDSHAKE, {1000, REACHED, TH_RST, 581, 0, 0, false}}, 7, 3000, "EOF detected", NULL,
        {.fin_us = -1, .rst_us = 2000000, .rst_forged = true, .icmp_us = -1, .established = true},
        CAUSE_RST_UNREAD},
    {"RST while waiting",
        {HANDSHAKE, {1000, ENTERED, TH_RST, 581, 0, 0, false}, {1000, REACHED, TH_RST, 581, 0, 0, false}}, 8,
        1000, "server closed the connection", NULL,
        {.fin_us = -1, .rst_us = 0, .icmp_us = -1, .established = true}, CAUSE_RST_READ},
    {"RST in answer",
        {HANDSHAKE, {990, ASKED, TH_ACK, 151, 581, 20, false}, {1000, REACHED, TH_RST, 581, 0, 0, false}}, 8,
        1000, "server closed the connection", NULL,
        {.fin_us = -1,
            .rst_us = 0,
            .rst_forged = true,
            .icmp_us = -1,
            .established = true,
            .unacknowledged = 20},
        CAUSE_RST_ANSWER},
    {"RST in answer to what was sent again",
        {HANDSHAKE, {1000, ASKED, TH_ACK, 151, 581, 20, false}, {9000, ASKED, TH_ACK, 151, 581, 20, false},
            {9010, REACHED, TH_RST, 581, 0, 0, false}},
        9, 9010, "server closed the connection", NULL,
        {.fin_us = -1,
            .rst_us = 0,
            .rst_forged = true,
            .icmp_us = -1,
            .established = true,
            .unacknowledged = 20,
            .retransmissions = 1},
        CAUSE_RST_ANSWER},
    {"RST in answer to a keepalive probe",
        {HANDSHAKE, {9000, ASKED, TH_ACK, 150, 581, 0, false}, {9010, REACHED, TH_RST, 581, 0, 0, false}}, 8,
        9010, "server closed the connection", NULL,
        {.fin_us = -1, .rst_us = 0, .rst_forged = true, .icmp_us = -1, .established = true},
        CAUSE_RST_ANSWER},
    {"sent again and again",
        {HANDSHAKE, {1000, ASKED, TH_ACK, 151, 581, 20, false}, {1200, ASKED, TH_ACK, 151, 581, 20, false},
            {1600, ASKED, TH_ACK, 151, 581, 20, false}},
        9, 970000, "Connection timed out", NULL,
        {NEVER, .established = true, .unacknowledged = 20, .retransmissions = 2}, CAUSE_UNACKNOWLEDGED},
    {"acknowledged at last",
        {HANDSHAKE, {1000, ASKED, TH_ACK, 151, 581, 20, false}, {1200, ASKED, TH_ACK, 151, 581, 20, false},
            {1210, REACHED, TH_ACK, 581, 171, 0, false}, {2000, REACHED, TH_ACK, 581, 171, 9, true}},
        10, 2000, "ERROR", "57014", {NEVER, .established = true, .goodbye = true}, CAUSE_SERVER_SAID},
    {"keepalive probes",
        {HANDSHAKE, {7000, ASKED, TH_ACK, 150, 581, 0, false}, {8000, ASKED, TH_ACK, 150, 581, 0, false}}, 8,
        9000, "Connection timed out", NULL, {NEVER, .established = true, .keepalives = 2}, CAUSE_KEEPALIVE},
    {"a keepalive that was answered does not count",
        {HANDSHAKE, {7000, ASKED, TH_ACK, 150, 581, 0, false}, {7005, REACHED, TH_ACK, 581, 151, 0, false}},
        8, 9000, "connection is closed", NULL, {NEVER, .established = true}, CAUSE_NO_PACKET},
    {"SYN never answered", {{0, ASKED, TH_SYN, 100, 0, 0, false}, {1000, ASKED, TH_SYN, 100, 0, 0, false}}, 2,
        130000, "Connection timed out", NULL, {NEVER, .syns = 2, .unacknowledged = 0}, CAUSE_SYN_LOST},
    {"SYN refused", {{0, ASKED, TH_SYN, 100, 0, 0, false}, {10, REACHED, TH_RST | TH_ACK, 0, 101, 0, false}},
        2, 10, "Connection refused", NULL, {.fin_us = -1, .rst_us = 0, .rst_forged = true, .icmp_us = -1},
        CAUSE_REFUSED},
    {"the client's own clock",
        {HANDSHAKE, {1000, ASKED, TH_ACK, 151, 581, 20, false}, {1200, ASKED, TH_ACK, 151, 581, 20, false}},
        8, 60000, "", NULL, {NEVER, .established = true, .unacknowledged = 20, .retransmissions = 1},
        CAUSE_OWN_DEADLINE},
    {"the client's own clock, in its own words",
        {HANDSHAKE, {1000, ASKED, TH_ACK, 151, 581, 20, false}, {1200, ASKED, TH_ACK, 151, 581, 20, false}},
        8, 31000, "Read timed out", NULL,
        {NEVER, .established = true, .unacknowledged = 20, .retransmissions = 1}, CAUSE_OWN_DEADLINE},
    {"bytes, and no word of the server", {HANDSHAKE, {1000, REACHED, TH_ACK, 581, 151, 28, false}}, 7, 1000,
        "SSL error: wrong version number", NULL, {NEVER, .established = true}, CAUSE_GARBLED},
    {"a certificate", {HANDSHAKE, {1000, REACHED, TH_ACK, 581, 151, 28, false}}, 7, 1000,
        "SSL error: certificate verify failed", NULL, {NEVER, .established = true}, CAUSE_UNTRUSTED},
    {"junk, then FIN", {HANDSHAKE, {1000, REACHED, TH_FIN | TH_ACK, 581, 151, 28, false}}, 7, 11000,
        "SSL error: wrong version number", NULL,
        {.fin_us = 10000000, .fin_forged = true, .rst_us = -1, .icmp_us = -1, .established = true},
        CAUSE_GARBLED},
    {"what comes after the answer does not count", {HANDSHAKE, {5000, REACHED, TH_RST, 581, 0, 0, false}}, 7,
        4999, "SSL error", NULL, {NEVER, .established = true}, CAUSE_NO_PACKET},
};

static struct atlas_packet packet_of(const struct line *line)
{
    return (struct atlas_packet){.at_us = line->at_ms * 1000,
        .leaving = line->way == SENT || line->way == REACHED,
        .to_db = line->way == ASKED || line->way == SENT,
        .alert = line->goodbye,
        .error_response = line->goodbye,
        .app_port = 40000,
        .flags = line->flags,
        .seq = line->seq,
        .ack = line->ack,
        .payload_length = line->payload};
}

static void check_evidence(const struct atlas_evidence *actual, const struct atlas_evidence *expected)
{
    assert_int_equal(actual->fin_us, expected->fin_us);
    assert_int_equal(actual->rst_us, expected->rst_us);
    assert_int_equal(actual->icmp_us, expected->icmp_us);
    assert_int_equal(actual->fin_forged, expected->fin_forged);
    assert_int_equal(actual->rst_forged, expected->rst_forged);
    assert_int_equal(actual->goodbye, expected->goodbye);
    assert_int_equal(actual->established, expected->established);
    assert_int_equal(actual->retransmissions, expected->retransmissions);
    assert_int_equal(actual->keepalives, expected->keepalives);
    if (actual->established)
        assert_int_equal(actual->unacknowledged, expected->unacknowledged);
}

static void packets_become_evidence_and_a_cause(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(wire_cases) / sizeof(wire_cases[0]); i++) {
        const struct wire_case *wire = &wire_cases[i];
        struct atlas_packet items[16];
        print_message("%s\n", wire->name);
        for (size_t j = 0; j < wire->count; j++)
            items[j] = packet_of(&wire->lines[j]);
        const struct atlas_packets packets = {items, wire->count};
        struct atlas_row row = {.outcome = ATLAS_ERROR,
            .text = (char *)wire->text,
            .sqlstate = (char *)wire->sqlstate,
            .evidence = atlas_evidence_of(&packets, 0, wire->answered_ms * 1000)};
        check_evidence(&row.evidence, &wire->evidence);
        assert_string_equal(atlas_causes[atlas_cause_of(&row)].name, atlas_causes[wire->cause].name);
    }
}

// Breaks with: a second use that is told by what had ended the connection long before, or one that has met
// something new.
static void second_use_tells_of_nothing_new(void **state)
{
    (void)state;
    struct atlas_row row = {.phase = ATLAS_AGAIN,
        .outcome = ATLAS_ERROR,
        .text = (char *)"connection already closed",
        .took_us = 100,
        .evidence = {.fin_us = 1490000000, .rst_us = -1, .icmp_us = -1, .syns = 1, .asked_us = 1480000000}};
    assert_int_equal(atlas_cause_of(&row), CAUSE_NO_PACKET);
    row.evidence.asked_us = 100;
    assert_int_equal(atlas_cause_of(&row), CAUSE_FIN_UNREAD);
    row.evidence.asked_us = 1480000000;
    row.phase = ATLAS_IDLE;
    assert_int_equal(atlas_cause_of(&row), CAUSE_FIN_UNREAD);
}

// Breaks with: retransmitted SYNs that count as connections, or a port's second life that counts as its
// first.
static void connections_are_told_apart(void **state)
{
    (void)state;
    static const struct line lines[] = {{0, ASKED, TH_SYN, 100, 0, 0, false},
        {1000, ASKED, TH_SYN, 100, 0, 0, false}, {2000, ASKED, TH_SYN, 900, 0, 0, false},
        {2010, REACHED, TH_RST | TH_ACK, 0, 901, 0, false}};
    struct atlas_packet items[4];
    for (size_t i = 0; i < 4; i++)
        items[i] = packet_of(&lines[i]);
    const struct atlas_packets packets = {items, 4};
    size_t syn;
    assert_true(atlas_find_connection(&packets, INT64_MIN, 0, &syn));
    assert_int_equal(syn, 0);
    assert_int_equal(atlas_evidence_of(&packets, syn, INT64_MAX / 2).syns, 2);
    assert_int_equal(atlas_evidence_of(&packets, syn, INT64_MAX / 2).rst_us, ATLAS_NEVER);
    assert_true(atlas_find_connection(&packets, INT64_MIN, 1, &syn));
    assert_int_equal(syn, 2);
    assert_true(atlas_find_connection(&packets, 1500000, 0, &syn));
    assert_int_equal(syn, 2);
    assert_false(atlas_find_connection(&packets, INT64_MIN, 2, &syn));
}

// Breaks with: an ErrorResponse that is looked for in ciphertext, or an alert in the clear.
static void words_depend_on_the_transport(void **state)
{
    (void)state;
    static const struct line lines[] = {{0, ASKED, TH_SYN, 100, 0, 0, false},
        {10, REACHED, TH_SYN | TH_ACK, 0, 101, 0, false}, {20, REACHED, TH_ACK, 1, 101, 1, false},
        {30, REACHED, TH_ACK, 2, 101, 90, false}};
    static const struct {
        bool starts_tls, alert, error_response, goodbye;
    } cases[] = {{true, false, true, false}, {true, true, false, true}, {false, true, false, false},
        {false, false, true, true}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct atlas_packet items[4];
        for (size_t j = 0; j < 4; j++)
            items[j] = packet_of(&lines[j]);
        items[2].starts_tls = cases[i].starts_tls;
        items[3].alert = cases[i].alert;
        items[3].error_response = cases[i].error_response;
        const struct atlas_packets packets = {items, 4};
        assert_int_equal(atlas_evidence_of(&packets, 0, 1000000).goodbye, cases[i].goodbye);
    }
}

static void outcomes_without_an_error_have_their_cause(void **state)
{
    (void)state;
    struct atlas_row row = {.evidence = atlas_evidence_none()};
    row.outcome = ATLAS_OK;
    assert_int_equal(atlas_cause_of(&row), CAUSE_UNHARMED);
    row.outcome = ATLAS_HUNG;
    assert_int_equal(atlas_cause_of(&row), CAUSE_NOT_TOLD);
    row.outcome = ATLAS_ERROR;
    assert_int_equal(atlas_cause_of(&row), CAUSE_NO_PACKET);
}

static void every_cause_has_all_its_words(void **state)
{
    (void)state;
    for (int cause = 0; cause < CAUSES; cause++) {
        const struct atlas_cause_words *words = &atlas_causes[cause];
        assert_true(words->name && words->title && words->wire && words->noticed && words->earlier);
    }
}

static struct atlas_row row_of(
    const char *event, const char *client, enum atlas_phase phase, const char *text)
{
    return (struct atlas_row){.event = strdup(event),
        .client = strdup(client),
        .tls = true,
        .phase = phase,
        .outcome = ATLAS_ERROR,
        .text = strdup(text),
        .kind = strdup("psycopg2.OperationalError"),
        .after_us = 10000000,
        .took_us = 12,
        .evidence = {.fin_us = 9,
            .rst_us = -1,
            .icmp_us = -1,
            .heard_us = 4,
            .heard_data_us = -1,
            .asked_us = 0,
            .goodbye = true,
            .syns = 1,
            .unacknowledged = 3},
        .cause = CAUSE_GOODBYE_READ};
}

// Breaks with: a member that is written and not read, or the other way round.
static void rows_survive_their_file(void **state)
{
    (void)state;
    struct error error;
    struct atlas *atlas = atlas_new("virtual", "kernel", 7);
    struct atlas_row row = row_of("silence", "psycopg2", ATLAS_BULK, "two\n\tlines");
    assert_true(atlas_add(atlas, &row));
    assert_true(atlas_name_client(atlas, "psycopg2", "2.9.5", "libpq 15"));
    atlas->rows[0].cause = atlas_cause_of(&atlas->rows[0]);
    json_t *json = atlas_to_json(atlas);
    struct atlas *again = atlas_from_json(json, &error);
    assert_non_null(again);
    json_t *json_again = atlas_to_json(again);
    assert_true(json_equal(json, json_again));
    check_evidence(&again->rows[0].evidence, &atlas->rows[0].evidence);
    assert_int_equal(again->rows[0].cause, atlas_cause_of(&atlas->rows[0]));
    json_decref(json);
    json_decref(json_again);
    atlas_free(again);
    atlas_free(atlas);
}

#define NO_SUCH_PHASE                                                                                        \
    "{\"schema\": \"hangup-atlas/1\", \"rows\": [{\"event\": \"e\", \"transport\": \"tls\", \"client\": "    \
    "\"c\","                                                                                                 \
    " \"phase\": \"asleep\", \"outcome\": \"ok\"}]}"

static void what_is_no_atlas_is_refused(void **state)
{
    (void)state;
    static const char *const files[] = {"{}", "[]", "{\"schema\": \"hangup-run/1\"}",
        "{\"schema\": \"hangup-atlas/1\", \"rows\": [{}]}", NO_SUCH_PHASE,
        "{\"schema\": \"hangup-atlas/1\", \"clients\": [{}]}"};
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        struct error error = {0};
        json_t *json = json_loads(files[i], 0, NULL);
        assert_null(atlas_from_json(json, &error));
        assert_int_equal(error.category, ERROR_INPUT);
        json_decref(json);
    }
}

// A part made anew replaces its rows and keeps the others; an event that is no more goes.
static void a_part_completes_itself_from_the_older_one(void **state)
{
    (void)state;
    struct atlas *older = atlas_new(NULL, NULL, 7), *newer = atlas_new(NULL, NULL, 7);
    struct atlas_row rows[] = {row_of("silence", "psycopg2", ATLAS_IDLE, "old"),
        row_of("silence", "libpq", ATLAS_IDLE, "kept"), row_of("gone", "libpq", ATLAS_IDLE, "gone"),
        row_of("rst-to-app", "psycopg2", ATLAS_IDLE, "kept"),
        row_of("silence", "psycopg2", ATLAS_IDLE, "new")};
    for (size_t i = 0; i < 4; i++)
        assert_true(atlas_add(older, &rows[i]));
    assert_true(atlas_add(newer, &rows[4]));
    assert_true(atlas_complete(newer, older));
    assert_int_equal(newer->rows_count, 3);
    assert_string_equal(newer->rows[0].client, "libpq");
    assert_string_equal(newer->rows[0].text, "kept");
    assert_string_equal(newer->rows[1].text, "new");
    assert_string_equal(newer->rows[2].event, "rst-to-app");
    atlas_free(older);
    atlas_free(newer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_is_a_scenario),
        cmocka_unit_test(operations_have_their_phases),
        cmocka_unit_test(packets_become_evidence_and_a_cause),
        cmocka_unit_test(second_use_tells_of_nothing_new),
        cmocka_unit_test(connections_are_told_apart),
        cmocka_unit_test(words_depend_on_the_transport),
        cmocka_unit_test(outcomes_without_an_error_have_their_cause),
        cmocka_unit_test(every_cause_has_all_its_words),
        cmocka_unit_test(rows_survive_their_file),
        cmocka_unit_test(what_is_no_atlas_is_refused),
        cmocka_unit_test(a_part_completes_itself_from_the_older_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
