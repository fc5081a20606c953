// strtoull, without what it lets through.
#include "base/parse_uint.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

bool whole_number_parse(const char *text, uint64_t low, uint64_t high, uint64_t *number)
{
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return isdigit((unsigned char)text[0]) && *end == '\0' && errno == 0 && *number >= low && *number <= high;
}
