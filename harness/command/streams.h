// The three streams of the program: what cannot be written is noticed, once, at the end.
#ifndef HANGUP_COMMAND_STREAMS_H
#define HANGUP_COMMAND_STREAMS_H

// Before anything is opened: takes the place of streams that are closed, so that no file of ours gets their
// number and is written to in their stead. To use one of them fails as it does when it is closed.
void command_streams_hold(void);
// Those become empty ones, which can be used: for a program that is handed them.
void command_streams_open(void);

// The exit status after `status`, when everything has been printed: EXIT_FAILED for EXIT_AS_EXPECTED where
// standard output could not be written as a whole, with one line on standard error. That nobody reads on
// (EPIPE) needs no line.
int command_streams_close(int status);

#endif
