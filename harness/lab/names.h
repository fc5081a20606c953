// A name server on the router, for faults of names: it takes its time, or never answers.
#ifndef HANGUP_LAB_NAMES_H
#define HANGUP_LAB_NAMES_H

#include "lab/lab.h"

#define LAB_NAMES_NEVER INT64_MAX

struct lab_names; // a process of its own

// Answers each question of host app after `delay_us`: any name stands for LAB_DB_ADDRESS.
struct lab_names *lab_names_start(int64_t delay_us, struct error *error) MUST_CHECK;
// How many questions it was asked.
int64_t lab_names_asked(const struct lab_names *names);
void lab_names_stop(struct lab_names *names);

#endif
