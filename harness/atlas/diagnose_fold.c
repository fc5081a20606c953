// Folding a text to what stays the same from one machine to the next.
#include "atlas/diagnose.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MOST 80 // characters of a quoted name

struct folding {
    const char *from;
    char *to; // never longer than what it is made from
};

static void fold_space(struct folding *folding)
{
    bool line = false;
    for (; isspace((unsigned char)*folding->from); folding->from++)
        line = line || *folding->from == '\n';
    *folding->to++ = line ? '\n' : ' ';
}

static bool is_address_part(char c)
{
    return isxdigit((unsigned char)c) || c == '.' || c == ':';
}

// Whether what stands there says which of many: "[Errno 111]", "(os error 104)".
static bool is_behind_errno(const struct folding *folding, const char *begin)
{
    static const char *const words[] = {"errno ", "errno=", "errno: -", "os error "};
    size_t written = (size_t)(folding->to - begin);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t length = strlen(words[i]);
        if (written >= length && memcmp(folding->to - length, words[i], length) == 0)
            return true;
    }
    return false;
}

// A number, an IPv4 or an IPv6 address: what has a digit in it, without the full stop of a sentence. "c3p0"
// is none, and a 0 by itself says something: "total=0".
static bool fold_number(struct folding *folding, const char *begin)
{
    size_t length = 0;
    bool digit = false;
    for (; is_address_part(folding->from[length]); length++)
        digit = digit || isdigit((unsigned char)folding->from[length]);
    while (length > 0 && !isxdigit((unsigned char)folding->from[length - 1]))
        length--;
    bool named = isalpha((unsigned char)folding->from[0]) && isalnum((unsigned char)folding->from[length]);
    bool nought = length == 1 && folding->from[0] == '0';
    if (!digit || length == 0 || named || nought || is_behind_errno(folding, begin))
        return false;
    folding->from += length;
    *folding->to++ = '#';
    return true;
}

// A name in double quotes, behind a word: `at "db", port`. What JSON quotes stands behind a colon or a comma,
// and a file's name says whose code it is.
static bool fold_quoted(struct folding *folding, const char *begin)
{
    size_t length = strcspn(folding->from + 1, "\"\n /");
    bool behind_word = folding->to - begin >= 2 && folding->to[-1] == ' ' &&
                       isalpha((unsigned char)folding->to[-2]);
    if (folding->from[0] != '"' || !behind_word || length == 0 || length > NAME_MOST ||
        folding->from[length + 1] != '"')
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
        if (isspace((unsigned char)before))
            fold_space(&folding);
        else if ((word || !fold_number(&folding, folded)) && !fold_quoted(&folding, folded))
            *folding.to++ = (char)tolower((unsigned char)*folding.from++);
        else
            before = ' ';
    }
    *folding.to = '\0';
    trim(folded);
    drop_address(folded);
    return folded;
}
