#!/bin/bash
# Two programs: hangup needs no library of the lab, and says what is missing when hangup-lab is. Breaks with: a library of the
# lab on the tool's command line, or an include from the host's rooms into the lab's.
. "$(dirname "$0")/tap.sh"

# needs PROGRAM: the libraries it names, one a line.
needs() {
    LC_ALL=C readelf -d "$1" | sed -nE 's/.*\(NEEDED\).*\[lib([^.]*)\..*/\1/p'
}
lab_libraries='^(pq|ssl|nl-|nl$|nftables|pcap|netfilter|nfnetlink)'
check 'hangup names libraries' grep -qx jansson < <(needs "$hangup")
check 'hangup needs none of the lab' test -z "$(needs "$hangup" | grep -E "$lab_libraries")"
check 'hangup-lab needs them' grep -qx pq < <(needs "$(dirname "$hangup")/hangup-lab")

status=0
"$(dirname "$hangup")/hangup-lab" >"$work/lab.out" 2>"$work/lab.err" || status=$?
exits 2 'hangup-lab on the host'
check 'hangup-lab on the host: says how labs are started' grep -q 'the program hangup boots one' "$work/lab.err"

mkdir "$work/alone"
cp "$hangup" "$work/alone"
export HANGUP_ROOT=$PWD
status=0
"$work/alone/hangup" run --out "$work/run" idle/hung-up --subject pqpool:none >"$work/run.out" 2>&1 || status=$?
exits 3 'without hangup-lab'
check 'without hangup-lab: the cell names it' grep -q 'alone/hangup-init: No such file' "$work/run.out"
check 'without hangup-lab: doctor names it' grep -q 'hangup-lab or hangup-init is not beside the program' \
    < <("$work/alone/hangup" doctor)

status=0
scripts/build-image.sh nonsense >"$work/image.out" 2>&1 || status=$?
exits 1 'an image that is unknown'
check 'an image that is unknown: which there are' grep -q 'there is no image nonsense: debian-12 debian-13-peers debian-13 forky-peers forky' "$work/image.out"
finish
