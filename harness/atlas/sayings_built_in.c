// sayings.yaml, built into the program.
#include "atlas/sayings.h"

#include <stdint.h>

__asm__(".section .rodata\n"
        "hangup_sayings_begin:\n"
        ".incbin \"harness/atlas/sayings.yaml\"\n"
        "hangup_sayings_end:\n"
        ".byte 0\n"
        ".previous\n");

extern const char hangup_sayings_begin[], hangup_sayings_end[];

struct sayings *sayings_new(struct error *error)
{
    return sayings_parse("sayings.yaml", hangup_sayings_begin,
        (size_t)((uintptr_t)hangup_sayings_end - (uintptr_t)hangup_sayings_begin), error);
}
