// The memory of guests: an unnamed file each, in /dev/shm.
#ifndef HANGUP_HOST_GUEST_MEMORY_H
#define HANGUP_HOST_GUEST_MEMORY_H

#include "base/error.h"

#include <stdint.h>
#include <stdio.h>

#define GUEST_MEMORY_FOLDER "/dev/shm"
#define GUEST_MEMORY_MB     768 // what one guest can fill at most; the kernel's command line says the same

// A folder for it that has no name any more: there is nothing of it that could be left behind, and nothing of
// others beside it. -1: errno says why.
int guest_memory_folder(void);

// How many of `wanted` guests have room there side by side; what is less is told on `notes`, which may be
// NULL. 0: not even one; `error` says what to do.
unsigned guest_memory_fits(unsigned wanted, FILE *notes, struct error *error);

// The same for `free_mb` of room.
unsigned guest_memory_fits_in(uint64_t free_mb, unsigned wanted, FILE *notes, struct error *error);

#endif
