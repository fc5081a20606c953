// The router's packet filter, through libnftables: each fault has a table of its own, so that undoing one
// touches no other.
#ifndef HANGUP_NET_FILTER_H
#define HANGUP_NET_FILTER_H

#include "base/error.h"

#include <stdint.h>

struct lab_filter;

struct lab_filter *lab_filter_open(struct error *error) MUST_CHECK;
void lab_filter_close(struct lab_filter *filter);

// Adds table `name` with `rules`, one a line, in a chain on the forward hook: what crosses the router.
bool lab_filter_add(
    struct lab_filter *filter, const char *name, const char *rules, struct error *error) MUST_CHECK;
// The same with a set for the rules to write into: `add @noted { ADDRESS . PORT }`; and how many are in it.
bool lab_filter_add_noting(
    struct lab_filter *filter, const char *name, const char *rules, struct error *error) MUST_CHECK;
bool lab_filter_count_noted(
    struct lab_filter *filter, const char *name, int64_t *noted, struct error *error) MUST_CHECK;
// The same with a set of the caller's, `SET NAME { … }` in nft's words.
bool lab_filter_add_with_set(struct lab_filter *filter, const char *name, const char *set, const char *rules,
    struct error *error) MUST_CHECK;
bool lab_filter_remove(struct lab_filter *filter, const char *name, struct error *error) MUST_CHECK;

// Packets that met the counters of the table, all together.
bool lab_filter_count(
    struct lab_filter *filter, const char *name, int64_t *packets, struct error *error) MUST_CHECK;

#endif
