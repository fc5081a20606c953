// The lab's certificate authority as Java keeps those that it trusts: a file in the format JKS, which each
// Java reads in the place of its own cacerts.
#ifndef HANGUP_LAB_TRUSTSTORE_H
#define HANGUP_LAB_TRUSTSTORE_H

#include "base/error.h"

// From the PEM file `authority`, into a new file `store`. Its password is Java's own, "changeit".
bool lab_truststore_write(const char *authority, const char *store, struct error *error) MUST_CHECK;

#endif
