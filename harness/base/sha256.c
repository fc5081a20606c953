// SHA-256 through OpenSSL.
#include "base/sha256.h"

#include "base/stored_file.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

static void finish(EVP_MD_CTX *context, char digest[static DIGEST_TEXT_SIZE])
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_DigestFinal_ex(context, bytes, &length);
    for (unsigned i = 0; i < length; i++)
        snprintf(digest + 2 * (size_t)i, 3, "%02x", bytes[i]);
}

static EVP_MD_CTX *start(void)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_DigestInit_ex(context, EVP_sha256(), NULL);
    return context;
}

void digest_text(const char *text, char digest[static DIGEST_TEXT_SIZE])
{
    EVP_MD_CTX *context = start();
    EVP_DigestUpdate(context, text, strlen(text));
    finish(context, digest);
    EVP_MD_CTX_free(context);
}

// Takes over `file`.
static bool digest_stream(FILE *file, char digest[static DIGEST_TEXT_SIZE])
{
    digest[0] = '\0';
    if (file == NULL)
        return false;
    EVP_MD_CTX *context = start();
    unsigned char block[1 << 16];
    for (size_t length; (length = fread(block, 1, sizeof(block), file)) > 0;)
        EVP_DigestUpdate(context, block, length);
    bool whole = ferror(file) == 0;
    if (whole)
        finish(context, digest);
    EVP_MD_CTX_free(context);
    fclose(file);
    return whole;
}

bool digest_file(const char *path, char digest[static DIGEST_TEXT_SIZE])
{
    return digest_stream(fopen(path, "re"), digest);
}

bool digest_stored(const char *path, char digest[static DIGEST_TEXT_SIZE])
{
    struct error unread; // then it has no digest
    return digest_stream(stored_file_stream(path, ERROR_LAB, &unread), digest);
}
