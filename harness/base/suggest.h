// Messages about words that nobody knows: what was meant, and what would have been right.
#ifndef HANGUP_BASE_SUGGEST_H
#define HANGUP_BASE_SUGGEST_H

#include <stdbool.h>
#include <stddef.h>

#define WORDS_TEXT_SIZE    700
#define WORDS_EXCERPT_SIZE 48

// The word that `word` most likely stands for, or NULL when none is close.
const char *words_nearest(const char *word, const char *const *words, size_t count);

// "unknown key 'exepct' (did you mean 'expect'?): expected one of claim, ..., expect". Returns `text`.
char *words_unknown(const char *what, const char *word, const char *const *words, size_t count,
    char text[static WORDS_TEXT_SIZE]);

// "one of claim, ..., expect". Returns `text`.
char *words_list(const char *const *words, size_t count, char text[static WORDS_TEXT_SIZE]);

// The beginning of a foreign text, safe to print: no control characters, no half characters. Returns
// `excerpt`.
char *words_excerpt(const char *text, char excerpt[static WORDS_EXCERPT_SIZE]);

// One or more of the given characters and nothing else.
bool words_consist_of(const char *word, const char *characters);

#endif
