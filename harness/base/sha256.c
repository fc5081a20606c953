// SHA-256 through OpenSSL.
#include "base/sha256.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

static void sha256_finish(EVP_MD_CTX *context, char digest[static DIGEST_TEXT_SIZE])
{
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_DigestFinal_ex(context, bytes, &length);
    for (unsigned i = 0; i < length; i++)
        snprintf(digest + 2 * (size_t)i, 3, "%02x", bytes[i]);
}

static EVP_MD_CTX *sha256_start(void)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    EVP_DigestInit_ex(context, EVP_sha256(), NULL);
    return context;
}

void digest_text(const char *text, char digest[static DIGEST_TEXT_SIZE])
{
    EVP_MD_CTX *context = sha256_start();
    EVP_DigestUpdate(context, text, strlen(text));
    sha256_finish(context, digest);
    EVP_MD_CTX_free(context);
}

bool digest_file(struct folder_file *file, char digest[static DIGEST_TEXT_SIZE])
{
    digest[0] = '\0';
    EVP_MD_CTX *context = sha256_start();
    unsigned char block[1 << 16];
    for (size_t length; (length = fread(block, 1, sizeof(block), file->stream)) > 0;)
        EVP_DigestUpdate(context, block, length);
    bool whole = ferror(file->stream) == 0;
    if (whole)
        sha256_finish(context, digest);
    EVP_MD_CTX_free(context);
    return whole;
}

void digest_file_in(const struct folder *folder, const char *name, char digest[static DIGEST_TEXT_SIZE])
{
    struct folder_file file;
    struct error none = {0};
    digest[0] = '\0';
    if (!folder_open_file(folder, name, &file, ERROR_INPUT, &none))
        return;
    (void)digest_file(&file, digest);
    folder_close_file(&file);
}
