// The socket on which what runs in host app asks PID 1 for faults: a line of JSON for each request, a line
// for each answer.
//
//   > {"kind": "silence", "argument": "both", "options": {"for": "30s"}, "wait": true}
//   < {"ok": true, "fault": 3, "at_s": 12.5, "text": "silence both for 30s"}     it is in place
//   < {"ended": true, "fault": 3, "hits": 17}                                    with "wait", when it is over
//   > {"clear": 3}                              or null: all that are in place
//   < {"ok": true, "cleared": [{"fault": 3, "text": "silence both", "hits": 17}]}
//   < {"ok": false, "error": "unknown fault 'silense' (did you mean 'silence'?): expected one of ..."}
#ifndef HANGUP_SESSION_FAULT_SOCKET_H
#define HANGUP_SESSION_FAULT_SOCKET_H

#include "base/error.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct lab_fault_socket;

#define LAB_FAULT_NONE ((size_t)-1)

// Does what a request asks and gives the answer (a new reference). `*awaited`: the fault whose end the asker
// waits for, or LAB_FAULT_NONE.
typedef json_t *lab_fault_handler(void *context, const json_t *request, size_t *awaited);

// NULL: ERROR_LAB.
struct lab_fault_socket *lab_fault_socket_open(
    const char *path, lab_fault_handler *handler, void *context, struct error *error) MUST_CHECK;
void lab_fault_socket_close(struct lab_fault_socket *socket);

// Readable when somebody asks. lab_fault_socket_serve answers, and never blocks.
int lab_fault_socket_fd(const struct lab_fault_socket *socket);
void lab_fault_socket_serve(struct lab_fault_socket *socket);

// Tells those who wait for this fault's end.
void lab_fault_socket_tell_end(struct lab_fault_socket *socket, size_t fault, int64_t hits);

#endif
