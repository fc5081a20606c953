// Folding a text to what stays the same from one machine to the next, and looking for one in another.
#include "atlas/diagnose.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct folding {
    const char *from;
    char *to; // never longer than what it is made from
};

// White space as it is, or as a log in JSON or Python's repr() writes it. 0: none.
static size_t space_length(const char *text)
{
    if (isspace((unsigned char)text[0]))
        return 1;
    return text[0] == '\\' && (text[1] == 'n' || text[1] == 't' || text[1] == 'r') ? 2 : 0;
}

static void fold_space(struct folding *folding)
{
    bool line = false;
    for (size_t length; (length = space_length(folding->from)) > 0; folding->from += length)
        line = line || folding->from[0] == '\n' || (length == 2 && folding->from[1] == 'n');
    *folding->to++ = line ? '\n' : ' ';
}

static bool is_address_part(char c)
{
    return isxdigit((unsigned char)c) || c == '.' || c == ':';
}

// A number, an IPv4 or an IPv6 address: what has a digit in it, without the full stop of a sentence.
static bool fold_number(struct folding *folding)
{
    size_t length = 0;
    bool digit = false;
    for (; is_address_part(folding->from[length]); length++)
        digit = digit || isdigit((unsigned char)folding->from[length]);
    while (length > 0 && !isxdigit((unsigned char)folding->from[length - 1]))
        length--;
    if (!digit || length == 0)
        return false;
    folding->from += length;
    *folding->to++ = '#';
    return true;
}

// A name in double quotes, on one line. A quote that ends nowhere is only a character.
static bool fold_quoted(struct folding *folding)
{
    size_t length = strcspn(folding->from + 1, "\"\n\\");
    if (folding->from[0] != '"' || length == 0 || folding->from[length + 1] != '"')
        return false;
    folding->from += length + 2;
    memcpy(folding->to, "\"*\"", 3);
    folding->to += 3;
    return true;
}

// libpq adds the address to a name and not to an address: `at "db" (10.0.0.1), port`.
static void drop_address(char *text)
{
    for (char *at; (at = strstr(text, "\"*\" (#)")) != NULL;)
        memmove(at + 3, at + 7, strlen(at + 7) + 1);
}

static void trim(char *text)
{
    size_t length = strlen(text), start = strspn(text, " \n");
    while (length > start && strchr(" \n", text[length - 1]) != NULL)
        length--;
    memmove(text, text + start, length - start);
    text[length - start] = '\0';
}

char *diagnose_fold(const char *text)
{
    char *folded = malloc(strlen(text) + 1);
    if (folded == NULL)
        return NULL;
    struct folding folding = {text, folded};
    char before = ' ';
    while (*folding.from != '\0') {
        bool word = isalnum((unsigned char)before) != 0; // "SQL2" keeps its number, "a1:b2" its letters
        before = *folding.from;
        if (space_length(folding.from) > 0)
            fold_space(&folding);
        else if ((word || !fold_number(&folding)) && !fold_quoted(&folding))
            *folding.to++ = *folding.from++;
        else
            before = ' ';
    }
    *folding.to = '\0';
    trim(folded);
    drop_address(folded);
    return folded;
}

static bool same_character(char text, char wanted)
{
    return text == wanted || (text == ' ' && wanted == '\n') || (text == '\n' && wanted == ' ');
}

static bool begins(const char *text, const char *wanted, size_t *length)
{
    for (*length = 0; wanted[*length] != '\0'; ++*length)
        if (!same_character(text[*length], wanted[*length]))
            return false;
    return true;
}

static bool goes_on(char next)
{
    return isalnum((unsigned char)next) || next == ' ' || next == ':' || next == '_';
}

bool diagnose_holds(const char *text, const char *wanted)
{
    size_t length;
    if (wanted[0] == '\0')
        return false;
    for (const char *at = text; *at != '\0'; at++)
        if ((at == text || !isalnum((unsigned char)at[-1])) && begins(at, wanted, &length) &&
            !goes_on(at[length]))
            return true;
    return false;
}
