// Turns: a thread may keep its place for a short time although others wait.
//
// Two threads that share one place would wake each other at every cycle. So a thread that waited for its
// place and gives it back within PQPOOL_BRIEF_US may use it again and again until its turn is over. All
// longer holds are served strictly in order: PQPOOL_BRIEF_US is too short for a server to have answered.
//
// A turn takes PQPOOL_TURN_US if all threads use theirs up. If some use a whole turn and others, whose hold
// was not brief, only a single hold, a thread that waits for the former only would wait too long. So a turn
// is limited to one and a half times the mean of the last ones.
//
// With more running threads than processors, the first waiter may not run for long and cannot end the turn.
// Then the thread that has the turn ends it: it reads the clock at every PQPOOL_CYCLES_PER_LOOK-th checkin
// and stops PQPOOL_GRACE_US after the end of the turn (pqpool_fast_path.c). That is later on purpose: a turn
// that ends while no waiter is ready is lost time.
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
    if (place->turn_is_new) { // the first hold decides
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
