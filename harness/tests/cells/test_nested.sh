#!/bin/bash
# A branch that is a trunk again, three levels deep: a sweep whose steps follow each other has the same bytes as guests that are
# booted. A trunk that is killed takes with it what grew from it, and nothing else. Breaks with: a step of a fault that is made
# twice or not at all, a plan that the guest knows already, a wall without room for a copy, a guest that outlives its trunk.
. "$(dirname "$0")/tap.sh"
name=sweep-steps--pqpool-none--7

# sweep NAME ARGUMENTS…: $status, and the process's number while it runs.
sweep() {
    local name=$1
    shift
    "$hangup" sweep --depth 3 --jobs 1 --out "$work/$name" --subject pqpool:none "$scenarios/sweep-steps.yaml" "$@" \
        >"$work/$name.out" 2>"$work/$name.err" </dev/null &
    process=$!
}
ends() {
    status=0
    wait "$process" || status=$?
}

# kernel_in FOLDER: the number of the process that is the kernel of the guest there.
kernel_in() {
    local cwd
    while read -r cwd; do
        if [ "$(readlink "$cwd")" = "$work/$1" ] && grep -qx linux "${cwd%/cwd}/comm" 2>/dev/null; then
            cwd=${cwd#/proc/}
            echo "${cwd%/cwd}"
            return
        fi
    done < <(guests)
    return 1
}
# Three trunks: the third has the files of the second.
is_deep() {
    [ -e "$work/$1/trunk-0-2/capture.pcap" ] && kernel_in "$1/trunk-0-2" >/dev/null
}
kill_when_deep() { # NAME TRUNK
    is_deep "$1" && kill -KILL "$(kernel_in "$1/$2")"
}
only_lives() {
    kernel_in "$1/trunk-0" >/dev/null && ! kernel_in "$1/trunk-0-1" >/dev/null && ! kernel_in "$1/trunk-0-2" >/dev/null
}

sweep nested
check 'a branch of a branch is a trunk' wait_for 120 is_deep nested
ends
exits 0 'a sweep of three steps'
if [ ! -d "$work/nested/$name--0000--0003" ]; then
    echo '1..0 # SKIP this guest kernel cannot fork'
    exit
fi
says() {
    "${python[@]}" -c '
import json, sys
sweeps = json.load(open(sys.argv[1]))["sweeps"]
steps = [s["fault"] for s in sweeps]
value = eval(sys.argv[2])
print(value, [(s.get("given"), s["fault"], len(s["points"])) for s in sweeps])
sys.exit(not value)' "$work/nested/sweep.json" "$1"
}
check 'the end of the first fault and the second fault come at later moments, too' \
    says 'steps == ["silence to-app", "the end of silence to-app", "rst both"]'
check 'only at later ones' says 'all(p["at_us"] > 10_000_000 and s["points"][0]["after"] != "before the first packet" for s in sweeps[1:] for p in s["points"])'
check 'and what has come by then is said' grep -q '^  after silence to-app, before the first packet; the end of silence to-app, after packet' "$work/nested.out"
for cell in 0000--0009 0000--0003--0004 0000--0003--0012; do
    check "$cell: the same bytes as a guest that is booted" "$hangup" replay "$work/nested/$name--$cell"
done
nothing_lies_about() {
    [ -z "$(find "$work/$1" -name 'trunk-*' -o -name 'branch*.json' -o -name task.json -o -name .uml)" ]
}
check 'nothing of trunks is left' nothing_lies_about nested
no_guest_is_left 'nested'

same_cells() {
    local cell file
    for cell in "$work/nested"/*/; do
        for file in events.jsonl capture.pcap; do
            cmp "$cell$file" "$work/$1/${cell#"$work/nested/"}$file" || return
        done
    done
    cmp "$work/nested/sweep.json" "$work/$1/sweep.json"
}
# disturbed NAME TRUNK: the deepest cells once more, while a trunk is killed.
disturbed() {
    cp -r "$work/nested" "$work/$1"
    rm -r "$work/$1/$name"--0000--0003--000?
    sweep "$1" --resume
    check "$1: it is killed" wait_for 60 kill_when_deep "$1" "$2"
}
disturbed middle trunk-0-1
check 'what grew from it ends, and what it grew from does not' wait_for 30 only_lives middle
ends
exits 0 'a trunk is killed that is a branch'
check 'its cells are booted, to the same bytes' same_cells middle
disturbed first trunk-0
ends
exits 0 'the first trunk is killed'
check 'all cells are booted, to the same bytes' same_cells first
check 'nothing of either is left' nothing_lies_about .
disturbed all trunk-0-2
kill -KILL "$process"
wait "$process" 2>/dev/null
no_guest_stays 'the tool is killed'
check 'nothing is left in /dev/shm' test -z "$(find /dev/shm -maxdepth 1 -name 'hangup-*' -newer "$work/nested.out" -print -quit)"
finish
