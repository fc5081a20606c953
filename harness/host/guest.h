// A guest: one User-mode Linux process that boots hangup as its PID 1. It needs no privilege and leaves
// nothing behind.
#ifndef HANGUP_HOST_GUEST_H
#define HANGUP_HOST_GUEST_H

#include "base/error.h"
#include "host/guest_console.h"
#include "host/guest_disk.h"
#include "host/paths.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct guest {
    pid_t pid;      // also its process group
    int pidfd;      // readable when it has ended
    int console_fd; // the guest's console.log, for progress
    int64_t started_us;
    int64_t virtual_us;       // the last heartbeat: the guest's own clock
    int64_t progress_cpu_us;  // CPU time used when that sign came
    int64_t progress_seen_us; // host clock at that moment
    int64_t limit_us;         // of wall time, then it is given up; guest_start sets that of a cell
    int64_t stuck_cpu_us;     // of CPU time without a heartbeat, the same
    struct guest_console console;
    struct guest_disk disk;
    char folder[4096];
};

#define GUEST_WRITABLE_MAX 1024 // folders beside its own
#define GUEST_READABLE_MAX 32   // files and folders beside its image

struct guest_options {
    const struct paths *paths;
    const char *image;  // the file that is its root
    const char *folder; // its working directory, which it can write; it finds its task in task.json there
    uint64_t seed;
    bool time_travel;
    unsigned place; // spreads guests that run side by side over the cores: each stays on one
    int line_fd; // a line to its PID 1, which finds what is written into the other end on /dev/tty1; -1: none
    int control_fd; // to its kernel, which makes branches (host/trunk.h); 0: none
    // Of guest_memory_folder(), for its memory and that of its copies. 0: a guest that is booted makes one,
    // and a branch can have no copies.
    int memory_fd;
    const char *const *readable; // of the host, for reading: files and folders, or "/" for all;
                                 // GUEST_READABLE_MAX at most, ends with NULL; may be NULL
    const char *const *writable; // further folders that it can write, GUEST_WRITABLE_MAX at most, ends with
                                 // NULL; may be NULL
    int64_t disk_limit;          // of bytes written to `folder`; 0: none
    bool may_set_attributes;     // modes, owners and times of the host's files
};

// What guest_start begins with: no process yet.
void guest_init(struct guest *guest, const struct guest_options *options);
// Opens the console.log that is in its folder.
bool guest_watch_console(struct guest *guest, struct error *error) MUST_CHECK;
// What a branch of a guest may do with files when it has options->folder. -1: this machine has no Landlock.
bool guest_ruleset(const struct guest_options *options, int *ruleset, struct error *error) MUST_CHECK;

// Starts a guest that can touch nothing of the host but what the options name (guest_confine.h).
bool guest_start(struct guest *guest, const struct guest_options *options, struct error *error) MUST_CHECK;

// Reads new signs of life. False: the guest burns CPU without progress (30 s, or what the environment's
// HANGUP_STUCK_CPU_S says), has run longer than a cell may, has written more than it may, or has lost a
// process; `error` says so. To be called every 200 ms.
bool guest_check(struct guest *guest, struct error *error) MUST_CHECK;

// One that has been standing still goes on: its time so far does not count.
void guest_go_on(struct guest *guest);

// Once it has ended. False: not by itself, or a process of it did not; `error` says how, and what to do.
bool guest_ended_well(struct guest *guest, struct error *error) MUST_CHECK;

// Waits until it has ended, checking it meanwhile. False: it had to be given up, or did not end well.
bool guest_wait(struct guest *guest, struct error *error) MUST_CHECK;

// The last line on the console of the guest that worked in `folder`, for an error: a kernel's panic, a lab
// that could not be built. Empty when there is none.
#define GUEST_WORDS_SIZE 400
char *guest_last_words(const char *folder, char words[static GUEST_WORDS_SIZE]);

// Adds to the trace in the guest's folder, if there is one, that it proves nothing, and why. For a guest that
// has been ended.
void guest_note_failure(const struct guest *guest, const struct error *failure);

// Ends the guest if it still runs, collects it and removes what it left beside its results.
void guest_end(struct guest *guest);

#endif
