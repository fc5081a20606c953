// Sizes as people write them: "64mb".
#ifndef HANGUP_BASE_SIZE_H
#define HANGUP_BASE_SIZE_H

#include <stdbool.h>
#include <stdint.h>

#define SIZE_MAX_BYTES (INT64_C(1) << 50)

// Units are kb, mb and gb, of 1024 each; more than 0. `why` says what was expected.
bool size_parse(const char *text, int64_t *bytes, const char **why);

#endif
