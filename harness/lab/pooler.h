// A pooler in host proxy, unmodified: the image's PgBouncer.
#ifndef HANGUP_LAB_POOLER_H
#define HANGUP_LAB_POOLER_H

#include "lab/lab.h"
#include "lab/process.h"
#include "lab/view.h"

// Starts what the network asks for, and waits until it accepts connections. From host wan, where the server
// has been started. `process` and `view` are the caller's to end, whatever the result.
bool lab_pooler_start(
    struct lab *lab, struct lab_process *process, struct lab_view *view, struct error *error) MUST_CHECK;

#endif
