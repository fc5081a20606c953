// strtoull, without what it lets through.
#include "base/parse_uint.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool whole_number_parse(const char *text, uint64_t low, uint64_t high, uint64_t *number)
{
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return isdigit((unsigned char)text[0]) && *end == '\0' && errno == 0 && *number >= low && *number <= high;
}

bool shard_parse(const char *text, unsigned *shard, unsigned *shards)
{
    char first[16];
    const char *slash = strchr(text, '/');
    uint64_t part, parts;
    if (slash == NULL || (size_t)(slash - text) >= sizeof(first))
        return false;
    memcpy(first, text, (size_t)(slash - text));
    first[slash - text] = '\0';
    if (!whole_number_parse(slash + 1, 1, UINT16_MAX, &parts) || !whole_number_parse(first, 1, parts, &part))
        return false;
    *shard = (unsigned)part;
    *shards = (unsigned)parts;
    return true;
}
