// Where two traces part: in the middle, at the end, or nowhere.
#include "result/difference.h"

#include "base/directory.h"
#include "contract/cell_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LINK   20 // bytes of an SLL2 header
#define PACKET (LINK + 40)

static char root[] = "/tmp/hangup-difference-XXXXXX";
static struct folder folders[2];

static int make_folders(void **state)
{
    struct folder top;
    struct error error = {0};
    (void)state;
    assert_non_null(mkdtemp(root));
    assert_true(folder_open(&top, root, ERROR_LAB, &error));
    assert_true(folder_enter_new(&top, "stored", &folders[0], &error));
    assert_true(folder_enter_new(&top, "now", &folders[1], &error));
    folder_close(&top);
    return 0;
}

static int remove_folders(void **state)
{
    (void)state;
    folder_close(&folders[0]);
    folder_close(&folders[1]);
    folder_remove(root);
    return 0;
}

static void keep(size_t nth, const char *name, const void *bytes, size_t length)
{
    struct error error = {0};
    assert_true(folder_write_file(&folders[nth], name, bytes, length, &error));
}

static void events_tell(const char *stored, const char *now, const char *expected)
{
    char *said = NULL;
    size_t size;
    struct error error = {0};
    keep(0, CELL_EVENTS_FILE, stored, strlen(stored));
    keep(1, CELL_EVENTS_FILE, now, strlen(now));
    FILE *file = open_memstream(&said, &size);
    assert_true(difference_of_events(&folders[0], &folders[1], file, &error));
    fclose(file);
    assert_string_equal(said, expected);
    free(said);
}

static void test_events(void **state)
{
    (void)state;
    events_tell("a\nb\n", "a\nb\n", "");
    events_tell("a\nb\nc\n", "a\nx\nc\n",
        "the first event that differs is in line 2 of events.jsonl:\n  stored  b\n  now     x\n");
    events_tell("a\n", "a\nb\n",
        "the first event that differs is in line 2 of events.jsonl:\n  stored  nothing more\n  now     b\n");
}

// A capture of TCP packets from db, with these numbers in their sequence field.
static size_t write_capture(uint8_t *bytes, const uint8_t *numbers, size_t count)
{
    const uint32_t header[] = {0xa1b23c4d, 0x00040002, 0, 0, 65535, 276};
    memcpy(bytes, header, sizeof(header));
    size_t length = sizeof(header);
    for (size_t i = 0; i < count; i++) {
        const uint32_t record[] = {100 + (uint32_t)i, 5, PACKET, PACKET};
        uint8_t packet[PACKET] = {0x08, 0x00};
        packet[10] = 4; // outgoing
        packet[LINK] = 0x45;
        packet[LINK + 3] = 40;
        packet[LINK + 9] = 6;
        packet[LINK + 20] = 5432 >> 8;
        packet[LINK + 21] = 5432 & 0xff;
        packet[LINK + 23] = 9;
        packet[LINK + 27] = numbers[i];
        packet[LINK + 32] = 0x50;
        packet[LINK + 33] = 0x10; // ACK
        memcpy(bytes + length, record, sizeof(record));
        memcpy(bytes + length + sizeof(record), packet, sizeof(packet));
        length += sizeof(record) + sizeof(packet);
    }
    return length;
}

static void test_packets(void **state)
{
    static const uint8_t stored[] = {1, 2, 3}, now[] = {1, 7};
    static uint8_t bytes[1024];
    char *said = NULL;
    size_t size;
    struct error error = {0};
    (void)state;
    keep(0, CELL_CAPTURE_FILE, bytes, write_capture(bytes, stored, 3));
    keep(1, CELL_CAPTURE_FILE, bytes, write_capture(bytes, now, 2));
    FILE *file = open_memstream(&said, &size);
    assert_true(difference_of_packets(&folders[0], &folders[1], 100000000, file, &error));
    fclose(file);
    assert_string_equal(said, "the first packet that differs is number 2 of capture.pcap:\n"
                              "  stored  1.000000005 s  left to app, port 9 ACK, seq 2, ack 0, 0 bytes\n"
                              "  now     1.000000005 s  left to app, port 9 ACK, seq 7, ack 0, 0 bytes\n");
    free(said);
}

static void test_packets_that_are_the_same(void **state)
{
    static const uint8_t numbers[] = {1, 2};
    static uint8_t bytes[1024];
    char *said = NULL;
    size_t size;
    struct error error = {0};
    (void)state;
    keep(0, CELL_CAPTURE_FILE, bytes, write_capture(bytes, numbers, 2));
    keep(1, CELL_CAPTURE_FILE, bytes, write_capture(bytes, numbers, 2));
    FILE *file = open_memstream(&said, &size);
    assert_true(difference_of_packets(&folders[0], &folders[1], 0, file, &error));
    fclose(file);
    assert_string_equal(said, "");
    free(said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_packets),
        cmocka_unit_test(test_packets_that_are_the_same),
    };
    return cmocka_run_group_tests(tests, make_folders, remove_folders);
}
