// The database's half of the ledger: what it really holds.
#ifndef HANGUP_LAB_LEDGER_H
#define HANGUP_LAB_LEDGER_H

#include "lab/lab.h"

// Before anybody else lives in the lab: PID 1 comes in, and the ledger is empty. What this needs is loaded
// from then on; at the end the ledger is read by the same way.
bool lab_ledger_prove(struct error *error) MUST_CHECK;

// Each key of blog_posts can be there once: what an idempotency key needs.
bool lab_ledger_make_keys_unique(struct error *error) MUST_CHECK;

// `row` events; and `leaked-backends`: sessions of host app although no client is left.
bool lab_ledger_read(struct lab *lab, struct error *error) MUST_CHECK;

#endif
