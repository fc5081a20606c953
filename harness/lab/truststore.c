// One entry, a trusted certificate: big-endian numbers, texts with their length, and a digest over all of it.
#include "lab/truststore.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JKS_MAGIC           0xfeedfeedU
#define JKS_VERSION         2
#define TRUSTED_CERTIFICATE 2
#define PASSWORD            "changeit"
#define SALT                "Mighty Aphrodite" // what the digest begins with, behind the password in UTF-16

static void put_number(FILE *file, uint32_t number, int bytes)
{
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
        fputc((int)(number >> shift & 0xff), file);
}

static void put_name(FILE *file, const char *name)
{
    put_number(file, (uint32_t)strlen(name), 2);
    fputs(name, file);
}

static void put_entry(FILE *file, const unsigned char *certificate, size_t length)
{
    put_number(file, JKS_MAGIC, 4);
    put_number(file, JKS_VERSION, 4);
    put_number(file, 1, 4);
    put_number(file, TRUSTED_CERTIFICATE, 4);
    put_name(file, "hangup");
    put_number(file, 0, 4); // when it was added, in eight bytes: always the same
    put_number(file, 0, 4);
    put_name(file, "X.509");
    put_number(file, (uint32_t)length, 4);
    fwrite(certificate, 1, length, file);
}

static bool digest_store(
    const char *entries, size_t length, unsigned char digest[static EVP_MAX_MD_SIZE], unsigned *size)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = context != NULL && EVP_DigestInit_ex(context, EVP_sha1(), NULL) == 1;
    for (const char *letter = PASSWORD; good && *letter != '\0'; letter++)
        good = EVP_DigestUpdate(context, (const char[]){0, *letter}, 2) == 1;
    good = good && EVP_DigestUpdate(context, SALT, strlen(SALT)) == 1 &&
           EVP_DigestUpdate(context, entries, length) == 1 && EVP_DigestFinal_ex(context, digest, size) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

// Of the first certificate in the file; the caller frees it. -1: there is none.
static int read_certificate(const char *authority, unsigned char **bytes)
{
    FILE *file = fopen(authority, "re");
    X509 *certificate = file == NULL ? NULL : PEM_read_X509(file, NULL, NULL, NULL);
    *bytes = NULL;
    int length = certificate == NULL ? -1 : i2d_X509(certificate, bytes);
    X509_free(certificate);
    if (file != NULL)
        fclose(file);
    return length;
}

static bool write_store(const char *path, const char *entries, size_t length)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    FILE *file = digest_store(entries, length, digest, &size) ? fopen(path, "wxe") : NULL;
    bool written = file != NULL && fwrite(entries, 1, length, file) == length &&
                   fwrite(digest, 1, size, file) == size;
    if (file != NULL)
        written = fclose(file) == 0 && written;
    return written;
}

bool lab_truststore_write(const char *authority, const char *store, struct error *error)
{
    unsigned char *certificate;
    char *entries = NULL;
    size_t size = 0;
    int length = read_certificate(authority, &certificate);
    FILE *memory = length > 0 ? open_memstream(&entries, &size) : NULL;
    if (memory != NULL)
        put_entry(memory, certificate, (size_t)length);
    bool written = memory != NULL && fclose(memory) == 0 && write_store(store, entries, size);
    OPENSSL_free(certificate);
    free(entries);
    return written || error_set(error, ERROR_LAB, "%s: cannot be made of %s", store, authority);
}
