// RFC 8446: the keys of 7.3, the records of 5.2.
#include "trace/tls_keys.h"

#include "base/array.h"
#include "contract/cell_files.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORD_HEADER 5
#define TAG_SIZE      16
#define NONCE_SIZE    12

static const char *const secret_labels[TLS_SECRET_KINDS] = {
    [TLS_CLIENT_HANDSHAKE] = "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
    [TLS_SERVER_HANDSHAKE] = "SERVER_HANDSHAKE_TRAFFIC_SECRET",
    [TLS_CLIENT_TRAFFIC] = "CLIENT_TRAFFIC_SECRET_0",
    [TLS_SERVER_TRAFFIC] = "SERVER_TRAFFIC_SECRET_0",
};

static int hex_digit(char character)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = character != '\0' ? strchr(digits, character) : NULL;
    return found != NULL ? (int)(found - digits) : -1;
}

// How many bytes `text` begins with, at most `room`.
static size_t read_hex(const char *text, uint8_t *bytes, size_t room)
{
    size_t count = 0;
    while (count < room) {
        int high = hex_digit(text[2 * count]), low = high < 0 ? -1 : hex_digit(text[2 * count + 1]);
        if (low < 0)
            break;
        bytes[count++] = (uint8_t)(high << 4 | low);
    }
    return count;
}

static bool parse_key_line(const char *line, struct tls_secret *secret)
{
    size_t kind = 0, label = strcspn(line, " ");
    while (kind < TLS_SECRET_KINDS &&
           (strlen(secret_labels[kind]) != label || strncmp(line, secret_labels[kind], label) != 0))
        kind++;
    if (kind == TLS_SECRET_KINDS || line[label] != ' ')
        return false;
    const char *random = line + label + 1;
    secret->kind = (enum tls_secret_kind)kind;
    if (read_hex(random, secret->random, TLS_RANDOM_SIZE) != TLS_RANDOM_SIZE ||
        random[2 * TLS_RANDOM_SIZE] != ' ')
        return false;
    secret->length = read_hex(random + 2 * TLS_RANDOM_SIZE + 1, secret->bytes, TLS_SECRET_MAX);
    return secret->length > 0;
}

bool tls_keys_read_in(const struct folder *folder, struct tls_keys *keys, struct error *error)
{
    struct folder_file file;
    char *line = NULL;
    size_t room = 0;
    bool good = true;
    *keys = (struct tls_keys){0};
    if (!folder_has(folder, CELL_KEYS_FILE))
        return true;
    if (!folder_open_file(folder, CELL_KEYS_FILE, &file, ERROR_LAB, error))
        return false;
    while (good && getline(&line, &room, file.stream) >= 0) {
        struct tls_secret secret = {.length = 0};
        if (!parse_key_line(line, &secret))
            continue;
        struct tls_secret *grown = array_grow(keys->items, keys->count, sizeof(*grown));
        if (grown != NULL) {
            keys->items = grown;
            grown[keys->count++] = secret;
        } else
            good = error_set(error, ERROR_LAB, "out of memory");
    }
    free(line);
    folder_close_file(&file);
    if (!good)
        tls_keys_free(keys);
    return good;
}

void tls_keys_free(struct tls_keys *keys)
{
    free(keys->items);
    *keys = (struct tls_keys){0};
}

const struct tls_secret *tls_keys_find(
    const struct tls_keys *keys, const uint8_t random[static TLS_RANDOM_SIZE], enum tls_secret_kind kind)
{
    for (size_t i = 0; i < keys->count; i++)
        if (keys->items[i].kind == kind && memcmp(keys->items[i].random, random, TLS_RANDOM_SIZE) == 0)
            return &keys->items[i];
    return NULL;
}

struct suite {
    unsigned id;
    const EVP_CIPHER *(*cipher)(void);
    const EVP_MD *(*hash)(void);
    size_t key_size;
};

static const struct suite suites[] = {
    {0x1301, EVP_aes_128_gcm, EVP_sha256, 16},
    {0x1302, EVP_aes_256_gcm, EVP_sha384, 32},
    {0x1303, EVP_chacha20_poly1305, EVP_sha256, 32},
};

// HKDF-Expand-Label without a context, for no more than one block of the hash.
static bool expand_label(const struct tls_secret *secret, const struct suite *suite, const char *label,
    uint8_t *key, size_t length)
{
    uint8_t info[32], block[EVP_MAX_MD_SIZE];
    unsigned block_size = 0;
    int used = snprintf((char *)info, sizeof(info), "%c%c%ctls13 %s", 0, (char)length,
        (char)(strlen("tls13 ") + strlen(label)), label);
    info[used] = 0;     // the context's length
    info[used + 1] = 1; // the block's number
    if (HMAC(suite->hash(), secret->bytes, (int)secret->length, info, (size_t)used + 2, block, &block_size) ==
            NULL ||
        block_size < length)
        return false;
    memcpy(key, block, length);
    return true;
}

static bool open_sealed(const struct suite *suite, const uint8_t *key, const uint8_t *nonce,
    const uint8_t *record, size_t length, uint8_t *plain)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    uint8_t tag[TAG_SIZE];
    int got, sealed = (int)(length - RECORD_HEADER - TAG_SIZE);
    memcpy(tag, record + length - TAG_SIZE, TAG_SIZE);
    bool opened = context != NULL && EVP_DecryptInit_ex(context, suite->cipher(), NULL, key, nonce) == 1 &&
                  EVP_DecryptUpdate(context, NULL, &got, record, RECORD_HEADER) == 1 &&
                  EVP_DecryptUpdate(context, plain, &got, record + RECORD_HEADER, sealed) == 1 &&
                  EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, TAG_SIZE, tag) == 1 &&
                  EVP_DecryptFinal_ex(context, plain + got, &got) == 1;
    EVP_CIPHER_CTX_free(context);
    return opened;
}

size_t tls_open_record(const struct tls_secret *secret, unsigned cipher, uint64_t number,
    const uint8_t *record, size_t length, uint8_t *plain)
{
    const struct suite *suite = NULL;
    uint8_t key[32], nonce[NONCE_SIZE];
    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++)
        if (suites[i].id == cipher)
            suite = &suites[i];
    if (suite == NULL || length <= RECORD_HEADER + TAG_SIZE ||
        !expand_label(secret, suite, "key", key, suite->key_size) ||
        !expand_label(secret, suite, "iv", nonce, sizeof(nonce)))
        return 0;
    for (size_t i = 0; i < sizeof(number); i++)
        nonce[NONCE_SIZE - 1 - i] ^= (uint8_t)(number >> (8 * i));
    return open_sealed(suite, key, nonce, record, length, plain) ? length - RECORD_HEADER - TAG_SIZE : 0;
}
