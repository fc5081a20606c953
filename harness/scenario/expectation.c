// The one table of the words beside the metrics.
#include "scenario/expectation.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *word, *summary;
} words[] = {
    [EXPECT_RANGE] = {NULL, NULL}, // the metrics have a table of their own
    [EXPECT_SAYS] = {"says", "text that at least one error contains; a list: each of them"},
};
_Static_assert(sizeof(words) / sizeof(words[0]) == EXPECTATION_KINDS, "each kind has a row");

const char *expectation_word(enum expectation_kind kind)
{
    return words[kind].word;
}

const char *expectation_word_summary(enum expectation_kind kind)
{
    return words[kind].summary;
}

bool expectation_by_word(const char *word, enum expectation_kind *kind)
{
    for (int i = EXPECT_RANGE + 1; i < EXPECTATION_KINDS; i++) {
        if (strcmp(words[i].word, word) == 0) {
            *kind = (enum expectation_kind)i;
            return true;
        }
    }
    return false;
}

size_t expectation_words(const char *all[static EXPECTATION_KINDS])
{
    size_t count = 0;
    for (int i = EXPECT_RANGE + 1; i < EXPECTATION_KINDS; i++)
        all[count++] = words[i].word;
    return count;
}

const char *expectation_key(const struct expectation *expectation)
{
    return expectation->kind == EXPECT_RANGE ? metric_name(expectation->metric)
                                             : expectation_word(expectation->kind);
}
