// The program of `hangup exec`: all that the lab must know to run it as it would run outside. Written by the
// host as program.json, read by PID 1, and removed: it holds the user's environment.
#ifndef HANGUP_CONTRACT_PROGRAM_H
#define HANGUP_CONTRACT_PROGRAM_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#define EXEC_PROGRAM_FILE "program.json"

// Files in the results folder that stand for the program's streams. Its input is there before it starts.
#define EXEC_INPUT_FILE    "stdin"
#define EXEC_OUTPUT_FILE   "stdout.log"
#define EXEC_ERROR_FILE    "stderr.log"
#define EXEC_TERMINAL_FILE "terminal.log"

// Written by the lab when the program has ended: the host's files that were opened. For the host, which
// removes it.
#define EXEC_HOST_FILES_FILE "host-files.json"

// In the lab.
#define EXEC_FOLDER    "/run/hangup"
#define EXEC_AUTHORITY EXEC_FOLDER "/ca.crt"
#define EXEC_SOCKET    EXEC_FOLDER "/fault"

#define EXEC_STREAMS 3

struct exec_program {
    char **argv;        // NULL-terminated, as the two below
    char **environment; //
    char **writable;    // folders that it may write to, absolute
    char *folder;       // where it is started, absolute
    int64_t user, group;
    int64_t *groups; // the supplementary ones
    size_t groups_count;
    int umask;
    bool terminal[EXEC_STREAMS]; // which of its standard streams is a terminal
    bool one_output;             // its standard error goes where its standard output goes
    bool raw;                    // the terminal outside is in raw mode: the one inside edits, echoes, signals
    int rows, columns;
    int64_t timeout_us; // on the lab's clock
};

// All members are owned. Freeing NULL is fine.
void exec_program_free(struct exec_program *program);

// program.json below `folder`. NULL or false: ERROR_INPUT where a text is not UTF-8, else ERROR_LAB.
bool exec_program_write(
    const char *folder, const struct exec_program *program, struct error *error) MUST_CHECK;
struct exec_program *exec_program_read(const char *folder, struct error *error) MUST_CHECK;

// The same as JSON. NULL: as above; of what is not as hangup writes it, without a word.
json_t *exec_program_to_json(const struct exec_program *program, struct error *error) MUST_CHECK;
struct exec_program *exec_program_from_json(const json_t *json) MUST_CHECK;

// A copy of a NULL-terminated list, and its end. NULL: no memory.
char **exec_words_copy(char *const *words);
void exec_words_free(char **words);

#endif
