#!/bin/bash
# A source of pqpool includes what it may touch. Breaks with: a check that does not know the file, or the header.
. "$(dirname "$0")/lint_tap.sh"
mkdir "$work/pool"

# refuses FILE HEADER REASON: check-banned.sh finds that include in a copy of pool/FILE, and nothing without it.
refuses() {
    local said check
    check=$PWD/scripts/check-banned.sh
    cp "pool/$1" "$work/pool" && said=$(cd "$work" && "$check" "pool/$1") &&
        sed -i "0,/#include/s//#include \"$2\"\n#include/" "$work/pool/$1" &&
        ! said=$(cd "$work" && "$check" "pool/$1") && grep -qF "$2\"    <- $3" <<<"$said"
    report $? "pool/$1 may not include $2: $3"
}

refuses pqpool_hosts.c pqpool_types.h 'it knows no pool'
refuses pqpool_exchange.h pqpool_owner.h 'it knows no pool'
refuses pqpool_exec.c pqpool_monitor.h 'it never has the lock'
refuses pqpool_turn.c pqpool_owner.h 'it has the lock'
echo "1..$tests"
