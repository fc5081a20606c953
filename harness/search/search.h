// A search: variants of one scenario, one a seed, until one of them fails; that one is reduced, attributed
// and written down.
#ifndef HANGUP_SEARCH_SEARCH_H
#define HANGUP_SEARCH_SEARCH_H

#include "search/novelty.h"
#include "search/reduce.h"
#include "search/vary.h"

#include <stdio.h>

struct search {
    // What is asked.
    const struct cell *cell; // of the scenario as it stands
    const struct bar *bar;
    uint64_t first, last; // seeds
    bool all;             // go on after a failure
    bool coverage;        // vary what showed something new
    struct search_runner runner;
    void (*tell)(void *whom, const struct search *search, const char *words); // as it goes on
    void *whom;

    // What was found.
    struct search_finding *findings;
    size_t findings_count;
    size_t ran, failed, proved_nothing; // seeds
    size_t alike;                       // that failed as one did that is reduced already
    uint64_t next;                      // the first seed that was not tried
    struct search_novelty novelty;
    bool interrupted;

    // Its own.
    json_t *scenario; // resolved
    json_t *grounds;  // scenarios that showed something new
    json_t *ways;     // in which cells failed already
    struct search_moments moments;
};

// Free it in any case. False: ERROR_LAB, also where the undisturbed cell cannot be run, or meets the bar
// itself (ERROR_INPUT).
bool search_run(struct search *search, struct error *error) MUST_CHECK;
void search_free(struct search *search);

#endif
