// Two files are read in step, until they part.
#include "result/difference.h"

#include "base/duration.h"
#include "base/text.h"
#include "contract/addresses.h"
#include "contract/cell_files.h"
#include "trace/capture_file.h"
#include "trace/packet.h"

#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 300 // bytes of an event
#define NS_PER_US 1000

struct both {
    struct folder_file stored, again;
};

static bool open_both(const struct folder *stored, const struct folder *again, const char *name,
    struct both *both, struct error *error)
{
    if (!folder_open_file(stored, name, &both->stored, ERROR_INPUT, error))
        return false;
    if (folder_open_file(again, name, &both->again, ERROR_LAB, error))
        return true;
    folder_close_file(&both->stored);
    return false;
}

static void close_both(struct both *both)
{
    folder_close_file(&both->stored);
    folder_close_file(&both->again);
}

// NULL: the end.
static void print_side(FILE *file, const char *side, const char *text)
{
    char *line = text != NULL ? text_one_line(text) : NULL;
    if (line != NULL && strlen(line) > SHOWN_MAX)
        memcpy(line + SHOWN_MAX, "...", strlen("...") + 1);
    fprintf(file, "  %-6s  %s\n", side, text == NULL ? "nothing more" : line != NULL ? line : "");
    free(line);
}

bool difference_of_events(
    const struct folder *stored, const struct folder *again, FILE *file, struct error *error)
{
    struct both both;
    char *first = NULL, *second = NULL;
    size_t first_size = 0, second_size = 0, line = 0;
    bool more[2] = {true, true}, same = true;
    if (!open_both(stored, again, CELL_EVENTS_FILE, &both, error))
        return false;
    while (same && more[0]) {
        line++;
        more[0] = getline(&first, &first_size, both.stored.stream) > 0;
        more[1] = getline(&second, &second_size, both.again.stream) > 0;
        same = more[0] == more[1] && (!more[0] || strcmp(first, second) == 0);
    }
    if (!same) {
        fprintf(file, "the first event that differs is in line %zu of " CELL_EVENTS_FILE ":\n", line);
        print_side(file, "stored", more[0] ? first : NULL);
        print_side(file, "now", more[1] ? second : NULL);
    }
    free(first);
    free(second);
    close_both(&both);
    return true;
}

static void print_flags(FILE *file, uint8_t flags)
{
    static const struct {
        uint8_t flag;
        const char *name;
    } names[] = {{TH_SYN, " SYN"}, {TH_FIN, " FIN"}, {TH_RST, " RST"}, {TH_ACK, " ACK"}};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (flags & names[i].flag)
            fputs(names[i].name, file);
}

static void print_packet(FILE *file, const char *side, const struct capture_record *record, int64_t zero_us)
{
    struct trace_packet packet;
    if (record == NULL) {
        print_side(file, side, NULL);
        return;
    }
    const int64_t at_ns = record->at_ns - zero_us * NS_PER_US;
    fprintf(file, "  %-6s  %.9f s  ", side, (double)at_ns / ((double)US_PER_S * NS_PER_US));
    if (!trace_packet_parse(record->data, record->length, &packet)) {
        fprintf(file, "%zu bytes that are not TCP\n", record->length);
        return;
    }
    const bool to_db = packet.destination_port == LAB_DB_PORT;
    fprintf(file, "%s to %s, port %u", packet.leaving ? "left" : "entered", to_db ? "db" : "app",
        (unsigned)(to_db ? packet.source_port : packet.destination_port));
    print_flags(file, packet.flags);
    fprintf(file, ", seq %u, ack %u, %u bytes\n", packet.seq, packet.ack, packet.payload_length);
}

static bool is_same_record(const struct capture_record *a, const struct capture_record *b)
{
    return a->at_ns == b->at_ns && a->length == b->length && memcmp(a->data, b->data, a->length) == 0;
}

static bool compare_captures(
    struct capture_file *first, struct capture_file *second, int64_t zero_us, FILE *file, struct error *error)
{
    struct capture_record stored, again;
    for (size_t number = 1;; number++) {
        const enum capture_status one = capture_file_next(first, &stored, error),
                                  other = capture_file_next(second, &again, error);
        if (one == CAPTURE_BROKEN || other == CAPTURE_BROKEN)
            return false;
        const bool ended = one == CAPTURE_END && other == CAPTURE_END;
        if (ended)
            return true;
        if (one == other && is_same_record(&stored, &again))
            continue;
        fprintf(file, "the first packet that differs is number %zu of " CELL_CAPTURE_FILE ":\n", number);
        print_packet(file, "stored", one == CAPTURE_RECORD ? &stored : NULL, zero_us);
        print_packet(file, "now", other == CAPTURE_RECORD ? &again : NULL, zero_us);
        return true;
    }
}

bool difference_of_packets(
    const struct folder *stored, const struct folder *again, int64_t zero_us, FILE *file, struct error *error)
{
    struct both both;
    if (!open_both(stored, again, CELL_CAPTURE_FILE, &both, error))
        return false;
    struct capture_file *first = capture_file_new(&both.stored, error),
                        *second = first != NULL ? capture_file_new(&both.again, error) : NULL;
    bool compared = second != NULL && compare_captures(first, second, zero_us, file, error);
    capture_file_free(first);
    capture_file_free(second);
    close_both(&both);
    return compared;
}
