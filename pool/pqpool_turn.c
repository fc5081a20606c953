// Turns: when somebody waits and a place stays with its thread all the same.
//
// Two threads on one place would wake each other for every cycle. So a thread that was handed a place and
// gives it back within PQPOOL_BRIEF_US may use it again and again for the rest of its turn. Holds are served
// strictly in order, but for those in which no server could have answered: there turns are.
//
// A turn is as long as PQPOOL_TURN_US, where all are. But where some threads have a whole turn and others a
// single hold, because theirs was not brief, who waits for the long ones only would wait too long. So a turn
// is not longer than one and a half times the mean of the last ones.
//
// Where more threads compute than there are processors the first in the queue may be long without one, and a
// turn does not end by it: the thread that has the turn looks at the clock itself, at every so many checkins,
// and gives up after PQPOOL_GRACE_US (pqpool_fast_path.c). That is later on purpose: a turn that ends while
// nobody is ready for the next is lost time.
#include "pqpool_monitor.h"

static int64_t min_us(int64_t one_us, int64_t other_us)
{
    return one_us < other_us ? one_us : other_us;
}

void pqpool_begin_turn(struct pqpool_place *place, int64_t now_us)
{
    place->turn_us = min_us(place->pool->turns_us * 3 / (2 * PQPOOL_TURNS), PQPOOL_TURN_US);
    place->turn_over_us = now_us + place->turn_us;
    place->turn_is_new = true;
}

static void learn_turn_length(struct pqpool *pool, int64_t turn_us)
{
    pool->turns_us += min_us(turn_us, PQPOOL_TURN_US) - pool->turns_us / PQPOOL_TURNS;
}

bool pqpool_turn_goes_on(struct pqpool_place *place)
{
    int64_t now_us = pqpool_now_us(), over_us = place->turn_over_us;
    if (place->turn_is_new) { // the first use of it decides
        int64_t begun_us = over_us - place->turn_us;
        if (now_us >= begun_us + PQPOOL_BRIEF_US)
            over_us = now_us;
        learn_turn_length(place->pool, over_us - begun_us);
    }
    place->turn_is_new = false;
    place->in_turn = now_us < over_us;
    return place->in_turn;
}

int64_t pqpool_end_turns(struct pqpool *pool, int64_t now_us)
{
    int64_t first_us = PQPOOL_NEVER;
    struct pqpool_place *place;
    TAILQ_FOREACH (place, &pool->lists[PQPOOL_CHECKED_OUT], link) {
        if (place->in_turn && place->turn_over_us <= now_us)
            atomic_store(&place->in_turn, false);
        else if (place->in_turn && place->turn_over_us < first_us)
            first_us = place->turn_over_us;
    }
    return first_us;
}
