// Parts of the server's start.
#ifndef HANGUP_LAB_SERVER_INTERNAL_H
#define HANGUP_LAB_SERVER_INTERNAL_H

#include "base/error.h"

// The template's data directory, below a tmpfs; all of it belongs to the server.
bool lab_server_make_data(struct error *error) MUST_CHECK;

#endif
