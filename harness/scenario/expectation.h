// An expectation: a metric lies in a range, or a word beside the metrics holds of what the application was
// told.
#ifndef HANGUP_SCENARIO_EXPECTATION_H
#define HANGUP_SCENARIO_EXPECTATION_H

#include "scenario/metric.h"

#include <stdbool.h>
#include <stddef.h>

// Each but the first is a word that takes a text; a list of texts is an expectation for each of them. What it
// is called is in expectation.c, when it holds in verdict/expect.c.
enum expectation_kind {
    EXPECT_RANGE, // a metric lies in a range
    EXPECT_SAYS,  // at least one error that the application saw contains the text
    EXPECTATION_KINDS,
};

struct expectation {
    char *strategy; // a strategy class ("none", "pre-ping"), or "any"; owned
    enum expectation_kind kind;
    enum metric metric; // EXPECT_RANGE
    struct range range;
    char *text; // of a word; owned
    int line, column;
};

// "says". NULL: EXPECT_RANGE has none.
const char *expectation_word(enum expectation_kind kind);
const char *expectation_word_summary(enum expectation_kind kind); // as the schema says it
bool expectation_by_word(const char *word, enum expectation_kind *kind);
// All words. Returns how many.
size_t expectation_words(const char *all[static EXPECTATION_KINDS]);

// What stands in the scenario before its value: "slowest", "says".
const char *expectation_key(const struct expectation *expectation);

#endif
