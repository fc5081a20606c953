// A running subject: an adapter in host app that speaks the subject protocol (pool/subjects/README.md) on its
// standard streams.
#ifndef HANGUP_SESSION_SUBJECT_H
#define HANGUP_SESSION_SUBJECT_H

#include "base/error.h"
#include "lab/lab.h"

struct subject_process;

// Starts it and sends `open`. Its standard error goes to subject.log.
struct subject_process *subject_process_start(struct lab *lab, struct error *error) MUST_CHECK;
void subject_process_free(struct subject_process *subject);

// Readable when it has said something or ended; -1 after its output ended.
int subject_process_fd(const struct subject_process *subject);

// Sends one operation and notes it. A subject that does not read is broken.
void subject_process_send(struct lab *lab, const struct workload_item *item, int id);

// Takes in what it has said. Garbage and an untimely end are `subject-broken` events; see
// subject_process_broken.
void subject_process_listen(struct lab *lab);

bool subject_process_ready(const struct subject_process *subject);
bool subject_process_broken(const struct subject_process *subject);
int subject_process_unanswered(const struct subject_process *subject);
// Marks it broken with an event: "silent", when it had its time.
void subject_process_break(struct lab *lab, const char *reason, const char *detail);

// Ends its input, so that it closes its pool; waits, and kills what does not end. Writes `subject-exited`.
void subject_process_stop(struct lab *lab);

#endif
