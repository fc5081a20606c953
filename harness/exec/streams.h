// The host's side of the program's standard streams: its input is copied before it starts, its output is read
// along from the files in which the lab leaves it.
#ifndef HANGUP_EXEC_STREAMS_H
#define HANGUP_EXEC_STREAMS_H

#include "contract/program.h"

// Which of them are terminals, and whether output and errors go to the same place.
void exec_streams_examine(struct exec_program *program);

// Standard input, to its end, into the results folder. Nothing where it is a terminal.
bool exec_streams_copy_input(
    const char *folder, const struct exec_program *program, struct error *error) MUST_CHECK;

struct exec_outputs;

// Makes the files. `muted`: what is said stays in them. NULL: ERROR_LAB.
struct exec_outputs *exec_outputs_open(
    const char *folder, const struct exec_program *program, bool muted, struct error *error) MUST_CHECK;
void exec_outputs_close(struct exec_outputs *outputs);

// Readable when the program may have said something. exec_outputs_pass passes on all there is; false: who
// read it does not any more.
int exec_outputs_fd(const struct exec_outputs *outputs);
bool exec_outputs_pass(struct exec_outputs *outputs);

#endif
