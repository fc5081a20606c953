// The program of `hangup exec` in host app: as its user, in the application's world.
#ifndef HANGUP_SESSION_PROGRAM_H
#define HANGUP_SESSION_PROGRAM_H

#include "contract/program.h"
#include "lab/lab.h"
#include "lab/process.h"
#include "lab/view.h"

// The world that the program will see. After a failure, too, it is to be closed.
bool lab_program_open_view(const struct lab *lab, const struct exec_program *program, struct lab_view *view,
    struct error *error) MUST_CHECK;

// `streams`: its standard input, output and error; a terminal among them becomes its controlling terminal.
bool lab_program_start(struct lab *lab, const struct exec_program *program, const struct lab_view *view,
    const int streams[EXEC_STREAMS], struct lab_process *process, struct error *error) MUST_CHECK;

#endif
