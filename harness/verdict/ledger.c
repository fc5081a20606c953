#include "verdict/ledger.h"

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
