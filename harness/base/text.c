// Text that came from outside, made fit for one line of a report.
#include "base/text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NOT_UTF8 UINT32_MAX

static const uint32_t smallest_of_length[] = {0, 0, 0x80, 0x800, 0x10000};

static size_t sequence_length(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 2;
    if (lead >= 0xe0 && lead <= 0xef)
        return 3;
    return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

// `*length` is 1 for what is not UTF-8, so that the caller goes on behind the stray byte.
static uint32_t decode(const char *text, size_t *length)
{
    unsigned char lead = (unsigned char)text[0];
    size_t wanted = sequence_length(lead);
    *length = 1;
    if (wanted <= 1)
        return wanted == 1 ? lead : NOT_UTF8;
    uint32_t character = lead & (0x7fU >> wanted);
    for (size_t i = 1; i < wanted; i++) {
        unsigned char next = (unsigned char)text[i]; // the final NUL is no continuation: never read past it
        if ((next & 0xc0) != 0x80)
            return NOT_UTF8;
        character = character << 6 | (next & 0x3f);
    }
    if (character < smallest_of_length[wanted] || character > 0x10ffff ||
        (character >= 0xd800 && character <= 0xdfff))
        return NOT_UTF8;
    *length = wanted;
    return character;
}

uint32_t text_next_character(const char **text)
{
    size_t length;
    uint32_t character = decode(*text, &length);
    *text += length;
    return character == NOT_UTF8 ? '?' : character;
}

static bool is_space(uint32_t character)
{
    return character == ' ' || (character >= '\t' && character <= '\r') || character == 0x85 ||
           character == 0x2028 || character == 0x2029;
}

// C0, DEL, C1, and the characters that turn the direction of writing round, or mark it.
static bool is_control(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character < 0xa0) ||
           (character >= 0x202a && character <= 0x202e) || (character >= 0x2066 && character <= 0x2069) ||
           character == 0x061c || character == 0x200e || character == 0x200f;
}

char *text_one_line(const char *text)
{
    char *line = malloc(strlen(text) + 1);
    if (!line)
        return NULL;
    size_t used = 0;
    bool space = false;
    for (size_t length; *text; text += length) {
        uint32_t character = decode(text, &length);
        if (character != NOT_UTF8 && is_space(character)) {
            space = used > 0;
            continue;
        }
        if (character != NOT_UTF8 && is_control(character))
            continue;
        if (space)
            line[used++] = ' ';
        space = false;
        if (character == NOT_UTF8)
            line[used++] = '?';
        else
            memcpy(line + used, text, length);
        used += character == NOT_UTF8 ? 0 : length;
    }
    line[used] = '\0';
    return line;
}
