// The signals that ask a run of many guests to end: SIGINT, SIGTERM and SIGHUP, as something to wait for.
#ifndef HANGUP_HOST_END_SIGNALS_H
#define HANGUP_HOST_END_SIGNALS_H

#include <signal.h>

// A descriptor that can be read once one has come; -1: there is none. `before` receives the mask of before.
int end_signals_catch(sigset_t *before);

// Closes it and restores the mask. What came is taken, or it would be delivered now, and end us before the
// results are written: timeout(1) sends its signal twice.
void end_signals_release(int signals_fd, const sigset_t *before);

#endif
