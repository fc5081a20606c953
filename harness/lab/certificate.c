// X.509 with OpenSSL's API: P-256 keys, because RSA would make each handshake cost milliseconds.
#include "lab/certificate.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <unistd.h>

// Wide limits: the guest's clock is not the host's, and a template may lie in a cache for years.
#define NOT_BEFORE "20200101000000Z"
#define NOT_AFTER  "21200101000000Z"
#define EXPIRED    "20200102000000Z" // and this is over on either clock

static bool openssl_failed(struct error *error, const char *what)
{
    char reason[256];
    ERR_error_string_n(ERR_get_error(), reason, sizeof(reason));
    return error_set(error, ERROR_LAB, "%s: %s", what, reason);
}

static bool add_extension(X509 *certificate, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    bool added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return added;
}

static X509 *new_certificate(const char *common_name, long serial, EVP_PKEY *key)
{
    X509 *certificate = X509_new();
    if (certificate == NULL)
        return NULL;
    X509_NAME *name = X509_get_subject_name(certificate);
    bool filled = X509_set_version(certificate, X509_VERSION_3) == 1 &&
                  ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial) == 1 &&
                  ASN1_TIME_set_string(X509_getm_notBefore(certificate), NOT_BEFORE) == 1 &&
                  ASN1_TIME_set_string(X509_getm_notAfter(certificate), NOT_AFTER) == 1 &&
                  X509_NAME_add_entry_by_txt(
                      name, "CN", MBSTRING_UTF8, (const unsigned char *)common_name, -1, -1, 0) == 1 &&
                  X509_set_pubkey(certificate, key) == 1;
    if (filled)
        return certificate;
    X509_free(certificate);
    return NULL;
}

static X509 *make_authority(EVP_PKEY *key)
{
    X509 *authority = new_certificate("hangup lab authority", 1, key);
    if (authority != NULL && X509_set_issuer_name(authority, X509_get_subject_name(authority)) == 1 &&
        add_extension(authority, authority, NID_basic_constraints, "critical,CA:TRUE") &&
        add_extension(authority, authority, NID_key_usage, "critical,keyCertSign") &&
        add_extension(authority, authority, NID_subject_key_identifier, "hash") &&
        X509_sign(authority, key, EVP_sha256()) > 0)
        return authority;
    X509_free(authority);
    return NULL;
}

// What signs, and the key that is signed.
struct signing {
    X509 *authority;
    EVP_PKEY *authority_key, *server_key;
};

static X509 *make_server(
    const struct signing *signing, const char *host_name, long serial, const char *not_after)
{
    char names[300];
    snprintf(names, sizeof(names), "DNS:%s", host_name);
    X509 *server = new_certificate(host_name, serial, signing->server_key);
    if (server != NULL && ASN1_TIME_set_string(X509_getm_notAfter(server), not_after) == 1 &&
        X509_set_issuer_name(server, X509_get_subject_name(signing->authority)) == 1 &&
        add_extension(server, signing->authority, NID_subject_alt_name, names) &&
        // Python 3.13 and newer refuse a certificate without it.
        add_extension(server, signing->authority, NID_authority_key_identifier, "keyid:always") &&
        X509_sign(server, signing->authority_key, EVP_sha256()) > 0)
        return server;
    X509_free(server);
    return NULL;
}

static FILE *create_pem_file(const char *path, mode_t mode, struct error *error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (file == NULL) {
        error_set_errno(error, ERROR_LAB, "%s", path);
        if (fd >= 0)
            close(fd);
    }
    return file;
}

static bool write_certificate(const char *path, X509 *certificate, struct error *error)
{
    FILE *file = create_pem_file(path, 0644, error);
    if (file == NULL)
        return false;
    bool written = PEM_write_X509(file, certificate) == 1;
    written = fclose(file) == 0 && written;
    return written ? true : openssl_failed(error, path);
}

static bool write_key(const char *path, EVP_PKEY *key, struct error *error)
{
    FILE *file = create_pem_file(path, 0600, error);
    if (file == NULL)
        return false;
    bool written = PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1;
    written = fclose(file) == 0 && written;
    return written ? true : openssl_failed(error, path);
}

static bool make_server_file(const struct signing *signing, const char *path, const char *host_name,
    long serial, const char *not_after, struct error *error)
{
    X509 *server = make_server(signing, host_name, serial, not_after);
    bool made = server != NULL ? write_certificate(path, server, error)
                               : openssl_failed(error, "cannot make the lab's certificates");
    X509_free(server);
    return made;
}

static bool make_files(const struct signing *signing, const struct lab_certificate_paths *paths,
    const char *host_name, const char *wrong_name, struct error *error)
{
    return write_certificate(paths->authority, signing->authority, error) &&
           make_server_file(signing, paths->certificate, host_name, 2, NOT_AFTER, error) &&
           make_server_file(signing, paths->expired, host_name, 3, EXPIRED, error) &&
           make_server_file(signing, paths->wrong_name, wrong_name, 4, NOT_AFTER, error) &&
           write_key(paths->key, signing->server_key, error);
}

bool lab_certificate_make(const struct lab_certificate_paths *paths, const char *host_name,
    const char *wrong_name, struct error *error)
{
    struct signing signing = {.authority_key = EVP_EC_gen("P-256"), .server_key = EVP_EC_gen("P-256")};
    if (signing.authority_key != NULL && signing.server_key != NULL)
        signing.authority = make_authority(signing.authority_key);
    bool made = signing.authority != NULL ? make_files(&signing, paths, host_name, wrong_name, error)
                                          : openssl_failed(error, "cannot make the lab's certificates");
    X509_free(signing.authority);
    EVP_PKEY_free(signing.server_key);
    EVP_PKEY_free(signing.authority_key);
    return made;
}
