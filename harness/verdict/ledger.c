#include "verdict/ledger.h"

#include <stdio.h>

unsigned written_flaws(const struct written *written, bool told_ok)
{
    bool torn = written->stored > 0 && written->stored < written->keys;
    unsigned flaws = 0;
    if (told_ok && written->stored < written->keys)
        flaws |= WRITE_LOST;
    if (written->rows > 1)
        flaws |= WRITE_DUPLICATED;
    if (!told_ok && written->stored > 0 && !torn)
        flaws |= WRITE_IN_DOUBT;
    if (torn)
        flaws |= WRITE_TORN;
    return flaws;
}

char *write_flaw_words(unsigned flaws, char text[static WRITE_FLAWS_SIZE])
{
    static const char *const words[] = {"lost", "duplicated", "in doubt", "torn"}; // by their bits
    size_t used = 0;
    *text = '\0';
    for (size_t bit = 0; bit < sizeof(words) / sizeof(words[0]); bit++)
        if (flaws >> bit & 1)
            used += (size_t)snprintf(
                text + used, WRITE_FLAWS_SIZE - used, "%s%s", used > 0 ? ", " : "", words[bit]);
    return text;
}
