// `hangup list ... --format json`: one object a thing. NULL: no memory.
#ifndef HANGUP_COMMAND_LIST_JSON_H
#define HANGUP_COMMAND_LIST_JSON_H

#include "scenario/fault.h"
#include "scenario/scenario.h"
#include "subject/subject.h"

#include <jansson.h>

json_t *list_scenario_to_json(const struct scenario *scenario);
// `image`: as subject_missing_file has it. `fix`: the command that brings what is missing; empty: there is
// none.
json_t *list_subject_to_json(const struct subject *subject, const struct erofs *image, const char *fix);
json_t *list_fault_to_json(const struct fault_kind *kind);

// "DURATION", as usage texts have it; of FAULT_OPTION_WORD NULL.
const char *list_option_value(enum fault_option_type type);

#endif
