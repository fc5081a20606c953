// A small project for tests of the plan: subjects, scenarios, and some of both that are wrong.
#ifndef HANGUP_TESTS_UNIT_PLAN_PLAN_FIXTURE_H
#define HANGUP_TESTS_UNIT_PLAN_PLAN_FIXTURE_H

#include "plan/plan.h"

#define WORDS_MAX 4

extern char plan_root[]; // its folder
int plan_project_make(void **state);
int plan_project_remove(void **state);

// As the command line would. Words that start with '@' are paths below the root.
struct plan *resolve_words(const char *const scenarios[WORDS_MAX], const char *const subjects[WORDS_MAX],
    unsigned shard, unsigned shards, struct error *error);

#endif
