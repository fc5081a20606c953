#!/bin/bash
# hangup exec: which faults happen around a program, and what the report says of them.
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/lab.sh"

# --- without a scenario, and with half of one. Breaks with: a section that is asked for though a program has no use for it, a
# --fault that is lost beside the file's own.
printf 'faults:\n  - {at: 5s, silence: both, for: 30s}\n' >"$work/half.yaml"
lab calm -- psql -Atc 'SELECT 40+2' </dev/null
exits 0 'the calm path needs no name'
check 'the database is there' said calm 42
check 'and nothing happens' test "$("${python[@]}" -c 'import json, sys; r = json.load(open(sys.argv[1])); print(r["faults"], r["wire"]["swallowed"])' \
    "$work/calm/exec.json")" = '[] 0'
lab half "$work/half.yaml" --fault '90s server kill-backend' --fault '2s degrade both delay 5ms for 1s' -- \
    sh -c 'sleep 6; psql -Atc "SELECT 1"; psql -Atc "SELECT pg_sleep(100)"' </dev/null
check 'a file with faults only, and two more: the first of the command line' told half '^ +2\.000 s  degrade both.*: it hit nothing'
check 'the one of the file' told half '^ +5\.000 s  silence both.*: [1-9][0-9]* hits'
check 'the second of the command line' told half '^ +90\.000 s  server kill-backend: 1 hit$'

no_guest_is_left 'exec'
finish
