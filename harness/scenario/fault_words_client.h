// The words of the fault kind `client`.
#ifndef HANGUP_SCENARIO_FAULT_WORDS_CLIENT_H
#define HANGUP_SCENARIO_FAULT_WORDS_CLIENT_H

#include "scenario/fault.h"

extern const struct fault_kind fault_words_client;

#endif
