// What a page of figures leaves out of a run of several seeds: it shows one, as the league does.
#ifndef HANGUP_REPORT_PAGE_SEEDS_H
#define HANGUP_REPORT_PAGE_SEEDS_H

#include "result/result.h"

#include <jansson.h>

// Of `cells`, which are the run's as JSON, keeps those of the run's own seed. One that another seed changes
// says the other's impact as "other_seed". Metrics that nobody recorded go.
void page_keep_one_seed(const struct run_result *run, json_t *cells);

#endif
