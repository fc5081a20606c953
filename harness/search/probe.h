// Scenarios that are run to see whether they fail.
#ifndef HANGUP_SEARCH_PROBE_H
#define HANGUP_SEARCH_PROBE_H

#include "result/bar.h"
#include "search/shape.h"

struct search_probe {
    struct cell *cell;       // owned
    struct verdict *verdict; // owned; NULL: a signal came before it ran
    bool ran;
    bool proves;                     // it is no error, and nothing was missing
    const struct bar_demand *demand; // the first that it meets: it fails. NULL: none
    char *words;                     // how it ended: sweep/classes.h; owned
    char events_sha256[DIGEST_TEXT_SIZE], pcap_sha256[DIGEST_TEXT_SIZE];
};

struct search_probes {
    struct search_probe *items;
    size_t count;
};

// How cells are run is not a search's business. Each leaves its folder, called like the cell, in `folder`;
// one that is there already is not run again. The result is the caller's; cells that a signal prevented have
// no verdict in it.
struct search_runner {
    bool (*run)(
        void *whom, struct cell **cells, size_t count, struct run_result **result, struct error *error);
    void *whom;
    const struct folder *folder;
    const char *subject; // as the user wrote it
};

// The cell of `scenario` in the place of `like`'s, with that seed, expecting nothing; what it is called
// follows from both. The first form is "LIKE--s17", the second "LIKE--s17--0123456789ab". False: ERROR_LAB.
bool search_probe_seed(struct search_probes *probes, const struct cell *like, const json_t *scenario,
    uint64_t seed, struct error *error) MUST_CHECK;
bool search_probe_form(struct search_probes *probes, const struct cell *like, const json_t *scenario,
    uint64_t seed, struct error *error) MUST_CHECK;
bool search_probe_run(struct search_probes *probes, const struct search_runner *runner, const struct bar *bar,
    struct error *error) MUST_CHECK;
// A cell that broke down is no answer to whether it fails: ERROR_LAB. One that did not run is none yet.
bool search_probe_answers(const struct search_probe *probe, struct error *error) MUST_CHECK;
void search_probes_free(struct search_probes *probes);

#endif
