// What a program in the lab was given: given.json (and given.stdin) in the results folder, with which
// `hangup replay` runs it again. Only its owner can read them.
//
// {"schema": "hangup-given/1", "program": contract/program.h's, "inside": BOOL, "not_kept": [NAME…],
//  "input": {"bytes": N, "sha256": "…", "kept": BOOL} | null, "typed": N, "files": {PATH: "sha256" | null}}
//
// A variable's value is kept where environment.h's list says that it is no secret; of the others the name is.
// `input` is null where it was a terminal. `files`: those of the host that were opened in the lab; null: it
// cannot be read. A terminal's keys are counted, and not kept.
#ifndef HANGUP_EXEC_GIVEN_H
#define HANGUP_EXEC_GIVEN_H

#include "base/folder.h"
#include "contract/program.h"
#include "host/paths.h"

#define GIVEN_FILE       "given.json"
#define GIVEN_INPUT_FILE "given.stdin"

struct exec_given {
    json_t *json; // NULL: nothing is kept
    int input_fd; // of the program's input, which goes with the guest; -1: there is none
};
#define EXEC_GIVEN_NONE (struct exec_given){.input_fd = -1}

// Before the program starts, in the folder that the guest will have. To be freed in any case.
bool exec_given_take(struct exec_given *given, const struct exec_program *program, bool inside,
    const char *folder, struct error *error) MUST_CHECK;
// When it has ended; takes the lab's list of files out of the folder. `typed`: keys.
bool exec_given_store(struct exec_given *given, const struct paths *paths, const struct folder *folder,
    size_t typed, struct error *error) MUST_CHECK;
void exec_given_free(struct exec_given *given);

// given.json of a stored folder, its members as above. NULL: ERROR_INPUT.
json_t *exec_given_read(const struct folder *folder, struct error *error) MUST_CHECK;
// How many of the files are others by now, or gone; `names` receives the first few.
#define GIVEN_NAMES_MAX 3
size_t exec_given_compare_files(
    const json_t *given, const struct paths *paths, const char *names[static GIVEN_NAMES_MAX]);
// The environment for another time: what is kept, and of today's (`now`) what was not. `missing` receives the
// names that today's has not. NULL: no memory.
char **exec_given_environment(const json_t *given, char *const *kept, char *const *now, json_t *missing);

#endif
