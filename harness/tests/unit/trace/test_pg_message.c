// Messages of PostgreSQL in words, and the records of TLS 1.3 that hide them.
#include "trace/pg_message.h"
#include "trace/tls_keys.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

static struct pg_dialogue dialogue;

static int begin(void **state)
{
    (void)state;
    dialogue = (struct pg_dialogue){.started = true};
    return 0;
}

static void expect_words(bool from_client, const uint8_t *data, size_t length, const char *expected)
{
    char words[PG_WORDS_SIZE];
    assert_int_equal(pg_message_length(&dialogue, from_client, data, length), length);
    pg_message_words(&dialogue, from_client, data, length, words);
    assert_string_equal(words, expected);
}

static void what_a_client_asks(void **state)
{
    (void)state;
    expect_words(true, BYTES("Q\0\0\0\x0dSELECT 1\0"), "`SELECT 1`");
    expect_words(true, BYTES("Q\0\0\0\x0fSELECT\n\n 1\0"), "`SELECT 1`");
    expect_words(true, BYTES("P\0\0\0\x12s1\0COMMIT\0\0\0\0\0"), "`COMMIT`");
    expect_words(true, BYTES("B\0\0\0\x0e\0s1\0\0\0\0\0\0\0"), "`COMMIT`");
    expect_words(true, BYTES("B\0\0\0\x0c\0\0\0\0\0\0\0\0"), "");
    expect_words(true, BYTES("S\0\0\0\x04"), "");
    expect_words(true, BYTES("X\0\0\0\x04"), "goodbye");
}

static void what_a_server_answers(void **state)
{
    (void)state;
    expect_words(false,
        BYTES("C\0\0\0\x0b"
              "COMMIT\0"),
        "done: COMMIT");
    expect_words(false, BYTES("E\0\0\0\x18SFATAL\0C57P01\0Mbye\0\0"), "error: bye");
    expect_words(false, BYTES("R\0\0\0\x08\0\0\0\0"), "welcome");
    expect_words(false, BYTES("R\0\0\0\x08\0\0\0\x0a"), "asks who it is");
}

static void the_first_message_has_no_type(void **state)
{
    (void)state;
    dialogue.started = false;
    expect_words(true, BYTES("\0\0\0\x09\0\x03\0\0\0"), "startup");
    expect_words(true,
        BYTES("Q\0\0\0\x0a"
              "BEGIN\0"),
        "`BEGIN`");
}

static void what_is_not_whole_is_no_message(void **state)
{
    (void)state;
    static const char whole[] = "Q\0\0\0\x0dSELECT 1";
    for (size_t length = 0; length < sizeof(whole) - 1; length++)
        assert_int_equal(pg_message_length(&dialogue, true, (const uint8_t *)whole, length), 0);
    assert_int_equal(pg_message_length(&dialogue, true, BYTES("Q\0\0\0\x03xxxx")), 0);
    assert_int_equal(pg_message_length(&dialogue, true, BYTES("Q\xff\xff\xff\xffxxxx")), 0);
    // Texts and fields that do not end.
    expect_words(true,
        BYTES("Q\0\0\0\x08"
              "abcd"),
        "");
    expect_words(true,
        BYTES("P\0\0\0\x08"
              "abcd"),
        "");
    expect_words(false,
        BYTES("E\0\0\0\x08"
              "Mabc"),
        "");
    expect_words(false, BYTES("R\0\0\0\x05x"), "");
}

static void a_long_statement_is_cut(void **state)
{
    (void)state;
    uint8_t message[405] = {'Q', 0, 0, 1, 0x94};
    char words[PG_WORDS_SIZE];
    memset(message + 5, 'x', sizeof(message) - 6);
    pg_message_words(&dialogue, true, message, sizeof(message), words);
    assert_int_equal(strlen(words), PG_WORDS_SIZE - 1);
    assert_string_equal(words + strlen(words) - 5, "x...`");
}

// RFC 8448, section 3: the server's first record of application data.
static void a_record_of_the_rfc(void **state)
{
    (void)state;
    const struct tls_secret secret = {.kind = TLS_SERVER_TRAFFIC,
        .length = 32,
        .bytes = {0xa1, 0x1a, 0xf9, 0xf0, 0x55, 0x31, 0xf8, 0x56, 0xad, 0x47, 0x11, 0x6b, 0x45, 0xa9, 0x50,
            0x32, 0x82, 0x04, 0xb4, 0xf4, 0x4b, 0xfb, 0x6b, 0x3a, 0x4b, 0x4f, 0x1f, 0x3f, 0xcb, 0x63, 0x16,
            0x43}};
    static const uint8_t record[] = {0x17, 0x03, 0x03, 0x00, 0x43, 0x2e, 0x93, 0x7e, 0x11, 0xef, 0x4a, 0xc7,
        0x40, 0xe5, 0x38, 0xad, 0x36, 0x00, 0x5f, 0xc4, 0xa4, 0x69, 0x32, 0xfc, 0x32, 0x25, 0xd0, 0x5f, 0x82,
        0xaa, 0x1b, 0x36, 0xe3, 0x0e, 0xfa, 0xf9, 0x7d, 0x90, 0xe6, 0xdf, 0xfc, 0x60, 0x2d, 0xcb, 0x50, 0x1a,
        0x59, 0xa8, 0xfc, 0xc4, 0x9c, 0x4b, 0xf2, 0xe5, 0xf0, 0xa2, 0x1c, 0x00, 0x47, 0xc2, 0xab, 0xf3, 0x32,
        0x54, 0x0d, 0xd0, 0x32, 0xe1, 0x67, 0xc2, 0x95, 0x5d};
    uint8_t plain[sizeof(record)];
    assert_int_equal(tls_open_record(&secret, 0x1301, 1, record, sizeof(record), plain), 51);
    for (uint8_t i = 0; i < 50; i++)
        assert_int_equal(plain[i], i);
    assert_int_equal(plain[50], 23);
    assert_int_equal(tls_open_record(&secret, 0x1301, 0, record, sizeof(record), plain), 0);
    assert_int_equal(tls_open_record(&secret, 0xc02f, 1, record, sizeof(record), plain), 0);
    assert_int_equal(tls_open_record(&secret, 0x1301, 1, record, 21, plain), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_a_client_asks, begin),
        cmocka_unit_test_setup(what_a_server_answers, begin),
        cmocka_unit_test_setup(the_first_message_has_no_type, begin),
        cmocka_unit_test_setup(what_is_not_whole_is_no_message, begin),
        cmocka_unit_test_setup(a_long_statement_is_cut, begin),
        cmocka_unit_test_setup(a_record_of_the_rfc, begin),
    };
    return cmocka_run_group_tests_name("pg_message", tests, NULL, NULL);
}
