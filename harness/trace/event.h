// events.jsonl: everything that happened in a cell, one JSON object a line, in the order of its only clock.
//
// Every event has "at_us" (microseconds since the scenario's zero; negative during set-up) and "event". The
// kinds:
//
// clang-format off
//   lab             kernel, lab ("virtual"...), seed, zero_realtime_us (the scenario's zero on the guest's wall clock)
//   server-ready
//   subject-ready   name, version, driver          as the subject reports itself
//   start                                          the scenario's zero
//   op-sent         id, do, key
//   op-answered     id, ok, backend | id, ok: false, error, kind, sqlstate
//   op-failed       id, ok: false, error, kind, sqlstate   the application does it again at once (`retries`)
//   fault-applied   fault (index in plan.json), kind, argument, connections (that host app has established)
//   fault-hit       fault, what, port | pid | address   the moment at which a fault that waited did its harm
//   fault-reverted  fault, hits                    also at the end of the cell, for what was not reverted before
//   fault-failed    fault, error                   it could not be applied or reverted: the cell is an error
//   rst-injected    fault, to ("app" | "db"), port (the client's), seq
//   fin-injected    the same
//   backend-killed  fault, pid
//   subject-broken  reason ("garbage", "exited", "silent"), detail
//   path            fault, state ("down" | "up")   a fault that acts by turns
//   flow-forgotten  port (the client's)            the flow table resets both ends of it, or a proxy ends the server's
//   flow-table      forgotten                      connections; at the end, where the network has a flow table or proxy
//   program-started zero_realtime_us               hangup exec: the program's start is zero, as this event says
//   fault-requested fault, text, lasts             by the program; it stands behind the scenario's own
//   signal          signal                         to the program, from outside
//   program-timeout                                it is told to end (--timeout)
//   program-exited  status | signal
//   files-dropped   count, files (some names)      what it has written is gone with the lab
//   clean-up                                       the timeline is over; what follows is the lab's own doing
//   subject-exited  status | signal                after the end of its input
//   row             key, count                     what the database holds, read at the end; one event a key
//   leaked-backends count
//   failed          error                          the lab itself gave up: the cell is an error
//   end             reason ("done" | "run_for" | "broken" | "failed")
// clang-format on
#ifndef HANGUP_TRACE_EVENT_H
#define HANGUP_TRACE_EVENT_H

#include "base/folder.h"

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

// Writes one line; takes over `members` (an object, may be NULL for none). Keys keep their order: the same
// cell gives the same bytes.
bool trace_event_write(
    FILE *file, int64_t at_us, const char *event, json_t *members, struct error *error) MUST_CHECK;

// Reads a whole events.jsonl into a JSON array, each line checked for at_us and event. NULL: ERROR_LAB with
// file and line. The second form opens it in a cell's folder.
json_t *trace_event_read(struct folder_file *file, struct error *error) MUST_CHECK;
json_t *trace_event_read_in(const struct folder *folder, struct error *error) MUST_CHECK;

// What an operation's error is shown by: its text, or its kind where it has none ("TimeoutError"). Never
// empty; borrowed from the event.
const char *trace_error_text(const json_t *answered);

#endif
