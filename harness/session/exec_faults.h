// The faults around a program of the user's: those of the scenario, each at its time, and those that the
// program asks for, at once.
#ifndef HANGUP_SESSION_EXEC_FAULTS_H
#define HANGUP_SESSION_EXEC_FAULTS_H

#include "base/error.h"
#include "lab/alarm.h"
#include "lab/lab.h"

struct lab_exec_faults;

// Sets the alarms of the scenario's faults, and opens the socket. NULL: ERROR_LAB.
struct lab_exec_faults *lab_exec_faults_open(struct lab *lab, struct error *error) MUST_CHECK;
void lab_exec_faults_close(struct lab_exec_faults *faults);

// Readable when the program asks for something.
int lab_exec_faults_fd(const struct lab_exec_faults *faults);
void lab_exec_faults_serve(struct lab_exec_faults *faults);

// Reverts what is in place, so that nothing outlives the program; no alarm is left.
void lab_exec_faults_end(struct lab_exec_faults *faults);

#endif
