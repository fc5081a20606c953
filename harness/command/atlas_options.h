// The command line of `hangup atlas`.
#ifndef HANGUP_COMMAND_ATLAS_OPTIONS_H
#define HANGUP_COMMAND_ATLAS_OPTIONS_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

// The texts point into argv; the lists are owned.
struct atlas_options {
    const char **events, **clients;
    size_t events_count, clients_count;
    uint64_t seed;
    unsigned jobs;
    const char *folder, *baseline; // NULL: the default
    bool again;                    // from the traces in `folder`
    bool cold;
    bool partial; // what this run does not make stays in the baseline
    bool list, help;
};

// ERROR_INPUT says what was expected. To be freed either way.
bool atlas_options_parse(
    int argc, char **argv, struct atlas_options *options, struct error *error) MUST_CHECK;
void atlas_options_free(struct atlas_options *options);

extern const char atlas_options_help[];

#endif
