// From a scenario that fails to the smallest one that still fails by the same demand; and which of what is
// left it fails by.
#ifndef HANGUP_SEARCH_REDUCE_H
#define HANGUP_SEARCH_REDUCE_H

#include "search/probe.h"
#include "sweep/point.h"

// What one fault of the smallest scenario has to do with it.
struct search_blame {
    char *without;                // how it ends without this fault; owned
    bool needed;                  // it does not fail then
    bool heals;                   // it lasts, so that the path could be healed earlier
    int64_t saved_us, doomed_us;  // healed at the one it does not fail, at the other it does; not 2 ms apart
    char words[SWEEP_WORDS_SIZE]; // the packet before that: "after packet 12 left to db (COMMIT)"
};

struct search_finding {
    uint64_t seed;
    const struct bar_demand *demand;
    size_t entries_before, entries; // of the timeline
    size_t tried;                   // scenarios, on the way
    json_t *scenario;               // the smallest, resolved; owned
    char *cell;                     // the name of its cell; owned
    char *words;                    // how it ends; owned
    char *calm;                     // how it ends without any fault; NULL: it has none. Owned
    char events_sha256[DIGEST_TEXT_SIZE], pcap_sha256[DIGEST_TEXT_SIZE];
    struct search_blame *blames; // one a fault
    char *file;                  // the scenario's, in the search's folder; owned
    bool repeats;                // run from that file it gives the same bytes
};

struct search_reduction {
    const struct cell *like;
    const struct bar *bar;
    struct search_runner runner;
    bool interrupted;
};

// `found` failed by a demand. `*proves` is false where nothing smaller proves anything. When a signal comes
// `interrupted` is set, and the finding is not complete. Free it in any case. False: ERROR_LAB.
bool search_reduce(struct search_reduction *reduction, const struct search_probe *found,
    struct search_finding *finding, bool *proves, struct error *error) MUST_CHECK;
// Fills blames and calm.
bool search_attribute(
    struct search_reduction *reduction, struct search_finding *finding, struct error *error) MUST_CHECK;
void search_finding_free(struct search_finding *finding);

#endif
