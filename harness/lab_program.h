// The program of `hangup exec` in host app: as its user, without the lab's own files.
#ifndef HANGUP_LAB_PROGRAM_H
#define HANGUP_LAB_PROGRAM_H

#include "exec_program.h"
#include "lab.h"
#include "lab_process.h"

// Its folders are made writable, and its certificate authority is put in its place.
bool lab_program_prepare(
    const struct exec_program *program, const char *template_folder, struct error *error) MUST_CHECK;

// `streams`: its standard input, output and error; a terminal among them becomes its controlling terminal.
bool lab_program_start(struct lab *lab, const struct exec_program *program, const int streams[EXEC_STREAMS],
    struct lab_process *process, struct error *error) MUST_CHECK;

#endif
