#!/bin/bash
# The virtual lab tells the truth: the same cells in real time give the same verdicts, errors and error texts, and the same times
# within the tolerance. Breaks with: a timer that time travel skips or doubles, a fault that comes early or late, an answer that
# depends on computing taking no time. The tolerance is for this machine: in real time its load is in the numbers.
. "$(dirname "$0")/tap.sh"

cells=("$scenarios"/short-*.yaml --subject pqpool:none --subject pqpool:pre-ping-deadline
    --subject sqlalchemy:none --subject sqlalchemy:pre-ping)
tolerance=2s
compare() {
    "$hangup" compare "$work/$1" "$work/$2" --tolerance $tolerance --all
}

# Guests in real time mostly wait, so there may be more of them than cores.
run virtual "${cells[@]}"
exits 0 'in virtual time'
run realtime --lab realtime --jobs 8 "${cells[@]}"
exits 0 'in real time'
check "verdicts, errors and texts agree, and times within $tolerance and a tenth" compare virtual realtime
holds 'it was real time' realtime "run['lab'] == 'realtime' and run['wall_s'] > 12"
holds 'they waited as long as the connection does' realtime \
    "2.9 < metric('sqlalchemy:none', 'slowest_ms', 'short-silence') / 1e3 < 6"

# The comparison can fail: a silence of twice the length, and no silence.
for length in 12s 1ms; do
    mkdir -p "$work/$length"
    sed "s/for: 6s/for: $length/; s/at: 10s/at: 15s/; s/run_for: 15s/run_for: 30s/; s/slowest: .*/slowest: <30s}/" \
        "$scenarios/short-silence.yaml" >"$work/$length/short-silence.yaml"
    run "other-$length" --subject sqlalchemy:pre-ping "$work/$length/short-silence.yaml"
    check "a silence of $length instead is told apart" bash -c \
        "'$hangup' compare '$work/virtual' '$work/other-$length' | grep -q 'short-silence *| sqlalchemy:pre-ping.*[*][*]'"
done
finish
