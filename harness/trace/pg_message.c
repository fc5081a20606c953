// https://www.postgresql.org/docs/current/protocol-message-formats.html
#include "trace/pg_message.h"

#include <stdio.h>
#include <string.h>

#define TYPED_HEADER   5
#define MESSAGE_MAX    (1U << 30)
#define CANCEL_REQUEST 80877102U

static uint32_t pg_number_at(const uint8_t *data)
{
    return (uint32_t)data[0] << 24 | (uint32_t)data[1] << 16 | (uint32_t)data[2] << 8 | data[3];
}

size_t pg_message_length(
    const struct pg_dialogue *dialogue, bool from_client, const uint8_t *data, size_t length)
{
    const size_t before = from_client && !dialogue->started ? 0 : 1;
    if (length < before + 4)
        return 0;
    uint32_t size = pg_number_at(data + before);
    return size >= 4 && size < MESSAGE_MAX && before + size <= length ? before + size : 0;
}

// The text at *data, up to its zero; moves *data behind it. NULL: it has no end.
static const char *pg_take_text(const uint8_t **data, const uint8_t *end)
{
    const uint8_t *text = *data, *zero = text < end ? memchr(text, 0, (size_t)(end - text)) : NULL;
    if (zero == NULL)
        return NULL;
    *data = zero + 1;
    return (const char *)text;
}

static void put_statement(char words[static PG_WORDS_SIZE], const char *statement)
{
    size_t used = 0;
    words[used++] = '`';
    for (; *statement != '\0' && used < PG_WORDS_SIZE - 5; statement++) {
        bool space = (unsigned char)*statement <= ' ';
        if (!space || words[used - 1] != ' ')
            words[used++] = *statement;
        if (space)
            words[used - 1] = ' ';
    }
    // No half character.
    while (*statement != '\0' && used > 1 && ((unsigned char)words[used - 1] & 0x80) != 0)
        used--;
    snprintf(words + used, PG_WORDS_SIZE - used, "%s`", *statement != '\0' ? "..." : "");
}

static struct pg_statement *statement_named(struct pg_dialogue *dialogue, const char *name)
{
    for (size_t i = dialogue->statements_count; i-- > 0;)
        if (strcmp(dialogue->statements[i].name, name) == 0)
            return &dialogue->statements[i];
    return NULL;
}

static void remember_statement(struct pg_dialogue *dialogue, const char *name, const char *words)
{
    struct pg_statement *statement = statement_named(dialogue, name);
    if (strlen(name) >= sizeof(statement->name))
        return;
    if (statement == NULL && dialogue->statements_count == PG_STATEMENTS_KEPT) {
        dialogue->statements_count--;
        memmove(dialogue->statements, dialogue->statements + 1,
            dialogue->statements_count * sizeof(*dialogue->statements));
    }
    if (statement == NULL)
        statement = &dialogue->statements[dialogue->statements_count++];
    snprintf(statement->name, sizeof(statement->name), "%s", name);
    snprintf(statement->text, sizeof(statement->text), "%s", words);
}

static void parse_words(struct pg_dialogue *dialogue, const uint8_t *data, const uint8_t *end, char *words)
{
    const char *name = pg_take_text(&data, end), *statement = name != NULL ? pg_take_text(&data, end) : NULL;
    if (statement == NULL)
        return;
    put_statement(words, statement);
    remember_statement(dialogue, name, words);
}

// One that is parsed in the same breath has been told.
static void bind_words(struct pg_dialogue *dialogue, const uint8_t *data, const uint8_t *end, char *words)
{
    const char *portal = pg_take_text(&data, end), *name = portal != NULL ? pg_take_text(&data, end) : NULL;
    const struct pg_statement *statement = name != NULL && *name != '\0' ? statement_named(dialogue, name)
                                                                         : NULL;
    if (statement != NULL)
        snprintf(words, PG_WORDS_SIZE, "%s", statement->text);
}

static void client_words(struct pg_dialogue *dialogue, const uint8_t *data, const uint8_t *end, char *words)
{
    const char *text;
    const uint8_t *body = data + TYPED_HEADER;
    switch (*data) {
    case 'Q':
        text = pg_take_text(&body, end);
        if (text != NULL)
            put_statement(words, text);
        return;
    case 'P': parse_words(dialogue, body, end, words); return;
    case 'B': bind_words(dialogue, body, end, words); return;
    case 'p': snprintf(words, PG_WORDS_SIZE, "password"); return;
    case 'X': snprintf(words, PG_WORDS_SIZE, "goodbye"); return;
    default: return;
    }
}

// Fields are a letter and a text each; M is the message.
static void error_words(const char *kind, const uint8_t *data, const uint8_t *end, char *words)
{
    while (data < end && *data != 0) {
        bool is_message = *data++ == 'M';
        const char *text = pg_take_text(&data, end);
        if (text == NULL)
            return;
        if (is_message) {
            snprintf(words, PG_WORDS_SIZE, "%s: %s", kind, text);
            return;
        }
    }
}

static void server_words(const uint8_t *data, const uint8_t *end, char *words)
{
    const char *tag;
    const uint8_t *body = data + TYPED_HEADER;
    switch (*data) {
    case 'C':
        tag = pg_take_text(&body, end);
        snprintf(words, PG_WORDS_SIZE, "done: %s", tag != NULL ? tag : "");
        return;
    case 'R':
        if (end - body >= 4)
            snprintf(words, PG_WORDS_SIZE, pg_number_at(body) == 0 ? "welcome" : "asks who it is");
        return;
    case 'E': error_words("error", body, end, words); return;
    case 'N': error_words("notice", body, end, words); return;
    case 'A': snprintf(words, PG_WORDS_SIZE, "notification"); return;
    default: return;
    }
}

void pg_message_words(struct pg_dialogue *dialogue, bool from_client, const uint8_t *data, size_t length,
    char words[static PG_WORDS_SIZE])
{
    *words = '\0';
    if (from_client && !dialogue->started) {
        bool cancels = length >= 8 && pg_number_at(data + 4) == CANCEL_REQUEST;
        dialogue->started = true;
        snprintf(words, PG_WORDS_SIZE, cancels ? "cancel request" : "startup");
    } else if (from_client)
        client_words(dialogue, data, data + length, words);
    else
        server_words(data, data + length, words);
}
