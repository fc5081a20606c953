// The standard streams of the program of `hangup exec`, inside the lab: pipes, or a terminal, whose other
// ends go to files of the results folder, where the host reads along; and the line on which the host speaks.
#ifndef HANGUP_SESSION_STREAMS_H
#define HANGUP_SESSION_STREAMS_H

#include "contract/program.h"
#include "lab/lab.h"

#include <sys/types.h>

struct lab_streams;

// NULL: ERROR_LAB. From then on the host may speak.
struct lab_streams *lab_streams_open(const struct exec_program *program, struct error *error) MUST_CHECK;
void lab_streams_close(struct lab_streams *streams);

// The program's ends, for its start; once it has them, lab_streams_follow gives them up here and names the
// process group that signals go to.
const int *lab_streams_of_program(const struct lab_streams *streams);
void lab_streams_follow(struct lab_streams *streams, pid_t group);

// Readable when there is something to pass on; lab_streams_relay does that, and never blocks.
int lab_streams_fd(const struct lab_streams *streams);
bool lab_streams_relay(struct lab *lab, struct lab_streams *streams, struct error *error) MUST_CHECK;

#endif
