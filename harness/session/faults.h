// The faults of a running cell: applied and reverted by index, and none left behind at the end.
#ifndef HANGUP_SESSION_FAULTS_H
#define HANGUP_SESSION_FAULTS_H

#include "lab/lab.h"

#include <stddef.h>

struct lab_faults; // which faults are in place, with their state

struct lab_faults *lab_faults_new(size_t count);
void lab_faults_free(struct lab_faults *faults);

// Both write their events; what cannot be done is a `fault-failed` event, which makes the cell an error.
// `error` says the same to who asked; NULL: nobody.
bool lab_faults_apply(struct lab *lab, struct lab_faults *faults, size_t index, struct error *error);
// `hits`: what it met, unless NULL; -1: it was not in place, or could not count.
void lab_faults_revert(struct lab *lab, struct lab_faults *faults, size_t index, int64_t *hits);

// Makes room for the `count` faults of another scenario. Those that were applied have the same places in it.
// False: no memory.
bool lab_faults_grow(struct lab_faults *faults, size_t count) MUST_CHECK;

// Applied at some time: it may be reverted by now.
bool lab_faults_begun(const struct lab_faults *faults, size_t index);
bool lab_faults_in_place(const struct lab_faults *faults, size_t index);

// In reverse order of their application.
void lab_faults_revert_all(struct lab *lab, struct lab_faults *faults);

#endif
