// Inside the plan: what plan_resolve is put together from.
#ifndef HANGUP_PLAN_INTERNAL_H
#define HANGUP_PLAN_INTERNAL_H

#include "plan/plan.h"

// Reads the scenarios that the request names into the plan, sorted by name.
bool plan_read_scenarios(
    const struct plan_request *request, struct plan *plan, struct error *error) MUST_CHECK;

// Reads the manifests that the request names. The choices are to be freed, whatever the result.
bool plan_choose_subjects(
    const struct plan_request *request, struct plan_choices *choices, struct error *error) MUST_CHECK;

// Whether the scenario expects anything of the strategy's class: otherwise no cell is made of the two.
bool plan_runs(const struct scenario *scenario, const struct subject_strategy *strategy);

// That the scenarios that the subjects depart from exist, and that those of the plan run the strategies that
// depart from them: what is never judged would be believed for ever.
bool plan_check_departures(const struct plan_request *request, const struct plan *plan,
    const struct plan_choices *choices, struct error *error) MUST_CHECK;

// What the strategy departs from in the cell's scenario.
bool cell_add_departures(struct cell *cell, const struct plan_choice *choice, const char *root) MUST_CHECK;
json_t *cell_departures_to_json(const struct cell *cell);
bool cell_departures_from_json(struct cell *cell, const json_t *json, struct error *error) MUST_CHECK;
void cell_departures_free(struct cell *cell);

#endif
