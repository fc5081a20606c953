// The one place that knows where things are. Finding them changes nothing: no folder is made.
// What hangup brings with it has the same shape where it is built and where `make install` puts it
// (PREFIX/lib/hangup): scenarios/, pool/, results/baseline/ and scripts/, with the programs in build/.
#ifndef HANGUP_HOST_PATHS_H
#define HANGUP_HOST_PATHS_H

#include "base/error.h"

#include <limits.h>
#include <stdbool.h>

// Absolute paths, of files that may not exist yet unless said otherwise.
struct paths {
    char executable[PATH_MAX]; // this program
    char init[PATH_MAX];       // hangup-init beside it: what a guest boots
    char lab[PATH_MAX];        // hangup-lab beside it: what that becomes, in the image
    char root[PATH_MAX];       // what hangup brings: HANGUP_ROOT, else the nearest folder above the program
                               // with scenarios/
    char baseline[PATH_MAX];   // root/results/baseline: the atlas that diagnose searches
    char results[PATH_MAX];    // results below the folder that the reader is in: a folder per run
    char cache[PATH_MAX];      // HANGUP_CACHE, else XDG_CACHE_HOME/hangup, else ~/.cache/hangup
    char database[PATH_MAX];   // cache/database: templates of the data directory
    char
        kernel[PATH_MAX]; // the guest kernel: HANGUP_KERNEL, else what scripts/build-kernel.sh built last,
                          // else the release's. Empty when there is none; exists and is executable otherwise.
    char images[PATH_MAX]; // cache/images
    bool ptrace;           // HANGUP_GUEST=ptrace: not by seccomp, even if the kernel knows it
};

// Reads the environment, /proc/self/exe and the cache. ERROR_INPUT when an override is wrong, ERROR_LAB when
// what hangup brings cannot be found.
bool paths_find(struct paths *paths, struct error *error) MUST_CHECK;

// The kernel's path below the cache: "kernel-6.12.117-1-.../linux". NULL: it lies elsewhere, by
// HANGUP_KERNEL.
const char *paths_kernel_in_cache(const struct paths *paths);

#endif
