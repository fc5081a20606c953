// Loaded into the guest's process: gives the guest kernel its only randomness, a stream that depends on
// nothing but the seed.
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>

static uint64_t splitmix64(uint64_t *state)
{
    uint64_t mixed = (*state += 0x9E3779B97F4A7C15u);
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
}

ssize_t getrandom(void *buffer, size_t length, unsigned flags)
{
    static uint64_t state;
    static int seeded;
    (void)flags;
    if (!seeded) {
        const char *seed = getenv("HANGUP_SEED");
        state = seed ? strtoull(seed, NULL, 10) : 0;
        seeded = 1;
    }
    unsigned char *out = buffer;
    for (size_t i = 0; i < length; i++)
        out[i] = (unsigned char)splitmix64(&state);
    return (ssize_t)length;
}
