// A capture as pcapng (https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html): Wireshark shows
// names of hosts and sides, what was said inside TLS, and beside a packet what became of it. The stored
// capture stays as it is: its bytes are known by a digest.
#include "report/pcapng.h"

#include "contract/addresses.h"
#include "contract/cell_files.h"
#include "trace/capture_file.h"
#include "trace/packet.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum block {
    BLOCK_INTERFACE = 1,
    BLOCK_NAMES = 4,
    BLOCK_PACKET = 6,
    BLOCK_SECRETS = 10,
    BLOCK_SECTION = 0x0a0d0d0a
};
enum option { OPTION_END = 0, OPTION_COMMENT = 1, OPTION_NAME = 2, OPTION_RESOLUTION = 9 };
enum side { SIDE_APP, SIDE_DB, SIDES };

#define LINK_LINUX_SLL2 276
#define NANOSECONDS     9 // a power of ten
#define NAME_RECORD     1 // of an IPv4 address
#define BYTE_ORDER_MARK 0x1a2b3c4d
#define TLS_KEY_LOG     0x544c534b
#define UNKNOWN_LENGTH  UINT64_MAX
#define COMMENT_SIZE    256

struct pcapng {
    FILE *file;
    const struct story *story;
    size_t next_arrow, next_fault; // those before are over
};

// A block that grows, until it is written.
struct bytes {
    char *items;
    size_t length;
    FILE *file;
};

static bool bytes_open(struct bytes *bytes)
{
    *bytes = (struct bytes){0};
    bytes->file = open_memstream(&bytes->items, &bytes->length);
    return bytes->file != NULL;
}

static void put_bytes(struct bytes *bytes, const void *data, size_t length)
{
    static const char zeros[4] = {0};
    fwrite(data, 1, length, bytes->file);
    fwrite(zeros, 1, (4 - length % 4) % 4, bytes->file);
}

static void put_u32(struct bytes *bytes, uint32_t number)
{
    fwrite(&number, sizeof(number), 1, bytes->file);
}

static void put_u16_pair(struct bytes *bytes, uint16_t first, uint16_t second)
{
    fwrite(&first, sizeof(first), 1, bytes->file);
    fwrite(&second, sizeof(second), 1, bytes->file);
}

static void put_block_option(struct bytes *bytes, enum option option, const void *data, size_t length)
{
    put_u16_pair(bytes, (uint16_t)option, (uint16_t)length);
    put_bytes(bytes, data, length);
}

static void write_block(FILE *file, enum block type, struct bytes *bytes)
{
    uint32_t head[2] = {(uint32_t)type};
    fclose(bytes->file);
    head[1] = (uint32_t)bytes->length + (uint32_t)sizeof(head) + (uint32_t)sizeof(head[1]);
    fwrite(head, sizeof(head), 1, file);
    fwrite(bytes->items, 1, bytes->length, file);
    fwrite(&head[1], sizeof(head[1]), 1, file);
    free(bytes->items);
}

static void write_section(FILE *file)
{
    struct bytes bytes;
    const uint64_t length = UNKNOWN_LENGTH;
    if (!bytes_open(&bytes))
        return;
    put_u32(&bytes, BYTE_ORDER_MARK);
    put_u16_pair(&bytes, 1, 0);
    put_bytes(&bytes, &length, sizeof(length));
    write_block(file, BLOCK_SECTION, &bytes);
}

static void write_interface(FILE *file, const char *name)
{
    struct bytes bytes;
    const uint8_t resolution = NANOSECONDS;
    if (!bytes_open(&bytes))
        return;
    put_u16_pair(&bytes, LINK_LINUX_SLL2, 0);
    put_u32(&bytes, 0);
    put_block_option(&bytes, OPTION_NAME, name, strlen(name));
    put_block_option(&bytes, OPTION_RESOLUTION, &resolution, sizeof(resolution));
    put_block_option(&bytes, OPTION_END, "", 0);
    write_block(file, BLOCK_INTERFACE, &bytes);
}

static void write_names(FILE *file)
{
    static const struct {
        const char *address, *name;
    } hosts[] = {{LAB_APP_ADDRESS, "app"}, {LAB_APP_OTHER_ADDRESS, "app"}, {LAB_NAT_ADDRESS, "nat"},
        {LAB_DB_ADDRESS, "db"}, {LAB_DB_OTHER_ADDRESS, "db-other"}, {LAB_PROXY_ADDRESS, "proxy"}};
    struct bytes bytes;
    if (!bytes_open(&bytes))
        return;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        char record[64];
        const in_addr_t address = inet_addr(hosts[i].address);
        size_t name = strlen(hosts[i].name) + 1;
        memcpy(record, &address, sizeof(address));
        memcpy(record + sizeof(address), hosts[i].name, name);
        put_u16_pair(&bytes, NAME_RECORD, (uint16_t)(sizeof(address) + name));
        put_bytes(&bytes, record, sizeof(address) + name);
    }
    put_u16_pair(&bytes, 0, 0);
    write_block(file, BLOCK_NAMES, &bytes);
}

// Before the packets that are read with them. A run of before has none, and shows what it always did.
static bool write_secrets(FILE *file, const struct folder *folder, struct error *error)
{
    char *text = NULL;
    size_t room = 0;
    struct folder_file source;
    struct bytes bytes;
    if (!folder_has(folder, CELL_KEYS_FILE))
        return true;
    if (!folder_open_file(folder, CELL_KEYS_FILE, &source, ERROR_LAB, error))
        return false;
    ssize_t length = getdelim(&text, &room, '\0', source.stream);
    folder_close_file(&source);
    if (length > 0 && bytes_open(&bytes)) {
        put_u32(&bytes, TLS_KEY_LOG);
        put_u32(&bytes, (uint32_t)length);
        put_bytes(&bytes, text, (size_t)length);
        write_block(file, BLOCK_SECRETS, &bytes);
    }
    free(text);
    return true;
}

// The arrow that begins (or, forged, ends) with this packet. NULL: none does.
static const struct trace_arrow *arrow_at(
    struct pcapng *pcapng, int64_t at_us, const struct trace_packet *packet, bool leaving)
{
    const struct trace_arrows *arrows = &pcapng->story->arrows;
    uint64_t digest = trace_packet_digest(packet);
    while (
        pcapng->next_arrow < arrows->count && trace_arrow_at_us(&arrows->items[pcapng->next_arrow]) < at_us)
        pcapng->next_arrow++;
    for (size_t i = pcapng->next_arrow; i < arrows->count; i++) {
        const struct trace_arrow *arrow = &arrows->items[i];
        if (trace_arrow_at_us(arrow) > at_us)
            break;
        if (arrow->digest == digest && leaving == (arrow->entered_us == ARROW_NEVER))
            return arrow;
    }
    return NULL;
}

__attribute__((format(printf, 2, 3))) static void add_comment(
    char comment[static COMMENT_SIZE], const char *format, ...)
{
    size_t used = strlen(comment);
    va_list arguments;
    if (used > 0)
        used += (size_t)snprintf(comment + used, COMMENT_SIZE - used, "; ");
    va_start(arguments, format);
    if (used < COMMENT_SIZE)
        vsnprintf(comment + used, COMMENT_SIZE - used, format, arguments);
    va_end(arguments);
}

static const struct story_fault *fault_standing(const struct story *story, int64_t at_us)
{
    for (size_t i = story->faults_count; i-- > 0;) {
        const struct story_fault *fault = &story->faults[i];
        if (fault->applied_us <= at_us && (fault->reverted_us == ARROW_NEVER || fault->reverted_us >= at_us))
            return fault;
    }
    return NULL;
}

static void describe_packet(
    struct pcapng *pcapng, int64_t at_us, const struct trace_arrow *arrow, char *comment)
{
    const struct story *story = pcapng->story;
    for (; pcapng->next_fault < story->faults_count && story->faults[pcapng->next_fault].applied_us <= at_us;
        pcapng->next_fault++) {
        const struct story_fault *fault = &story->faults[pcapng->next_fault];
        add_comment(comment, "fault: %s %s, since t=%.3f s", fault->kind,
            fault->argument ? fault->argument : "", (double)fault->applied_us / 1e6);
    }
    if (!arrow)
        return;
    const struct story_fault *fault = fault_standing(story, at_us);
    if (trace_arrow_is_swallowed(arrow))
        add_comment(comment, "swallowed on the path%s%s", fault ? ": " : "", fault ? fault->kind : "");
    if (arrow->entered_us == ARROW_NEVER)
        add_comment(comment, "forged on the path%s%s", fault ? ": " : "", fault ? fault->kind : "");
    if (arrow->again)
        add_comment(comment, "a repetition");
    if (arrow->damaged)
        add_comment(comment, "damaged on the path");
}

static void write_packet(struct pcapng *pcapng, const struct capture_record *record)
{
    struct trace_packet packet;
    struct bytes bytes;
    char comment[COMMENT_SIZE] = "";
    bool tcp = trace_packet_parse(record->data, record->length, &packet);
    if (tcp) {
        int64_t at_us = record->at_ns / 1000 - pcapng->story->zero_us;
        describe_packet(pcapng, at_us, arrow_at(pcapng, at_us, &packet, packet.leaving), comment);
    }
    bool from_app = tcp && packet.destination_port == LAB_DB_PORT;
    // What the application sends enters on its side and leaves on the server's.
    enum side side = tcp && from_app == packet.leaving ? SIDE_DB : SIDE_APP;
    if (!bytes_open(&bytes))
        return;
    put_u32(&bytes, (uint32_t)side);
    put_u32(&bytes, (uint32_t)((uint64_t)record->at_ns >> 32));
    put_u32(&bytes, (uint32_t)record->at_ns);
    put_u32(&bytes, (uint32_t)record->length);
    put_u32(&bytes, (uint32_t)record->length);
    put_bytes(&bytes, record->data, record->length);
    if (*comment != '\0') {
        put_block_option(&bytes, OPTION_COMMENT, comment, strlen(comment));
        put_block_option(&bytes, OPTION_END, "", 0);
    }
    write_block(pcapng->file, BLOCK_PACKET, &bytes);
}

static bool write_packets(struct pcapng *pcapng, struct folder_file *source, struct error *error)
{
    struct capture_record record;
    enum capture_status status;
    struct capture_file *capture = capture_file_new(source, error);
    if (!capture)
        return false;
    while ((status = capture_file_next(capture, &record, error)) == CAPTURE_RECORD)
        write_packet(pcapng, &record);
    capture_file_free(capture);
    return status == CAPTURE_END;
}

bool why_print_pcapng(FILE *file, const struct story *story, const struct folder *folder, struct error *error)
{
    struct folder_file source;
    struct pcapng pcapng = {.file = file, .story = story};
    if (!folder_open_file(folder, CELL_CAPTURE_FILE, &source, ERROR_LAB, error))
        return false;
    write_section(file);
    write_interface(file, "app side");
    write_interface(file, "db side");
    write_names(file);
    bool whole = write_secrets(file, folder, error) && write_packets(&pcapng, &source, error);
    folder_close_file(&source);
    return whole;
}
