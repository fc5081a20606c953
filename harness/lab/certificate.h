// The lab's certificate authority and the server's certificate, made with OpenSSL.
#ifndef HANGUP_LAB_CERTIFICATE_H
#define HANGUP_LAB_CERTIFICATE_H

#include "base/error.h"

struct lab_certificate_paths {
    const char *authority;   // PEM, for the clients' sslrootcert
    const char *certificate; // PEM, for the server
    const char *expired;     // the same key's, but no longer valid
    const char *wrong_name;  // the same key's, but made out to another host
    const char *key;         // PEM, mode 0600
};

// Makes a new authority (whose key is forgotten at once) and the certificates for `host_name`, signed by it.
bool lab_certificate_make(const struct lab_certificate_paths *paths, const char *host_name,
    const char *wrong_name, struct error *error) MUST_CHECK;

#endif
