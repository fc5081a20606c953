// Numbers with a unit, read exactly.
#include "base/quantity.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const char *skip_digits(const char *text)
{
    while (isdigit((unsigned char)*text))
        text++;
    return text;
}

static const struct quantity_unit *find_unit(const struct quantity_unit *units, const char *name)
{
    for (; units->name != NULL; units++) {
        if (strcmp(units->name, name) == 0)
            return units;
    }
    return NULL;
}

static enum quantity_result parse_whole(const char *text, int64_t unit, int64_t maximum, int64_t *quantity)
{
    int64_t number = 0;
    for (; isdigit((unsigned char)*text); text++) {
        number = number * 10 + (*text - '0');
        if (number > maximum / unit)
            return QUANTITY_TOO_LARGE;
    }
    *quantity = number * unit;
    return QUANTITY_OK;
}

// The digits behind the point: each is worth a tenth of the one before.
static enum quantity_result add_fraction(const char *text, int64_t unit, int64_t maximum, int64_t *quantity)
{
    for (; isdigit((unsigned char)*text); text++) {
        if (unit % 10 == 0)
            unit /= 10;
        else if (*text != '0')
            return QUANTITY_TOO_FINE;
        *quantity += (*text - '0') * unit;
    }
    return *quantity > maximum ? QUANTITY_TOO_LARGE : QUANTITY_OK;
}

enum quantity_result quantity_parse(
    const char *text, const struct quantity_unit *units, int64_t maximum, int64_t *quantity)
{
    if (*text == '-')
        return QUANTITY_NEGATIVE;
    const char *end = skip_digits(text), *fraction = "";
    if (end == text)
        return QUANTITY_MALFORMED;
    if (*end == '.') {
        fraction = end + 1;
        end = skip_digits(fraction);
        if (end == fraction)
            return QUANTITY_MALFORMED;
    }
    const struct quantity_unit *unit = find_unit(units, end);
    if (unit == NULL)
        return *end == '\0' ? QUANTITY_NO_UNIT : QUANTITY_UNKNOWN_UNIT;
    enum quantity_result result = parse_whole(text, unit->size, maximum, quantity);
    return result == QUANTITY_OK ? add_fraction(fraction, unit->size, maximum, quantity) : result;
}
