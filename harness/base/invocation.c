// Single quotes, and the one character that cannot stand between them.
#include "base/invocation.h"

#include "base/suggest.h"

#include <limits.h>
#include <stdlib.h>

#define PLAIN_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=,@%+"

static char own_name[PATH_MAX] = "hangup";

void shell_word_print(FILE *out, const char *word)
{
    if (words_consist_of(word, PLAIN_CHARACTERS)) {
        fputs(word, out);
        return;
    }
    fputc('\'', out);
    for (; *word != '\0'; word++)
        if (*word == '\'')
            fputs("'\\''", out);
        else
            fputc(*word, out);
    fputc('\'', out);
}

char *shell_word(const char *word)
{
    char *text = NULL;
    size_t size;
    FILE *memory = open_memstream(&text, &size);
    if (memory == NULL)
        return NULL;
    shell_word_print(memory, word);
    if (fclose(memory) == 0)
        return text;
    free(text);
    return NULL;
}

void invocation_remember(const char *name)
{
    char *word = name != NULL ? shell_word(name) : NULL;
    if (word != NULL)
        (void)snprintf(own_name, sizeof(own_name), "%s", word);
    free(word);
}

const char *invocation_name(void)
{
    return own_name;
}

const char *invocation_anywhere(void)
{
    return own_name[0] == '/' || own_name[0] == '\'' ? "hangup" : own_name;
}
