// The key log that the lab's server keeps (OpenSSL's form), and the opening of records of TLS 1.3 with it.
#ifndef HANGUP_TRACE_TLS_KEYS_H
#define HANGUP_TRACE_TLS_KEYS_H

#include "base/folder.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TLS_RANDOM_SIZE 32
#define TLS_SECRET_MAX  48

enum tls_secret_kind {
    TLS_CLIENT_HANDSHAKE,
    TLS_SERVER_HANDSHAKE,
    TLS_CLIENT_TRAFFIC,
    TLS_SERVER_TRAFFIC,
    TLS_SECRET_KINDS,
};

struct tls_secret {
    uint8_t random[TLS_RANDOM_SIZE]; // of the client's hello: it names the connection
    enum tls_secret_kind kind;
    uint8_t bytes[TLS_SECRET_MAX];
    size_t length;
};

struct tls_keys {
    struct tls_secret *items;
    size_t count;
};

// The key log in a cell's folder; empty where there is none, as of a run without TLS. Lines that it does not
// know are passed over. False: ERROR_LAB.
bool tls_keys_read_in(const struct folder *folder, struct tls_keys *keys, struct error *error) MUST_CHECK;
void tls_keys_free(struct tls_keys *keys);

// NULL: it is not known.
const struct tls_secret *tls_keys_find(
    const struct tls_keys *keys, const uint8_t random[static TLS_RANDOM_SIZE], enum tls_secret_kind kind);

// Opens a record, its header of five bytes included, that is the `number`-th (0, 1 ...) under `secret`.
// `plain` has room for what it holds. Its length, with the padding and the byte of its type; 0: the secret is
// not that of this record, or the cipher is none of TLS 1.3's.
size_t tls_open_record(const struct tls_secret *secret, unsigned cipher, uint64_t number,
    const uint8_t *record, size_t length, uint8_t *plain);

#endif
