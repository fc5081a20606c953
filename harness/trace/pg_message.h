// Messages of PostgreSQL's protocol in words: what a client asks and what the server answers.
#ifndef HANGUP_TRACE_PG_MESSAGE_H
#define HANGUP_TRACE_PG_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PG_WORDS_SIZE      96
#define PG_STATEMENTS_KEPT 64 // prepared ones of a connection, the latest

// What a connection has said so far.
struct pg_dialogue {
    struct pg_statement {
        char name[32], text[PG_WORDS_SIZE];
    } statements[PG_STATEMENTS_KEPT];
    size_t statements_count;
    bool started; // the startup message, which has no type, is over
};

// How long the message is that `data` begins with; 0: it is not whole, or no message.
size_t pg_message_length(
    const struct pg_dialogue *dialogue, bool from_client, const uint8_t *data, size_t length);

// One whole message. "": nothing that is worth a word beside others (Sync, a parameter). Statements in
// backquotes and on one line.
void pg_message_words(struct pg_dialogue *dialogue, bool from_client, const uint8_t *data, size_t length,
    char words[static PG_WORDS_SIZE]);

#endif
