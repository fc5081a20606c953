// The distinct texts among the errors that the application saw.
#include "verdict/texts.h"

#include "base/array.h"

#include <stdlib.h>
#include <string.h>

static bool count_text(struct error_texts *texts, const char *text)
{
    for (size_t i = 0; i < texts->count; i++) {
        if (strcmp(texts->items[i].text, text) == 0) {
            texts->items[i].count++;
            return true;
        }
    }
    struct error_text *grown = array_grow(texts->items, texts->count, sizeof(*grown));
    if (!grown)
        return false;
    texts->items = grown;
    grown[texts->count] = (struct error_text){.text = strdup(text), .count = 1};
    return grown[texts->count].text && ++texts->count;
}

bool error_texts_collect(const struct verdict *verdict, struct error_texts *texts)
{
    *texts = (struct error_texts){0};
    for (size_t i = 0; i < verdict->errors_count; i++) {
        if (!count_text(texts, verdict->errors[i].text)) {
            error_texts_clear(texts);
            return false;
        }
    }
    return true;
}

void error_texts_clear(struct error_texts *texts)
{
    for (size_t i = 0; i < texts->count; i++)
        free(texts->items[i].text);
    free(texts->items);
    *texts = (struct error_texts){0};
}
