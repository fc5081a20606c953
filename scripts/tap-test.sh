#!/bin/bash
# Runs one test program for prove: one plan, one numbering, a time limit. When something failed, all else that the program
# printed becomes comments, which prove shows.
# usage: tap-test.sh PROGRAM     TEST_LIMIT_S (300): a test that hangs fails
set -uo pipefail
limit_s=${TEST_LIMIT_S:-300}
output=$(mktemp)
trap 'rm -f "$output"' EXIT
# It ends with this script, which ends with prove.
CMOCKA_MESSAGE_OUTPUT=TAP setpriv --pdeathsig TERM \
    timeout --kill-after=10 "$limit_s" "$@" >"$output" 2>&1 </dev/null
status=$?
[ "$status" != 124 ] || echo "not finished after $limit_s s" >>"$output"
failed=$status
! grep -E '^not ok( |$)' "$output" | grep -qv '# SKIP' || failed=1
# CMocka has a plan for each group of tests, and calls a skipped test `not ok`.
awk -v failed="$failed" '
    /^1\.\.[0-9]+$/ { planned += substr($0, 4); next }
    /^(not )?ok( |$)/ {
        if (/# SKIP/) sub(/^not /, "")
        tests++
        if (!sub(/ok [0-9]+/, "ok " tests)) sub(/ok/, "ok " tests)
        print
        next
    }
    failed { print "# " $0 }
    END { if (planned + tests > 0) print "1.." planned + 0 }' "$output"
exit "$status"
