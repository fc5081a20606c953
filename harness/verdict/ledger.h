// A write by the ledger: what the database holds of it, beside what the application was told.
#ifndef HANGUP_VERDICT_LEDGER_H
#define HANGUP_VERDICT_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct written {
    size_t keys;   // rows that it writes: one, and one for each statement after its pause; 0: it writes none
    size_t stored; // ... of which so many are in the database
    int64_t rows;  // in the database under one of its keys: the most
};

// Flags: a write can have several.
enum write_flaw {
    WRITE_LOST = 1,       // told ok, and not all of it is in the database
    WRITE_DUPLICATED = 2, // more than one row under a key
    WRITE_IN_DOUBT = 4,   // told an error or nothing, and all of it is in the database
    WRITE_TORN = 8,       // one part of it is in the database, another is not
};

unsigned written_flaws(const struct written *written, bool told_ok);

#define WRITE_FLAWS_SIZE 48
// "lost, torn"; "" for none.
char *write_flaw_words(unsigned flaws, char text[static WRITE_FLAWS_SIZE]);

#endif
