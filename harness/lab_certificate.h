// The lab's certificate authority and the server's certificate, made with OpenSSL.
#ifndef HANGUP_LAB_CERTIFICATE_H
#define HANGUP_LAB_CERTIFICATE_H

#include "error.h"

struct lab_certificate_paths {
    const char *authority;   // PEM, for the clients' sslrootcert
    const char *certificate; // PEM, for the server
    const char *key;         // PEM, mode 0600
};

// Makes a new authority (whose key is forgotten at once) and a certificate for `host_name` signed by it.
bool lab_certificate_make(
    const struct lab_certificate_paths *paths, const char *host_name, struct error *error) MUST_CHECK;

#endif
