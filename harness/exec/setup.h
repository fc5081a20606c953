// What `hangup exec` prepares on the host: the lab's plan, the program as the lab will start it, the folder.
#ifndef HANGUP_EXEC_SETUP_H
#define HANGUP_EXEC_SETUP_H

#include "contract/program.h"
#include "contract/task.h"
#include "exec/options.h"
#include "host/paths.h"

// The scenario with the command in the subject's place. NULL: ERROR_INPUT.
struct cell *exec_setup_cell(
    const struct paths *paths, const struct exec_options *options, struct error *error) MUST_CHECK;

// NULL: ERROR_INPUT when a folder is not one the lab can show.
struct exec_program *exec_setup_program(
    const struct paths *paths, const struct exec_options *options, struct error *error) MUST_CHECK;

// The results folder (absolute) with all that the guest reads.
// `task` has its template already; it is filled, and to be freed by the caller, also after a failure.
bool exec_setup_folder(const struct paths *paths, const struct exec_options *options, const struct cell *cell,
    const struct exec_program *program, struct guest_task *task, char folder[static PATH_MAX],
    struct error *error) MUST_CHECK;

#endif
