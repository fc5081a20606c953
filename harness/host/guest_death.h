// How a guest ended that did not end by itself, in words that say what to do.
#ifndef HANGUP_HOST_GUEST_DEATH_H
#define HANGUP_HOST_GUEST_DEATH_H

#include "base/error.h"

// `status` as waitpid(2) has it; `words`: the last ones on its console, may be empty. Always false, as
// error_set.
bool guest_death_tell(int status, const char *words, struct error *error);

#endif
