// Arrays that grow by one item at a time.
#ifndef HANGUP_BASE_ARRAY_H
#define HANGUP_BASE_ARRAY_H

#include "base/error.h"

#include <stddef.h>

// Room for one more item behind `count`. For an array that began as NULL and has grown by this alone: its
// room is the next power of two. Returns it, perhaps moved; NULL: no memory, and the array is as it was.
void *array_grow(void *items, size_t count, size_t item_size) MUST_CHECK;

#endif
