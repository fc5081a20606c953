// Messages about words that nobody knows.
#include "base/suggest.h"

#include <stdio.h>
#include <string.h>

#define WORD_LENGTH_MAX 48

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

// Edit distance in which two swapped neighbours count once (optimal string alignment).
static size_t distance(const char *a, const char *b)
{
    size_t rows[3][WORD_LENGTH_MAX + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    size_t a_length = strlen(a), b_length = strlen(b);
    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *oldest = before;
        before = last, last = row, row = oldest;
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t cost = a[i - 1] != b[j - 1];
            row[j] = min(min(last[j], row[j - 1]) + 1, last[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = min(row[j], before[j - 2] + 1);
        }
    }
    return row[b_length];
}

// "hung-up" for "idle/hung-up".
static bool is_last_part(const char *word, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL && strcmp(slash + 1, word) == 0;
}

const char *words_nearest(const char *word, const char *const *words, size_t count)
{
    const char *nearest = NULL;
    size_t length = strlen(word), best = length < 5 ? 2 : 3; // a limit that is not reached any more
    if (length > WORD_LENGTH_MAX)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        if (strlen(words[i]) > WORD_LENGTH_MAX)
            continue;
        if (is_last_part(word, words[i]))
            return words[i];
        size_t changes = distance(word, words[i]);
        if (changes < best && changes < length) {
            best = changes;
            nearest = words[i];
        }
    }
    return nearest;
}

static char *list_words(char *text, size_t size, const char *const *words, size_t count)
{
    size_t used = (size_t)snprintf(text, size, "%s", count > 1 ? "one of " : "");
    for (size_t i = 0; i < count; i++) {
        size_t needed = strlen(words[i]) + strlen(", ");
        if (used + needed + sizeof("...") > size) {
            snprintf(text + used, size - used, "...");
            break;
        }
        snprintf(text + used, size - used, "%s%s", words[i], i + 1 < count ? ", " : "");
        used += needed;
    }
    return text;
}

char *words_list(const char *const *words, size_t count, char text[static WORDS_TEXT_SIZE])
{
    return list_words(text, WORDS_TEXT_SIZE, words, count);
}

char *words_unknown(const char *what, const char *word, const char *const *words, size_t count,
    char text[static WORDS_TEXT_SIZE])
{
    char excerpt[WORDS_EXCERPT_SIZE];
    size_t used = (size_t)snprintf(
        text, WORDS_TEXT_SIZE, "unknown %s '%s'", what, words_excerpt(word, excerpt));
    const char *nearest = words_nearest(word, words, count);
    if (nearest != NULL)
        used += (size_t)snprintf(text + used, WORDS_TEXT_SIZE - used, " (did you mean '%s'?)", nearest);
    used += (size_t)snprintf(text + used, WORDS_TEXT_SIZE - used, ": expected ");
    list_words(text + used, WORDS_TEXT_SIZE - used, words, count);
    return text;
}

static bool continues_character(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

char *words_excerpt(const char *text, char excerpt[static WORDS_EXCERPT_SIZE])
{
    size_t length = strlen(text), kept = length;
    if (length >= WORDS_EXCERPT_SIZE) {
        kept = WORDS_EXCERPT_SIZE - sizeof("...");
        while (kept > 0 && continues_character(text[kept]))
            kept--;
    }
    for (size_t i = 0; i < kept; i++)
        excerpt[i] = (unsigned char)text[i] < ' ' || text[i] == 0x7f ? '?' : text[i];
    snprintf(excerpt + kept, WORDS_EXCERPT_SIZE - kept, "%s", kept < length ? "..." : "");
    return excerpt;
}

bool words_consist_of(const char *word, const char *characters)
{
    return *word != '\0' && word[strspn(word, characters)] == '\0';
}
