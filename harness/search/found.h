// A finding as a scenario file, and what is said of it.
#ifndef HANGUP_SEARCH_FOUND_H
#define HANGUP_SEARCH_FOUND_H

#include "search/reduce.h"

#include <stdio.h>

// Writes the scenario into the search's folder, and runs it once more as it is read from there.
bool search_found_write(
    struct search_reduction *reduction, struct search_finding *finding, struct error *error) MUST_CHECK;

// "silence to-app at 12s for 30s"; NULL: no memory. The caller frees it.
char *search_fault_words(const struct fault_spec *spec);

// What it is, in lines; without the commands.
void search_found_print(FILE *file, const struct search_finding *finding);
json_t *search_found_to_json(const struct search_finding *finding); // NULL: no memory

#endif
