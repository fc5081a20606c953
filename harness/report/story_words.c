// What an operation met, in words: what was sent, how often again, who answered, who hung up.
#include "report/story.h"

#include "base/duration.h"
#include "base/text.h"
#include "trace/event.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOTABLE_US        (1 * US_PER_S)
#define MESSAGE_HEADER    5  // of PostgreSQL: a letter and the length
#define TLS_OVERHEAD      22 // of a record of TLS 1.3: header, type, authentication
#define STATEMENT_TEXT    80 // bytes of one that are shown
#define SPAN_TEXT_SIZE    32
#define MESSAGE_TEXT_SIZE 256
#define CONNECTIONS_TOLD  12

// What happened on one connection while an operation ran.
struct passage {
    uint16_t port;
    int64_t first_us;               // the first that the application sent
    uint32_t length;                // of it
    const char *says;               // it; NULL: not known
    const char *repeats;            // the first that was sent again; NULL: not known
    const struct trace_arrow *lost; // the first that was swallowed on the path; NULL: none was
    const char *loses;              // it; NULL: not known
    int64_t lost_us, through_us;    // the last that was swallowed; when the first came through after all
    int64_t opened_us, answered_us; // ARROW_NEVER: no SYN; nothing came back
    size_t syns, data, again, probes, swallowed;
    int64_t repeated_us;             // the last repetition
    int64_t rst_us, fin_us, icmp_us; // that reached the application; ARROW_NEVER: none did
    bool rst_forged;
};

struct telling {
    const struct story *story;
    const struct story_operation *operation;
    int64_t until_us;
    struct passage passages[CONNECTIONS_TOLD];
    size_t passages_count;
    json_t *lines;
};

__attribute__((format(printf, 3, 4))) static void say_at(
    struct telling *telling, int64_t at_us, const char *format, ...)
{
    char *text, *line;
    va_list arguments;
    va_start(arguments, format);
    int printed = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (printed < 0)
        return;
    if (asprintf(&line, "t=%.3f s  %s", (double)at_us / US_PER_S, text) >= 0) {
        json_array_append_new(telling->lines, json_string(line));
        free(line);
    }
    free(text);
}

static char *span_of(int64_t us, char text[static SPAN_TEXT_SIZE])
{
    if (us < US_PER_MS)
        snprintf(text, SPAN_TEXT_SIZE, "%" PRId64 " us", us);
    else if (us < US_PER_S)
        snprintf(text, SPAN_TEXT_SIZE, "%.0f ms", (double)us / US_PER_MS);
    else
        snprintf(text, SPAN_TEXT_SIZE, us < 10 * US_PER_S ? "%.1f s" : "%.0f s", (double)us / US_PER_S);
    return text;
}

static struct passage *passage_of(struct telling *telling, uint16_t port)
{
    for (size_t i = 0; i < telling->passages_count; i++)
        if (telling->passages[i].port == port)
            return &telling->passages[i];
    if (telling->passages_count == CONNECTIONS_TOLD)
        return NULL;
    struct passage *passage = &telling->passages[telling->passages_count++];
    *passage = (struct passage){.port = port,
        .first_us = ARROW_NEVER,
        .opened_us = ARROW_NEVER,
        .answered_us = ARROW_NEVER,
        .repeated_us = ARROW_NEVER,
        .through_us = ARROW_NEVER,
        .rst_us = ARROW_NEVER,
        .fin_us = ARROW_NEVER,
        .icmp_us = ARROW_NEVER};
    return passage;
}

static void note_sent(struct passage *passage, const struct trace_arrow *arrow, const struct said_list *said)
{
    if (arrow->kind == ARROW_SYN && passage->opened_us == ARROW_NEVER)
        passage->opened_us = arrow->entered_us;
    passage->syns += arrow->kind == ARROW_SYN;
    if (arrow->kind == ARROW_DATA && passage->first_us == ARROW_NEVER) {
        passage->first_us = arrow->entered_us;
        passage->length = arrow->length;
        passage->says = said_by(said, arrow);
    }
    passage->data += arrow->kind == ARROW_DATA && !arrow->again;
    passage->again += arrow->again && arrow->kind != ARROW_SYN;
    if (arrow->again && passage->repeats == NULL)
        passage->repeats = said_by(said, arrow);
    passage->probes += arrow->kind == ARROW_PROBE;
    if (arrow->again)
        passage->repeated_us = arrow->entered_us;
}

static void note_first_time(int64_t *moment_us, int64_t at_us)
{
    if (*moment_us == ARROW_NEVER)
        *moment_us = at_us;
}

static void note_received(struct passage *passage, const struct trace_arrow *arrow)
{
    if (arrow->left_us == ARROW_NEVER)
        return;
    if (arrow->kind == ARROW_ICMP)
        note_first_time(&passage->icmp_us, arrow->left_us);
    if (arrow->kind == ARROW_FIN)
        note_first_time(&passage->fin_us, arrow->left_us);
    if (arrow->kind == ARROW_RST) {
        passage->rst_forged = passage->rst_us == ARROW_NEVER && arrow->entered_us == ARROW_NEVER;
        note_first_time(&passage->rst_us, arrow->left_us);
    }
    if (arrow->kind == ARROW_DATA || arrow->kind == ARROW_SYN_ACK)
        note_first_time(&passage->answered_us, arrow->left_us);
}

static void note_loss(struct passage *passage, const struct trace_arrow *arrow, const struct said_list *said)
{
    if (trace_arrow_is_swallowed(arrow)) {
        if (passage->swallowed++ == 0) {
            passage->lost = arrow;
            passage->loses = said_by(said, arrow);
        }
        passage->lost_us = arrow->entered_us;
    } else if (passage->lost != NULL && arrow->to_db == passage->lost->to_db &&
               arrow->kind == passage->lost->kind && arrow->seq == passage->lost->seq) {
        note_first_time(&passage->through_us, arrow->left_us);
    }
}

// Another operation ran on it at the time: of several workers each has its own.
static bool is_of_another(const struct telling *telling, uint16_t port, int64_t at_us)
{
    const struct story *story = telling->story;
    for (size_t i = 0; i < story->operations_count; i++) {
        const struct story_operation *other = &story->operations[i];
        if (other != telling->operation && other->port == port && port != telling->operation->port &&
            other->sent_us <= at_us && other->answered_us >= at_us)
            return true;
    }
    return false;
}

static void follow_arrows(struct telling *telling)
{
    const struct trace_arrows *arrows = &telling->story->arrows;
    for (size_t i = 0; i < arrows->count; i++) {
        const struct trace_arrow *arrow = &arrows->items[i];
        int64_t at_us = arrow->to_db || arrow->left_us == ARROW_NEVER ? trace_arrow_at_us(arrow)
                                                                      : arrow->left_us;
        if (at_us < telling->operation->sent_us || at_us > telling->until_us || arrow->kind == ARROW_ACK ||
            is_of_another(telling, arrow->app_port, at_us))
            continue;
        struct passage *passage = passage_of(telling, arrow->app_port);
        if (passage == NULL)
            continue;
        note_loss(passage, arrow, &telling->story->said);
        if (arrow->to_db)
            note_sent(passage, arrow, &telling->story->said);
        else
            note_received(passage, arrow);
    }
}

// The one statement of this cell's log that makes a message of that length. NULL: none, or several.
static const char *statement_of_length(const struct story *story, uint32_t length)
{
    const char *found = NULL;
    for (size_t i = 0; i < story->lines.count; i++) {
        const char *statement = server_line_statement(&story->lines.items[i]);
        if (statement == NULL || story->lines.items[i].at_us < 0 ||
            strlen(statement) + 1 + MESSAGE_HEADER + TLS_OVERHEAD != length)
            continue;
        if (found != NULL && strcmp(found, statement) != 0)
            return NULL;
        found = statement;
    }
    return found;
}

static void describe_connection(
    const struct telling *telling, uint16_t port, int64_t at_us, char *text, size_t size)
{
    long pid = server_lines_pid(&telling->story->lines, port, at_us + US_PER_S);
    if (pid != 0)
        snprintf(text, size, "backend %ld (port %u)", pid, port);
    else
        snprintf(text, size, "a connection that no backend serves (port %u)", port);
}

static void say_opening(struct telling *telling, const struct passage *passage)
{
    if (passage->opened_us == ARROW_NEVER)
        return;
    if (passage->answered_us == ARROW_NEVER) {
        char span[SPAN_TEXT_SIZE];
        say_at(telling, passage->opened_us,
            "asks for a connection (port %u): %zu SYN%s over %s, and nobody answers", passage->port,
            passage->syns, passage->syns == 1 ? "" : "s",
            span_of((passage->repeated_us == ARROW_NEVER ? telling->until_us : passage->repeated_us) -
                        passage->opened_us,
                span));
        return;
    }
    char whom[80];
    describe_connection(telling, passage->port, passage->opened_us, whom, sizeof(whom));
    say_at(telling, passage->opened_us, "opens a connection, to %s", whom);
}

// The message itself, where the keys are known; else what its size gives away. "": neither.
static void describe_message(
    const struct telling *telling, const struct passage *passage, char *text, size_t size)
{
    *text = '\0';
    if (passage->says != NULL) {
        snprintf(text, size, ": %s", passage->says);
        return;
    }
    const char *statement = statement_of_length(telling->story, passage->length);
    if (statement != NULL)
        snprintf(text, size, ", by its size with `%.*s`", STATEMENT_TEXT, statement);
}

// What was repeated is named where it is something else than what was sent first.
static void describe_repetitions(const struct passage *passage, char *text, size_t size)
{
    char span[SPAN_TEXT_SIZE];
    *text = '\0';
    if (passage->again == 0)
        return;
    const bool named = passage->repeats != NULL &&
                       (passage->says == NULL || strcmp(passage->repeats, passage->says) != 0);
    snprintf(text, size, "; %zu repetition%s%s%s over %s", passage->again, passage->again == 1 ? "" : "s",
        named ? " of " : "", named ? passage->repeats : "",
        span_of(passage->repeated_us - passage->first_us, span));
}

static void say_sent(struct telling *telling, const struct passage *passage)
{
    char whom[80], message[MESSAGE_TEXT_SIZE], again[MESSAGE_TEXT_SIZE];
    if (passage->opened_us != ARROW_NEVER || passage->first_us == ARROW_NEVER)
        return;
    describe_connection(telling, passage->port, passage->first_us, whom, sizeof(whom));
    describe_repetitions(passage, again, sizeof(again));
    describe_message(telling, passage, message, sizeof(message));
    say_at(telling, passage->first_us, "%s %s%s%s %u bytes%s%s", strchr(message, '`') ? "asks" : "sends to",
        whom, message, passage->says ? "," : ":", passage->length, again,
        passage->answered_us == ARROW_NEVER ? "; nobody answers" : "");
    if (passage->answered_us != ARROW_NEVER && passage->answered_us - passage->first_us >= NOTABLE_US) {
        char span[SPAN_TEXT_SIZE];
        say_at(telling, passage->answered_us, "the first answer on it, after %s",
            span_of(passage->answered_us - passage->first_us, span));
    }
}

// What the fault took: its first packet is why the operation waited.
static void say_loss(struct telling *telling, const struct passage *passage)
{
    char more[80] = "", through[48] = "it does not get through";
    const struct trace_arrow *lost = passage->lost;
    if (lost == NULL)
        return;
    if (passage->swallowed > 1)
        snprintf(more, sizeof(more), ", and %zu packet%s more until t=%.3f s", passage->swallowed - 1,
            passage->swallowed == 2 ? "" : "s", (double)passage->lost_us / US_PER_S);
    if (passage->through_us != ARROW_NEVER)
        snprintf(
            through, sizeof(through), "it gets through at t=%.3f s", (double)passage->through_us / US_PER_S);
    say_at(telling, lost->entered_us, "swallowed on the path to the %s (port %u): %s%s; %s",
        lost->to_db ? "server" : "application", passage->port,
        passage->loses != NULL ? passage->loses : arrow_kind_names[lost->kind], more, through);
}

static void say_repeated(struct telling *telling, const struct passage *passage)
{
    if (passage->opened_us != ARROW_NEVER && passage->again > 0)
        say_at(telling, passage->repeated_us,
            "%zu repetition%s of what was sent on that connection (port %u) by now", passage->again,
            passage->again == 1 ? "" : "s", passage->port);
}

static void say_ends(struct telling *telling, const struct passage *passage)
{
    if (passage->icmp_us != ARROW_NEVER)
        say_at(telling, passage->icmp_us, "a router reports by ICMP that the way is closed (port %u)",
            passage->port);
    if (passage->fin_us != ARROW_NEVER)
        say_at(telling, passage->fin_us, "FIN from the server's side (port %u): it will say no more",
            passage->port);
    if (passage->rst_us != ARROW_NEVER)
        say_at(telling, passage->rst_us, "RST %s (port %u): the connection is gone",
            passage->rst_forged ? "from the path, not from the server" : "from the server's side",
            passage->port);
}

// What ended a connection that it was handed, and came while nobody looked: the reason why it fails at once.
static void say_earlier_end(struct telling *telling, const struct passage *passage)
{
    const struct trace_arrows *arrows = &telling->story->arrows;
    const struct trace_arrow *end = NULL;
    for (size_t i = 0; passage->opened_us == ARROW_NEVER && i < arrows->count; i++) {
        const struct trace_arrow *arrow = &arrows->items[i];
        if (arrow->app_port != passage->port || trace_arrow_at_us(arrow) >= telling->operation->sent_us)
            continue;
        if (arrow->kind == ARROW_SYN)
            end = NULL; // the port's connection before this one
        else if (end == NULL && !arrow->to_db && arrow->left_us != ARROW_NEVER &&
                 (arrow->kind == ARROW_FIN || arrow->kind == ARROW_RST))
            end = arrow;
    }
    if (end != NULL && end->left_us < telling->operation->sent_us)
        say_at(telling, end->left_us, "before: %s %s (port %u), while no operation looked at it",
            end->kind == ARROW_FIN ? "FIN" : "RST",
            end->entered_us == ARROW_NEVER ? "from the path, not from the server" : "from the server's side",
            passage->port);
}

static void say_faults(struct telling *telling)
{
    for (size_t i = 0; i < telling->story->faults_count; i++) {
        const struct story_fault *fault = &telling->story->faults[i];
        const char *argument = fault->argument ? fault->argument : "";
        if (fault->applied_us <= telling->until_us && fault->applied_us >= telling->operation->sent_us)
            say_at(telling, fault->applied_us, "fault begins: %s %s", fault->kind, argument);
        else if (fault->applied_us < telling->operation->sent_us &&
                 (fault->reverted_us == ARROW_NEVER || fault->reverted_us > telling->operation->sent_us))
            say_at(telling, telling->operation->sent_us, "meanwhile the fault stands: %s %s", fault->kind,
                argument);
        if (fault->reverted_us != ARROW_NEVER && fault->reverted_us >= telling->operation->sent_us &&
            fault->reverted_us <= telling->until_us)
            say_at(telling, fault->reverted_us, "fault ends: %s %s", fault->kind, argument);
    }
}

static void say_outcome(struct telling *telling)
{
    char span[SPAN_TEXT_SIZE];
    const struct story_operation *operation = telling->operation;
    span_of(telling->until_us - operation->sent_us, span);
    if (operation->answered_us == ARROW_NEVER)
        say_at(telling, telling->until_us, "%s %" PRId64 " is still not answered, after %s: stuck",
            operation->name, operation->id, span);
    else if (operation->ok && operation->backend != 0)
        say_at(telling, telling->until_us, "answered: ok, by backend %" PRId64 ", after %s",
            operation->backend, span);
    else if (operation->ok)
        say_at(telling, telling->until_us, "answered: ok, after %s", span);
    else
        say_at(telling, telling->until_us, "the application is told after %s: %s", span,
            operation->error ? operation->error : "an error without a text");
}

static void describe_rows(const struct written *written, char *text, size_t size)
{
    char times[48] = "";
    if (written->rows > 1)
        snprintf(times, sizeof(times), "%s%" PRId64 " times ", written->keys > 1 ? "one of them " : "",
            written->rows);
    if (written->keys > 1)
        snprintf(
            text, size, "%zu of its %zu rows are %sin the database", written->stored, written->keys, times);
    else
        snprintf(text, size, "its row is %s%sin the database", written->stored == 0 ? "not " : "", times);
}

// Says nothing where the answer was ok and each row is there once. The ledger is read when all is over.
static void say_ledger(struct telling *telling)
{
    const struct story_operation *operation = telling->operation;
    char rows[128], flaws[WRITE_FLAWS_SIZE];
    if (operation->written.keys == 0 || (operation->ok && operation->flaws == 0))
        return;
    describe_rows(&operation->written, rows, sizeof(rows));
    say_at(telling, telling->story->end_us,
        "the ledger, read at the end: %s, and the application was told %s%s%s", rows,
        operation->answered_us == ARROW_NEVER ? "nothing"
        : operation->ok                       ? "ok"
                                              : "an error",
        operation->flaws != 0 ? ": " : "", write_flaw_words(operation->flaws, flaws));
}

// What the application was told of an attempt before it sent the operation again.
static void say_attempts(struct telling *telling)
{
    size_t i;
    const json_t *event;
    const json_t *events = telling->operation->retried ? telling->story->events : NULL;
    json_array_foreach(events, i, event)
    {
        const char *name = json_string_value(json_object_get(event, "event"));
        if (name == NULL || strcmp(name, "op-failed") != 0 ||
            json_integer_value(json_object_get(event, "id")) != telling->operation->id)
            continue;
        const char *text = trace_error_text(event);
        say_at(telling, json_integer_value(json_object_get(event, "at_us")),
            "the application is told: %s; it sends the operation again",
            text != NULL ? text : "an error without a text");
    }
}

static int compare_lines(const void *left, const void *right)
{
    double a = strtod(json_string_value(*(json_t *const *)left) + 2, NULL);
    double b = strtod(json_string_value(*(json_t *const *)right) + 2, NULL);
    return (a > b) - (a < b);
}

// By their moment; what was said first of one moment stays first.
static json_t *sorted_lines(json_t *lines)
{
    size_t count = json_array_size(lines);
    json_t **items = calloc(count + 1, sizeof(json_t *)), *sorted = json_array();
    for (size_t i = 0; items != NULL && i < count; i++) {
        json_t *line = json_array_get(lines, i);
        size_t at = i;
        for (; at > 0 && compare_lines(&items[at - 1], &line) > 0; at--)
            items[at] = items[at - 1];
        items[at] = line;
    }
    for (size_t i = 0; items != NULL && i < count; i++)
        json_array_append(sorted, items[i]);
    free(items);
    json_decref(lines);
    return sorted;
}

json_t *story_words(const struct story *story, const struct story_operation *operation)
{
    bool answered = operation->answered_us != ARROW_NEVER;
    struct telling telling = {.story = story,
        .operation = operation,
        .until_us = answered ? operation->answered_us : story->end_us,
        .lines = json_array()};
    if (telling.lines == NULL)
        return NULL;
    if (operation->unsupported != NULL) {
        say_at(&telling, operation->sent_us, "%s %" PRId64 " is not sent: the adapter does not know `%s`",
            operation->name, operation->id, operation->unsupported);
        return telling.lines;
    }
    say_at(&telling, operation->sent_us, "%s %" PRId64 "%s%s is sent", operation->name, operation->id,
        operation->key ? " with key " : "", operation->key ? operation->key : "");
    say_attempts(&telling);
    say_faults(&telling);
    follow_arrows(&telling);
    for (size_t i = 0; i < telling.passages_count; i++) {
        say_earlier_end(&telling, &telling.passages[i]);
        say_opening(&telling, &telling.passages[i]);
        say_sent(&telling, &telling.passages[i]);
        say_loss(&telling, &telling.passages[i]);
        say_repeated(&telling, &telling.passages[i]);
        say_ends(&telling, &telling.passages[i]);
    }
    say_outcome(&telling);
    say_ledger(&telling);
    return sorted_lines(telling.lines);
}

bool story_operation_is_notable(const struct story_operation *operation)
{
    return !operation->ok || operation->retried || operation->flaws != 0 ||
           operation->answered_us == ARROW_NEVER ||
           operation->answered_us - operation->sent_us - operation->own_us >= NOTABLE_US;
}

// Members that a reader needs; the rest is told by other parts of the story.
char *story_event_words(const json_t *event)
{
    static const char *const shown[] = {"fault-hit", "path", "flow-forgotten", "subject-broken",
        "fault-failed", "failed", "rst-injected", "fin-injected", "backend-killed", "backend-terminated",
        "server-stopped", "server-started", "server-full", "socket-closed", "socket-destroyed",
        "process-frozen", "process-thawed", "program-timeout", "signal"};
    static const char *const members[] = {
        "what", "state", "to", "port", "pid", "address", "reason", "detail", "error", "signal"};
    const char *name = json_string_value(json_object_get(event, "event"));
    char *text = NULL, *longer;
    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
        if (strcmp(shown[i], name) == 0)
            text = strdup(name);
    for (size_t i = 0; text != NULL && i < sizeof(members) / sizeof(members[0]); i++) {
        json_t *value = json_object_get(event, members[i]);
        char *dumped = json_is_string(value) ? strdup(json_string_value(value))
                                             : json_dumps(value, JSON_ENCODE_ANY);
        if (value != NULL && dumped != NULL && asprintf(&longer, "%s %s %s", text, members[i], dumped) >= 0) {
            free(text);
            text = longer;
        }
        free(dumped);
    }
    return text;
}
