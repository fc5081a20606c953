// Inside the plan: what plan_resolve is put together from.
#ifndef HANGUP_PLAN_PARTS_H
#define HANGUP_PLAN_PARTS_H

#include "plan.h"

// Reads the scenarios that the request names into the plan, sorted by name.
bool plan_read_scenarios(
    const struct plan_request *request, struct plan *plan, struct error *error) MUST_CHECK;

// One strategy of one subject.
struct plan_choice {
    const struct subject *subject; // one of the list's
    const struct subject_strategy *strategy;
};

struct plan_choices {
    struct subject **subjects; // owned
    size_t subjects_count;
    struct plan_choice *choices; // in order, none twice
    size_t count;
};

// Reads the manifests that the request names. The choices are to be freed, whatever the result.
bool plan_choose_subjects(
    const struct plan_request *request, struct plan_choices *choices, struct error *error) MUST_CHECK;
void plan_choices_free(struct plan_choices *choices);

struct cell *cell_new(const struct plan_request *request, struct scenario *scenario,
    const struct plan_choice *choice, struct error *error) MUST_CHECK;

#endif
