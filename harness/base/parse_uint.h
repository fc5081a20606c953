// Numbers of the command line: nothing but digits, within limits.
#ifndef HANGUP_BASE_PARSE_UINT_H
#define HANGUP_BASE_PARSE_UINT_H

#include <stdbool.h>
#include <stdint.h>

bool whole_number_parse(const char *text, uint64_t low, uint64_t high, uint64_t *number);

#endif
