// Numbers of the command line, and parts: nothing but digits, within limits.
#ifndef HANGUP_BASE_PARSE_UINT_H
#define HANGUP_BASE_PARSE_UINT_H

#include <stdbool.h>
#include <stdint.h>

bool whole_number_parse(const char *text, uint64_t low, uint64_t high, uint64_t *number);

// "2/3": the 2nd of 3 parts.
bool shard_parse(const char *text, unsigned *shard, unsigned *shards);

#endif
