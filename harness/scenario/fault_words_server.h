// The words of the fault kind `server`.
#ifndef HANGUP_SCENARIO_FAULT_WORDS_SERVER_H
#define HANGUP_SCENARIO_FAULT_WORDS_SERVER_H

#include "scenario/fault.h"

extern const struct fault_kind fault_words_server;

// Whether the argument is about sessions, so that `connections` can choose among them; otherwise it meets the
// whole server.
bool fault_words_server_chooses(const char *argument);

#endif
