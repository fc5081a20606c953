// Sizes, by the grammar of all quantities.
#include "base/size.h"

#include "base/quantity.h"

#include <stddef.h>

static const struct quantity_unit units[] = {
    {"kb", 1 << 10},
    {"mb", 1 << 20},
    {"gb", 1 << 30},
    {NULL, 0},
};

static const char *const reasons[QUANTITY_RESULTS] = {
    [QUANTITY_MALFORMED] = "expected a size such as 512kb, 64mb or 2gb",
    [QUANTITY_NEGATIVE] = "expected a size above 0",
    [QUANTITY_NO_UNIT] = "the unit is missing: expected kb, mb or gb",
    [QUANTITY_UNKNOWN_UNIT] = "unknown unit: expected kb, mb or gb",
    [QUANTITY_TOO_FINE] = "expected whole bytes",
    [QUANTITY_TOO_LARGE] = "expected at most 1048576gb",
};

bool size_parse(const char *text, int64_t *bytes, const char **why)
{
    enum quantity_result result = quantity_parse(text, units, SIZE_MAX_BYTES, bytes);
    if (result == QUANTITY_OK && *bytes == 0)
        result = QUANTITY_NEGATIVE;
    *why = reasons[result];
    return result == QUANTITY_OK;
}
