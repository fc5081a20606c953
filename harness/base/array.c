#include "base/array.h"

#include <stdint.h>
#include <stdlib.h>

void *array_grow(void *items, size_t count, size_t item_size)
{
    if (count != 0 && (count & (count - 1)) != 0)
        return items; // there is room up to the next power of two
    if (count > SIZE_MAX / 2)
        return NULL;
    return reallocarray(items, count == 0 ? 1 : 2 * count, item_size);
}
