// SplitMix64 (Steele, Lea, Flood 2014): eight lines, and the same everywhere.
#include "search/chance.h"

static uint64_t next(struct chance *chance)
{
    uint64_t value = (chance->state += 0x9e3779b97f4a7c15u);
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
    return value ^ (value >> 31);
}

struct chance chance_of(uint64_t seed)
{
    struct chance chance = {.state = seed};
    chance.state = next(&chance);
    return chance;
}

uint64_t chance_below(struct chance *chance, uint64_t bound)
{
    return next(chance) % bound; // the bounds are small: what this favours is one in 2^50
}
