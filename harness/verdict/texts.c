// The distinct texts among the errors that the application saw.
#include "verdict/texts.h"

#include <stdlib.h>
#include <string.h>

static int compare_error_texts(const void *left, const void *right)
{
    const struct operation_error *a = *(const struct operation_error *const *)left,
                                 *b = *(const struct operation_error *const *)right;
    int order = strcmp(a->text, b->text);
    return order != 0 ? order : (a > b) - (a < b); // all lie in one array
}

struct sighting {
    const struct operation_error *first;
    int64_t count;
};

static int by_sight(const void *left, const void *right)
{
    const struct operation_error *a = ((const struct sighting *)left)->first,
                                 *b = ((const struct sighting *)right)->first;
    return (a > b) - (a < b);
}

// Each text once, in order of first sight; there is room for all. Returns how many.
static size_t fold(const struct operation_error **errors, size_t count, struct sighting *seen)
{
    size_t kept = 0;
    qsort(errors, count, sizeof(*errors), compare_error_texts);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && strcmp(errors[i - 1]->text, errors[i]->text) == 0)
            seen[kept - 1].count++;
        else
            seen[kept++] = (struct sighting){errors[i], 1};
    }
    qsort(seen, kept, sizeof(*seen), by_sight);
    return kept;
}

static bool copy_error_text(const struct sighting *seen, size_t count, struct error_texts *texts)
{
    texts->items = calloc(count + 1, sizeof(*texts->items));
    for (size_t i = 0; texts->items && i < count; i++) {
        texts->items[i] = (struct error_text){.text = strdup(seen[i].first->text), .count = seen[i].count};
        if (!texts->items[i].text)
            return false;
        texts->count++;
    }
    return texts->items != NULL;
}

bool error_texts_collect(const struct verdict *verdict, struct error_texts *texts)
{
    size_t count = verdict->errors_count;
    const struct operation_error **errors = calloc(count + 1, sizeof(*errors));
    struct sighting *seen = calloc(count + 1, sizeof(*seen));
    *texts = (struct error_texts){0};
    for (size_t i = 0; errors && i < count; i++)
        errors[i] = &verdict->errors[i];
    bool collected = errors && seen && copy_error_text(seen, fold(errors, count, seen), texts);
    if (!collected)
        error_texts_clear(texts);
    free(errors);
    free(seen);
    return collected;
}

void error_texts_clear(struct error_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        free(texts->items[i].text);
    free(texts->items);
    *texts = (struct error_texts){0};
}
