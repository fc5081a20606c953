// Inside the plan: what plan_resolve is put together from.
#ifndef HANGUP_PLAN_INTERNAL_H
#define HANGUP_PLAN_INTERNAL_H

#include "plan/plan.h"

// Reads the scenarios that the request names into the plan, in its order; what one word stands for is
// sorted by name.
bool plan_read_scenarios(
    const struct plan_request *request, struct plan *plan, struct error *error) MUST_CHECK;

// Adds the request's conninfo to the scenarios', behind their own: libpq takes the last one of two. False:
// ERROR_INPUT, it is none, or one of the subjects cannot take it.
bool plan_add_conninfo(const struct plan_request *request, struct plan *plan,
    const struct plan_choices *choices, struct error *error) MUST_CHECK;

// Whether the scenario expects anything of the strategy's class: otherwise no cell is made of the two.
bool plan_runs(const struct scenario *scenario, const struct subject_strategy *strategy);

#endif
