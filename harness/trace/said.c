// Follows each connection: its bytes in order, its TLS records, and the messages in them. As its sender sent
// them, so that what was swallowed on the way is read too.
#include "trace/said.h"

#include "base/array.h"
#include "contract/addresses.h"
#include "contract/cell_files.h"
#include "trace/capture_file.h"
#include "trace/packet.h"
#include "trace/pg_message.h"
#include "trace/tls_keys.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#define RECORD_HEADER   5
#define RECORD_MAX      (RECORD_HEADER + 16384 + 256)
#define TLS_ALERT       21
#define TLS_HANDSHAKE   22
#define TLS_APPLICATION 23
#define ALERT_SIZE      2
#define CLOSE_NOTIFY    0
#define CLIENT_HELLO    1
#define SERVER_HELLO    2
#define HELLO_RANDOM    (RECORD_HEADER + 4 + 2) // behind the handshake's header and the version
#define SSL_REQUEST     80877103U
#define WORDS_MAX       200 // of one packet

struct bytes {
    uint8_t *items;
    size_t count;
};

// One direction of a connection.
struct way {
    bool begun, lost; // lost: something is missing, and nothing behind it can be read
    uint32_t next;    // of TCP's sequence
    struct bytes wire, plain;
    uint32_t record_seq; // of the packet in which the record at the beginning of `wire` begins
    bool in_tls, has_traffic;
    uint64_t number; // of the next record under the key that is used
};

struct talk {
    uint16_t app_port;
    uint8_t random[TLS_RANDOM_SIZE];
    unsigned cipher;
    struct way ways[2]; // from app, from db
    struct pg_dialogue dialogue;
};

struct listener {
    struct said_list *list;
    struct tls_keys keys;
    struct talk **talks; // the latest of a port is the last
    size_t talks_count;
    uint8_t plain[RECORD_MAX]; // the record that is read
};

static bool append_bytes(struct bytes *bytes, const uint8_t *data, size_t length)
{
    uint8_t *grown = realloc(bytes->items, bytes->count + length + 1);
    if (grown == NULL)
        return false;
    bytes->items = grown;
    if (length > 0)
        memcpy(grown + bytes->count, data, length);
    bytes->count += length;
    return true;
}

static void drop_bytes(struct bytes *bytes, size_t length)
{
    bytes->count -= length;
    memmove(bytes->items, bytes->items + length, bytes->count);
}

static struct talk *new_talk(struct listener *listener, uint16_t app_port)
{
    struct talk **grown = array_grow(listener->talks, listener->talks_count, sizeof(*grown));
    struct talk *talk = grown != NULL ? calloc(1, sizeof(*talk)) : NULL;
    if (grown != NULL)
        listener->talks = grown;
    if (talk == NULL)
        return NULL;
    talk->app_port = app_port;
    grown[listener->talks_count++] = talk;
    return talk;
}

static struct talk *talk_of(const struct listener *listener, uint16_t app_port)
{
    for (size_t i = listener->talks_count; i-- > 0;)
        if (listener->talks[i]->app_port == app_port)
            return listener->talks[i];
    return NULL;
}

static bool keep_words(
    struct listener *listener, const struct talk *talk, bool to_db, uint32_t seq, const char *words)
{
    struct said_list *list = listener->list;
    struct said *last = list->count > 0 ? &list->items[list->count - 1] : NULL;
    if (last != NULL && last->app_port == talk->app_port && last->to_db == to_db && last->seq == seq) {
        char *more = NULL;
        if (strlen(last->words) + strlen(words) > WORDS_MAX)
            return true;
        if (asprintf(&more, "%s, %s", last->words, words) < 0)
            return false;
        free(last->words);
        last->words = more;
        return true;
    }
    struct said *grown = array_grow(list->items, list->count, sizeof(*grown));
    if (grown == NULL)
        return false;
    list->items = grown;
    grown[list->count] = (struct said){talk->app_port, to_db, seq, strdup(words)};
    return grown[list->count].words != NULL && ++list->count > 0;
}

static bool read_messages(struct listener *listener, struct talk *talk, bool to_db)
{
    struct way *way = &talk->ways[!to_db];
    size_t length, used = 0;
    bool good = true;
    while (good && (length = pg_message_length(
                        &talk->dialogue, to_db, way->plain.items + used, way->plain.count - used)) > 0) {
        char words[PG_WORDS_SIZE];
        pg_message_words(&talk->dialogue, to_db, way->plain.items + used, length, words);
        good = *words == '\0' || keep_words(listener, talk, to_db, way->record_seq, words);
        used += length;
    }
    drop_bytes(&way->plain, used);
    return good;
}

static void read_hello(struct talk *talk, bool to_db, const uint8_t *record, size_t length)
{
    const size_t session = HELLO_RANDOM + TLS_RANDOM_SIZE;
    if (length <= session || record[RECORD_HEADER] != (to_db ? CLIENT_HELLO : SERVER_HELLO))
        return;
    const size_t cipher = session + 1 + record[session];
    if (to_db)
        memcpy(talk->random, record + HELLO_RANDOM, TLS_RANDOM_SIZE);
    else if (cipher + 2 <= length)
        talk->cipher = (unsigned)record[cipher] << 8 | record[cipher + 1];
}

// The handshake's key opens no record any more once the other is used.
static size_t open_record(struct listener *listener, struct talk *talk, bool to_db, size_t length)
{
    struct way *way = &talk->ways[!to_db];
    const enum tls_secret_kind handshake = to_db ? TLS_CLIENT_HANDSHAKE : TLS_SERVER_HANDSHAKE;
    const enum tls_secret_kind traffic = to_db ? TLS_CLIENT_TRAFFIC : TLS_SERVER_TRAFFIC;
    for (;;) {
        const struct tls_secret *secret = tls_keys_find(
            &listener->keys, talk->random, way->has_traffic ? traffic : handshake);
        size_t got = secret != NULL ? tls_open_record(secret, talk->cipher, way->number, way->wire.items,
                                          length, listener->plain)
                                    : 0;
        if (got > 0 || way->has_traffic) {
            way->number++;
            return got;
        }
        way->has_traffic = true;
        way->number = 0;
    }
}

static bool read_tls_record(struct listener *listener, struct talk *talk, bool to_db, size_t length)
{
    const uint8_t *plain = listener->plain;
    struct way *way = &talk->ways[!to_db];
    if (way->wire.items[0] == TLS_HANDSHAKE)
        read_hello(talk, to_db, way->wire.items, length);
    if (way->wire.items[0] != TLS_APPLICATION)
        return true;
    size_t got = open_record(listener, talk, to_db, length);
    while (got > 0 && plain[got - 1] == 0)
        got--; // padding
    if (got == ALERT_SIZE + 1 && plain[ALERT_SIZE] == TLS_ALERT && plain[1] == CLOSE_NOTIFY)
        return keep_words(listener, talk, to_db, way->record_seq, "close_notify");
    if (got == 0 || plain[got - 1] != TLS_APPLICATION)
        return true;
    return append_bytes(&way->plain, plain, got - 1) && read_messages(listener, talk, to_db);
}

// Before TLS a client asks for it, and the server says yes by one byte. Who begins with TLS at once, does.
static void pass_ssl_request(struct way *way, bool to_db)
{
    uint32_t code;
    if (way->wire.count == 0 || (to_db && way->wire.count < 8))
        return;
    way->in_tls = true;
    if (!to_db && way->wire.items[0] == 'S')
        drop_bytes(&way->wire, 1);
    if (!to_db)
        return;
    memcpy(&code, way->wire.items + 4, sizeof(code));
    if (ntohl(code) == SSL_REQUEST)
        drop_bytes(&way->wire, 8);
}

static bool read_records(struct listener *listener, struct talk *talk, bool to_db, uint32_t seq)
{
    struct way *way = &talk->ways[!to_db];
    if (!way->in_tls)
        pass_ssl_request(way, to_db);
    while (way->in_tls && way->wire.count >= RECORD_HEADER) {
        size_t length = RECORD_HEADER + ((size_t)way->wire.items[3] << 8 | way->wire.items[4]);
        way->lost = way->lost || way->wire.items[1] != 3 || length > RECORD_MAX;
        if (way->lost || length > way->wire.count)
            break;
        if (!read_tls_record(listener, talk, to_db, length))
            return false;
        drop_bytes(&way->wire, length);
        way->record_seq = seq;
    }
    return true;
}

static bool hear_data(struct listener *listener, struct talk *talk, bool to_db,
    const struct trace_packet *packet, const uint8_t *payload)
{
    struct way *way = &talk->ways[!to_db];
    const int32_t known = (int32_t)(way->next - packet->seq); // bytes of it that were read before
    if (!way->begun || known < 0)
        way->lost = true;
    if (way->lost || known >= (int32_t)packet->payload_length)
        return true;
    if (way->wire.count == 0)
        way->record_seq = packet->seq;
    way->next = packet->seq + packet->payload_length;
    return append_bytes(&way->wire, payload + known, packet->payload_length - (uint32_t)known) &&
           read_records(listener, talk, to_db, packet->seq);
}

static bool hear(struct listener *listener, const struct capture_record *record)
{
    struct trace_packet packet;
    if (!trace_packet_parse(record->data, record->length, &packet) || packet.leaving)
        return true;
    const bool to_db = packet.destination_port == LAB_DB_PORT &&
                       packet.source == ntohl(inet_addr(LAB_APP_ADDRESS));
    const uint16_t app_port = to_db ? packet.source_port : packet.destination_port;
    struct talk *talk = talk_of(listener, app_port);
    if ((packet.flags & TH_SYN) != 0) {
        const bool repeats = talk != NULL && talk->ways[!to_db].begun &&
                             talk->ways[!to_db].next == packet.seq + 1;
        if (to_db && !repeats && (talk = new_talk(listener, app_port)) == NULL)
            return false;
        if (talk != NULL && !talk->ways[!to_db].begun)
            talk->ways[!to_db] = (struct way){.begun = true, .next = packet.seq + 1};
        return true;
    }
    if (talk == NULL || packet.payload_length == 0 || packet.payload_length > packet.ip_bytes)
        return true;
    return hear_data(listener, talk, to_db, &packet, packet.ip + packet.ip_bytes - packet.payload_length);
}

static bool hear_all(struct listener *listener, struct folder_file *source, struct error *error)
{
    struct capture_record record;
    enum capture_status status;
    struct capture_file *capture = capture_file_new(source, error);
    if (capture == NULL)
        return false;
    bool room = true;
    while (room && (status = capture_file_next(capture, &record, error)) == CAPTURE_RECORD)
        room = hear(listener, &record);
    capture_file_free(capture);
    return room ? status == CAPTURE_END : error_set(error, ERROR_LAB, "out of memory");
}

static void free_listener(struct listener *listener)
{
    for (size_t i = 0; i < listener->talks_count; i++) {
        for (size_t j = 0; j < 2; j++) {
            free(listener->talks[i]->ways[j].wire.items);
            free(listener->talks[i]->ways[j].plain.items);
        }
        free(listener->talks[i]);
    }
    free(listener->talks);
    tls_keys_free(&listener->keys);
}

static int compare_said(const void *left, const void *right)
{
    const struct said *a = left, *b = right;
    if (a->app_port != b->app_port)
        return a->app_port < b->app_port ? -1 : 1;
    if (a->to_db != b->to_db)
        return a->to_db ? -1 : 1;
    return (a->seq > b->seq) - (a->seq < b->seq);
}

bool said_read_in(const struct folder *folder, struct said_list *list, struct error *error)
{
    struct listener listener = {.list = list};
    struct folder_file source;
    *list = (struct said_list){0};
    if (!tls_keys_read_in(folder, &listener.keys, error))
        return false;
    bool good = listener.keys.count == 0;
    if (!good && folder_open_file(folder, CELL_CAPTURE_FILE, &source, ERROR_LAB, error)) {
        good = hear_all(&listener, &source, error);
        folder_close_file(&source);
    }
    free_listener(&listener);
    if (good && list->count > 0)
        qsort(list->items, list->count, sizeof(*list->items), compare_said);
    if (!good)
        said_free(list);
    return good;
}

void said_free(struct said_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].words);
    free(list->items);
    *list = (struct said_list){0};
}

const char *said_by(const struct said_list *list, const struct trace_arrow *arrow)
{
    const struct said wanted = {.app_port = arrow->app_port, .to_db = arrow->to_db, .seq = arrow->seq};
    const struct said *found = NULL;
    if (arrow->length > 0 && list->count > 0)
        found = bsearch(&wanted, list->items, list->count, sizeof(wanted), compare_said);
    return found != NULL ? found->words : NULL;
}
