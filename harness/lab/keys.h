// The keys of the cell's TLS connections, by the server: for eyes, after the run. Nothing in the lab reads
// them.
#ifndef HANGUP_LAB_KEYS_H
#define HANGUP_LAB_KEYS_H

#include "base/error.h"

// What the server's processes preload, as its view shows it.
#define LAB_KEYS_LIBRARY "/run/keys.so"

// Places the library in the server's view, from a file below `scratch`.
bool lab_keys_place_library(const char *scratch, const char *root, struct error *error) MUST_CHECK;
// Copies what the server has written into the cell's folder. Without a connection there is nothing.
bool lab_keys_keep(struct error *error) MUST_CHECK;

#endif
