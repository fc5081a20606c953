#!/bin/sh
# Prints the folder that keeps what is built once (guest kernel, database templates); harness/host/paths.c says the same in C.
set -eu
if [ -n "${HANGUP_CACHE:-}" ]; then
    case $HANGUP_CACHE in
    /*) echo "$HANGUP_CACHE" ;;
    *) echo "HANGUP_CACHE=$HANGUP_CACHE: not an absolute path" >&2; exit 2 ;;
    esac
elif [ -n "${XDG_CACHE_HOME:-}" ]; then
    echo "$XDG_CACHE_HOME/hangup"
else
    home=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}
    case $home in
    /*) echo "$home/.cache/hangup" ;;
    # A user without a home, as in some containers.
    *) echo "/var/tmp/hangup-$(id -u)" ;;
    esac
fi
