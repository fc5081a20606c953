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

# --- the report. Breaks with: a frozen server that is no hang because it acknowledges, an end that is not said, what the flow
# table forgot, files that are lost without a word, a line wider than 80 columns.
printf 'network: {rtt: 10ms, flow_table: {idle: 60s, then: silence}}\n' >"$work/forgets.yaml"
lab forgets "$work/forgets.yaml" --fault '300s silence both for 20s' --fault '400s server freeze for 30s' -- sh -c "
    printf 'SELECT 1;\n' | PGCONNECT_TIMEOUT=10 psql -At
    (echo 'SELECT 1;'; sleep 100; echo 'SELECT 2;'; sleep 60) | timeout 190 psql -At
    sleep \$((301 - 190)); psql -Atc 'SELECT 3'
    sleep 80; psql -Atc 'SELECT 4'
    mkdir '$work/new'; echo x >'$work/new/two'; echo x >'$work/one'" </dev/null
check 'it says when a fault began, when it ended, and what it hit' told forgets '^ +300\.000 s  silence both, until 320\.000 s: [1-9][0-9]* hits$'
check 'it names the longest hang' told forgets '^  longest hang  [0-9.]+ s, from 10[01]\.[0-9]+ s on: connection 2 \(port [0-9]+\)'
check 'and how many more there were' told forgets '^ +and [12] more of a second or longer$'
check 'what the flow table forgot' told forgets '^  forgotten     1 connection, by the flow table$'
check 'files that are gone' told forgets '^  files         2 written and gone with the lab'
check 'with their names' grep -q "$work/new/two" "$work/forgets.err"
check 'in lines of 80 columns, but for names' test -z "$(sed '/^hangup: /,$!d' "$work/forgets.err" | grep -v "$work" | grep '.\{81\}')"
lab kept --writable "$work/new" -- sh -c "mkdir -p '$work/new'; echo x >'$work/new/file'; rm -f /etc/hostname" </dev/null
check 'files that are kept are not among them' test -z "$(grep '^  files' "$work/kept.err")"

# --- the image's program. Breaks with: a working folder that is not there, the host's files that are, a fault that it cannot make;
# the smallest image, which lacks what hangup itself needs.
echo hello >"$work/mine"
chmod 644 "$work/mine"
here=$PWD
cd "$work" || exit 1
lab inside --inside --image debian-13 --fault '5s server kill-backend' -- sh -c "
    pwd; cat mine; test -e '$here/Makefile' || echo 'nothing else of this machine'
    psql -Atc \"SELECT 'the image has psql'\"
    psql -Atc 'SELECT pg_sleep(10)' || echo 'killed'
    hangup fault silence --for 1s --wait; echo \"fault \$?\"
    echo x >written" </dev/null
cd "$here" || exit 1
exits 0 '--inside'
check 'it works in the folder where it was started' said inside "$work"
check 'and sees its files' said inside hello
check 'nothing else is there' said inside 'nothing else of this machine'
check "the image's programs are" said inside 'the image has psql'
check 'faults happen to them' said inside killed
check 'and they can ask for one' said inside 'fault 0'
check 'what it wrote is named by the path that it knows' told inside "$work/written"
check 'and is gone' test ! -e "$work/written"

no_guest_is_left 'exec'
finish
