// Escaping for Markdown.
#include "base/markdown.h"

#include <string.h>

void markdown_print_text(FILE *file, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("\\`*_[]<>|&~#", *text) != NULL)
            fputc('\\', file);
        fputc(*text, file);
    }
}

static size_t longest_fence(const char *text)
{
    size_t longest = 0;
    for (const char *at = text; (at = strchr(at, '`')) != NULL; at += strspn(at, "`"))
        longest = strspn(at, "`") > longest ? strspn(at, "`") : longest;
    return longest;
}

// The spaces are taken away again: text that begins or ends with a fence of its own needs them.
void markdown_print_code(FILE *file, const char *text)
{
    size_t longest = longest_fence(text);
    const char *space = longest > 0 ? " " : "";
    for (size_t i = 0; i <= longest; i++)
        fputc('`', file);
    fprintf(file, "%s%s%s", space, text, space);
    for (size_t i = 0; i <= longest; i++)
        fputc('`', file);
}
