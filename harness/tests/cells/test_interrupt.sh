#!/bin/bash
# SIGINT or SIGTERM in the middle of a run: status 130, what is done is kept, and no guest is left. Breaks with: a signal that
# is not watched, or not taken, guests in the harness's own process group, a run.json that is written only after the last cell.
. "$(dirname "$0")/tap.sh"

# Four cells, one after the other: two short ones, whose verdict is fail, then two long ones.
# A shell's background jobs ignore SIGINT, and so would hangup: not as from a terminal.
begin() {
    env --default-signal=INT "$hangup" run --out "$work/$1" --jobs 1 --cold --subject pqpool:none --subject pqpool:pre-ping \
        "$scenarios/fails.yaml" idle/silence >"$work/$1.out" 2>"$work/$1.err" &
    pid=$!
}

third_cell_runs() {
    [ "$(find "$work/$1" -name console.log 2>/dev/null | wc -l)" = 3 ] && [ -n "$(guests)" ]
}

for signal in INT TERM; do
    begin $signal
    check "SIG$signal: the third cell starts" wait_for 120 third_cell_runs $signal
    kill -$signal "$pid"
    status=0
    wait "$pid" || status=$?
    exits 130 "SIG$signal"
    no_guest_is_left "SIG$signal"
    holds "SIG$signal: run.json holds the finished cells and no other" $signal \
        'len(run["cells"]) == 2 and run["not_run"] == 2 and verdicts() == {"fail": 2}'
    check "SIG$signal: it says how to go on" grep -qF -- "--resume --out $work/$signal" "$work/$signal.err"
    check "SIG$signal: the other reports are there" test -s "$work/$signal/junit.xml" -a -s "$work/$signal/summary.md"
done

# What nobody can catch. The guest's kernel ends with its parent, and its processes with it.
for HANGUP_GUEST in seccomp ptrace; do
    export HANGUP_GUEST
    begin "$HANGUP_GUEST"
    check "$HANGUP_GUEST: the third cell starts again" wait_for 120 third_cell_runs "$HANGUP_GUEST"
    kill -KILL "$pid"
    wait "$pid" 2>/dev/null
    no_guest_stays "SIGKILL, $HANGUP_GUEST"
    check "SIGKILL, $HANGUP_GUEST: the guest did not run on to its end" \
        test -z "$(grep -ls '"event":"end"' "$work/$HANGUP_GUEST"/idle-*/events.jsonl)"
done
finish
