#!/bin/bash
# The battery of `make torture`, in short: whoever ends hangup at whatever moment, nothing is left of it, and --resume goes on.
# Breaks with: a guest, a file in /dev/shm, the environment or the input of exec that outlives hangup (host/guardian.c).
RUNS=${RUNS:-4} EXECS=${EXECS:-4} exec "$(dirname "$0")/../torture/kills.sh"
