// What is said of an option that getopt_long refuses.
#ifndef HANGUP_OPTION_ERROR_H
#define HANGUP_OPTION_ERROR_H

#include "base/error.h"

#include <getopt.h>

// `option` is what getopt_long returned, '?' or ':' (its option string begins with ":", opterr is 0), and
// `word` the word that it read last. The message names the option that may have been meant, and the help of
// `command`. Returns false.
bool option_error(
    int option, const char *word, const struct option *known, const char *command, struct error *error);

#endif
