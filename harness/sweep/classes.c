// Counts and error texts, in one line.
#include "sweep/classes.h"

#include "base/array.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_counts(FILE *file, const struct metrics *metrics)
{
    static const struct {
        enum metric metric;
        const char *one, *many;
    } counts[] = {{METRIC_OK, "ok", "ok"}, {METRIC_ERRORS, "error", "errors"}, {METRIC_HUNG, "hung", "hung"},
        {METRIC_IN_DOUBT, "in doubt", "in doubt"}, {METRIC_LOST, "lost", "lost"},
        {METRIC_DUPLICATED, "duplicated", "duplicated"}, {METRIC_TORN, "torn", "torn"},
        {METRIC_LEAKED_BACKENDS, "left behind", "left behind"}};
    const char *comma = "";
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        int64_t value = metrics->value[counts[i].metric];
        if (value <= 0)
            continue;
        fprintf(file, "%s%lld %s", comma, (long long)value, value == 1 ? counts[i].one : counts[i].many);
        comma = ", ";
    }
}

static bool said_before(const struct verdict *verdict, size_t nth)
{
    for (size_t i = 0; i < nth; i++)
        if (strcmp(verdict->errors[i].text, verdict->errors[nth].text) == 0)
            return true;
    return false;
}

static void write_texts(FILE *file, const struct verdict *verdict)
{
    const char *between = ": ";
    for (size_t i = 0; i < verdict->errors_count; i++) {
        if (said_before(verdict, i))
            continue;
        char *text = text_one_line(verdict->errors[i].text);
        fprintf(file, "%s%s", between, text != NULL ? text : "");
        free(text);
        between = " | ";
    }
}

char *sweep_outcome_words(const struct verdict *verdict)
{
    char *words = NULL;
    size_t size;
    FILE *file = open_memstream(&words, &size);
    if (file == NULL)
        return NULL;
    if (verdict->outcome == OUTCOME_ERROR || verdict->outcome == OUTCOME_SKIP) {
        fprintf(file, "proves nothing: %s", verdict->reasons_count > 0 ? verdict->reasons[0] : "");
    } else {
        fprintf(file, "%s: ", impact_name(verdict->impact));
        write_counts(file, &verdict->metrics);
        write_texts(file, verdict);
    }
    if (fclose(file) == 0)
        return words;
    free(words);
    return NULL;
}

static bool add_class(struct sweep_classes *classes, const char *outcome, size_t point)
{
    struct sweep_class *grown = array_grow(classes->items, classes->count, sizeof(*grown));
    if (grown == NULL)
        return false;
    classes->items = grown;
    grown[classes->count] = (struct sweep_class){.words = strdup(outcome), .first = point};
    return grown[classes->count].words != NULL && ++classes->count > 0;
}

bool sweep_classes_add(struct sweep_classes *classes, const char *outcome, size_t point, size_t *index)
{
    for (*index = 0; *index < classes->count; (*index)++)
        if (strcmp(classes->items[*index].words, outcome) == 0)
            break;
    if (*index == classes->count && !add_class(classes, outcome, point))
        return false;
    classes->items[*index].count++;
    return true;
}

void sweep_classes_free(struct sweep_classes *classes)
{
    for (size_t i = 0; i < classes->count; i++)
        free(classes->items[i].words);
    free(classes->items);
    *classes = (struct sweep_classes){0};
}
