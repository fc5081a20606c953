#!/bin/bash
# The same cell and seed give the same bytes, whatever else the machine does; another seed gives others. Breaks with: any chance
# or time of the host that reaches the guest (addresses, the environment, the order in which processes are scheduled).
. "$(dirname "$0")/tap.sh"

scenario=$(realpath "$scenarios/calibrate-delay.yaml")
cells=("$scenario" --subject pqpool:pre-ping --subject sqlalchemy:none)
cache=${HANGUP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hangup}

# hashes RUN: pcap_sha256 and events_sha256 of each cell, one a line.
hashes() {
    "${python[@]}" -c 'import json, sys
for cell in json.load(open(sys.argv[1]))["cells"]:
    print(cell["pcap_sha256"], cell["events_sha256"], sep="\n")' "$work/$1/run.json"
}

same() {
    diff <(hashes "$1") <(hashes "$2")
}

nothing_in_common() {
    [ -z "$(comm -12 <(hashes "$1" | sort) <(hashes "$2" | sort))" ]
}

run quiet "${cells[@]}" --jobs 1
exits 0 'one guest at a time'

# CPU load, two guests at once, another folder, another environment.
while :; do :; done &
load=($!)
while :; do :; done &
load+=($!)
mkdir -p "$work/some where/else"
(
    cd "$work/some where/else" &&
        env -i PATH=/usr/bin:/bin HANGUP_CACHE="$cache" ${HANGUP_ROOT:+HANGUP_ROOT="$HANGUP_ROOT"} TZ=Asia/Tokyo LANG=de_DE.UTF-8 \
            PGHOST=nowhere PGSSLMODE=disable LONG="$(printf 'x%.0s' {1..5000})" \
            "$hangup" run "${cells[@]}" --jobs 2 --out "$work/loaded with a much longer name"
) >"$work/loaded.out" 2>&1
status=$?
kill "${load[@]}"
exits 0 'two guests under load, elsewhere, with another environment'

run seed "${cells[@]}" --jobs 2 --seed 8
exits 0 'another seed'

# The hashes of another seed would differ for its name in the trace alone. (In Python it also moves microseconds.)
moments() {
    grep -ho '"at_us":[0-9]*,"event":"op-answered"' "$work/$1"/*pqpool*/events.jsonl
}

other_delays() {
    [ -n "$(moments "$1")" ] && ! diff <(moments "$1") <(moments "$2") >/dev/null
}

check 'there are two hashes for each of two cells, all different' test "$(hashes quiet | grep -cE '^[0-9a-f]{64}$')$(hashes quiet | sort -u | wc -l)" = 44
check 'the same seed gives the same bytes' same quiet 'loaded with a much longer name'
check 'another seed gives other bytes' nothing_in_common quiet seed
check 'another seed gives other delays' other_delays quiet seed

# Replay of a cell that was stored, and of one whose plan says another seed now. Breaks with: a first difference that is not shown.
cell=$(echo "$work"/quiet/*pqpool*)
TMPDIR=$work check 'replay: the same bytes again' "$hangup" replay "$cell"
mkdir -p "$work/reader/results"
ln -s nowhere "$work/reader/results/0-broken"
cp -r "$work/seed" "$work/reader/results/1"
cp -rp "$work/quiet" "$work/reader/results/2"
again=calibrate-delay/pqpool:pre-ping/7
check 'replay: scenario/subject/seed is the newest of the results' \
    grep -qx "hangup: $work/reader/results/2/$(basename "$cell")" <(cd "$work/reader" && TMPDIR=$work "$hangup" replay "$again" 2>&1)
cp -r "$cell" "$work/altered"
sed -i 's/"seed": 7/"seed": 8/' "$work/altered/plan.json"
status=0
TMPDIR=$work "$hangup" replay "$work/altered" >"$work/altered.out" 2>&1 </dev/null || status=$?
exits 1 'replay of a cell with another seed'
check 'the first event that differs is shown, then and now' \
    grep -qzP 'first event that differs is in line 1 of events.jsonl:\n  stored  .*"seed":7.*\n  now     .*"seed":8' "$work/altered.out"
check 'and the first packet' \
    grep -qzP 'first packet that differs is number \d+ of capture.pcap:\n  stored  -?[\d.]+ s  .*\n  now     -?[\d.]+ s  ' "$work/altered.out"

# Another user, with a template of his own.
if [ "$(id -u)" = 0 ]; then
    mkdir -p "$work/nobody/runs"
    cache_for "$work/nobody/cache" nobody:
    chown nobody: "$work/nobody/runs"
    as_nobody=(setpriv --reuid nobody --regid nogroup --clear-groups env HOME=/nonexistent HANGUP_CACHE="$work/nobody/cache")
    if "${as_nobody[@]}" test -x "$hangup" -a -r "$scenario"; then
        status=0
        "${as_nobody[@]}" "$hangup" run "${cells[@]}" --out "$work/nobody/runs/1" >"$work/nobody.out" 2>&1 || status=$?
        exits 0 'as nobody'
        check 'another user gets the same bytes' same quiet nobody/runs/1
    else
        report 0 'another user gets the same bytes # SKIP nobody cannot read this project'
    fi
fi
no_guest_is_left 'determinism'
finish
