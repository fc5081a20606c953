// What a cell showed that no cell before it did: an error text, a state of a connection or of the pool, an
// order of messages.
#ifndef HANGUP_SEARCH_NOVELTY_H
#define HANGUP_SEARCH_NOVELTY_H

#include "base/folder.h"
#include "verdict/verdict.h"

// Words that have been seen, sorted: "error: server closed the connection unexpectedly", "order: COMMIT,
// answer, RST to app".
struct search_novelty {
    char **words; // owned
    size_t count;
};

// Takes in what stands in the cell's folder, and its verdict; `*added` says how much of it is new. What
// cannot be read shows nothing. False: no memory.
bool search_novelty_take(struct search_novelty *novelty, const struct folder *folder,
    const struct verdict *verdict, size_t *added);
void search_novelty_free(struct search_novelty *novelty);

#endif
