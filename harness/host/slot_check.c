// What happens to a slot's guest, and to what it grows from.
#include "host/slot.h"

#include "base/clock.h"
#include "base/duration.h"
#include "contract/cell_files.h"
#include "result/cell_folder.h"

#include <stdio.h>

static double wall_seconds(const struct guest *guest)
{
    return (double)(clock_now_us() - guest->started_us) / US_PER_S;
}

// A guest that ended by itself is judged by its trace; one that did not come so far, by its last words.
static struct verdict *judge_finished_cell(const struct folder *run, const char *name, const char *path)
{
    char words[GUEST_WORDS_SIZE], reason[GUEST_WORDS_SIZE + 64];
    struct folder folder;
    struct error error = {0};
    if (!folder_enter(run, name, &folder, ERROR_LAB, &error))
        return verdict_without_trace(OUTCOME_ERROR, error.text);
    bool began = folder_has(&folder, CELL_EVENTS_FILE);
    struct verdict *verdict = began ? verdict_of_folder(&folder) : NULL;
    folder_close(&folder);
    if (began)
        return verdict;
    snprintf(
        reason, sizeof(reason), "the guest ended before the cell began: %s", guest_last_words(path, words));
    return verdict_without_trace(OUTCOME_ERROR, reason);
}

// `failure` is NULL when the guest ended by itself.
static bool collect_guest(
    struct schedule *schedule, struct slot *slot, const struct error *failure, struct error *error)
{
    const struct guest guest = slot->run.guest;
    double wall_s = wall_seconds(&guest);
    guest_end(&slot->run.guest);
    slot->state = SLOT_FREE;
    if (failure != NULL)
        guest_note_failure(&guest, failure);
    const char *name = schedule->options->plan->cells[slot->cell]->name;
    struct verdict *verdict = failure == NULL
                                  ? judge_finished_cell(schedule->options->folder, name, guest.folder)
                                  : verdict_without_trace(OUTCOME_ERROR, failure->text);
    return slot_conclude(schedule, slot->cell, slot->forked, verdict, wall_s, error);
}
void slot_watch(const struct slot *slot, struct pollfd watched[static WATCHED_EACH])
{
    const int first = slot->state == SLOT_CELL     ? slot->run.guest.pidfd
                      : slot->state == SLOT_BRANCH ? slot->run.control_fd
                                                   : -1;
    const bool trunk = slot->state == SLOT_TRUNK || slot->state == SLOT_BRANCH;
    watched[0] = (struct pollfd){.fd = first, .events = POLLIN};
    const int last = trunk ? slot->trunks[slot->trunks_count - 1].control_fd : -1;
    watched[1] = (struct pollfd){.fd = last, .events = POLLIN};
}
static bool check_cell(struct schedule *schedule, struct slot *slot, bool ended, struct error *error)
{
    struct error why = {0};
    bool good = ended ? guest_ended_well(&slot->run.guest, &why) : guest_check(&slot->run.guest, &why);
    return (good && !ended) || collect_guest(schedule, slot, good ? NULL : &why, error);
}

static void check_trunk(struct schedule *schedule, struct slot *slot, bool spoke)
{
    struct error why = {0};
    const size_t last = slot->trunks_count - 1;
    struct trunk *trunk = &slot->trunks[last];
    bool good = spoke ? trunk_listen(trunk, &why) : guest_check(&trunk->guest, &why);
    if (!good)
        slot_lose_trunk(schedule, slot, last, &why);
    else if (spoke)
        slot->state = SLOT_FREE; // it waits
}

// `spoke`: the branch; `refused`: its trunk, which has a reason then.
static void check_branch(struct schedule *schedule, struct slot *slot, bool spoke, bool refused)
{
    struct error why = {0};
    const size_t last = slot->trunks_count - 1;
    const bool is_trunk = slot->run.is_trunk;
    bool good = refused ? trunk_listen(&slot->trunks[last], &why)
                : spoke ? branch_listen(&slot->run, &why)
                        : branch_check(&slot->run, &why);
    if (!good) {
        struct error none = {0};
        if (refused && spoke) // whoever it is must be ended, too
            (void)!branch_listen(&slot->run, &none);
        branch_end(&slot->run);
        slot_lose_trunk(schedule, slot, is_trunk ? last + 1 : last, &why);
    } else if (spoke) {
        slot_take_branch(slot);
    }
}

// A trunk that is gone takes with it what has grown from it.
static void fell_trunk(struct schedule *schedule, struct slot *slot, size_t nth, const struct error *why)
{
    if (slot->state != SLOT_TRUNK)
        branch_end(&slot->run);
    if (slot->state == SLOT_CELL)
        plan_group_give_back(&slot->group);
    slot_lose_trunk(schedule, slot, nth, why);
}

// Those that wait: of one that has been told something its socket says more. False: one of them is gone.
static bool check_waiting_trunks(struct schedule *schedule, struct slot *slot)
{
    struct error why = {0};
    const bool is_cell = slot->state == SLOT_CELL;
    const size_t waiting = is_cell ? slot->trunks_count : slot->trunks_count - 1;
    if (slot->trunks_count == 0 || slot->state == SLOT_FREE || (is_cell && !slot->forked))
        return true;
    for (size_t i = 0; i < waiting; i++)
        if (trunk_is_gone(&slot->trunks[i], &why)) {
            fell_trunk(schedule, slot, i, &why);
            return false;
        }
    return true;
}
bool slot_check(struct schedule *schedule, struct slot *slot,
    const struct pollfd watched[static WATCHED_EACH], struct error *error)
{
    bool first = watched[0].revents != 0, second = watched[1].revents != 0;
    if (!check_waiting_trunks(schedule, slot))
        return true;
    switch (slot->state) {
    case SLOT_FREE: return true;
    case SLOT_CELL: return check_cell(schedule, slot, first, error);
    case SLOT_TRUNK: check_trunk(schedule, slot, second); return true;
    case SLOT_BRANCH: check_branch(schedule, slot, first, second); return true;
    }
    return true;
}

// Folders that were made for branches of which nothing has come are removed.
void slot_end(const struct schedule *schedule, struct slot *slot)
{
    struct error none = {0};
    const bool prepared = slot->trunks_count > 0;
    if (slot->state == SLOT_CELL || slot->state == SLOT_BRANCH)
        branch_end(&slot->run);
    slot_end_trunks(schedule, slot, 0);
    for (size_t i = 0; prepared && i < slot->group.count; i++) {
        const struct cell *cell = schedule->options->plan->cells[slot->group.cells[i]];
        (void)!cell_folder_remove(schedule->options->folder, cell->name, &none);
    }
}
