#!/bin/bash
# Cells that begin alike share a trunk, and are the same bytes as cells that were booted; nothing of it is left, and nobody sees
# another's. Breaks with: something of the guest that a copy does not have, a cell that does more at zero than another, a
# descriptor or a folder that is shared.
. "$(dirname "$0")/tap.sh"

# A sample of the catalogue, another one for each commit: HANGUP_SAMPLE names one. Its cells have one network and one pool, and so one trunk.
sample=${HANGUP_SAMPLE:-$(git rev-list --count HEAD 2>/dev/null || echo 0)}
mapfile -t all < <(grep -lx 'network: {rtt: 10ms}' scenarios/{idle,query,failover,steady}/*.yaml | xargs grep -lx 'pool: {size: 2}')
cells=()
for i in 0 1 2 3; do
    cells+=("${all[(4 * sample + i) % ${#all[@]}]}")
done
mapfile -t strategies < <("$hangup" list subjects | grep -oE 'pqpool:[a-z0-9-]+' | grep -vx pqpool:none)
strategy=${strategies[sample % ${#strategies[@]}]}
echo "# sample $sample: $strategy, ${cells[*]}"

hashes() {
    "${python[@]}" -c 'import json, sys
for cell in json.load(open(sys.argv[1]))["cells"]:
    print(cell["scenario"], cell["subject"], cell["verdict"], cell["pcap_sha256"], cell["events_sha256"])' "$work/$1/run.json"
}

same() {
    diff <(hashes "$1") <(hashes "$2")
}

nothing_lies_about() {
    [ -z "$(find "$work/$1" -name 'trunk-*' -o -name 'branch*.json' -o -name task.json -o -name .uml)" ]
}

arguments=("${cells[@]}" --subject "$strategy" --subject pqpool:none --jobs 2)
run forked "${arguments[@]}" --verbose
forked=$status
if grep -q '"cold": "this kernel cannot fork a guest"' "$work/forked/run.json"; then
    echo '1..0 # SKIP this guest kernel cannot fork'
    exit
fi
run cold "${arguments[@]}" --cold --verbose
exits "$forked" 'booted, as forked'
holds 'cells that begin alike are branches' forked 'run["cold"] is None and sum(cell["forked"] for cell in run["cells"]) >= 4'
holds '--cold boots each of them, and run.json says why' cold \
    'run["cold"] == "--cold" and not any(cell["forked"] for cell in run["cells"])'
check '--verbose says it' grep -qx 'hangup: each cell is booted for itself: --cold' "$work/cold.err"
check 'branches are the same bytes as guests that were booted' same forked cold
check 'nothing of trunks is left' nothing_lies_about forked
no_guest_is_left 'forked'

HANGUP_GUEST=ptrace run ptrace idle/reset idle/hung-up --subject pqpool:none
exits 0 'under ptrace cells are booted'
holds 'and run.json says why' ptrace 'run["cold"] == "a guest under ptrace cannot fork"'

# kill_one RUN FOLDER: the kernel of a guest in a folder of that name, as soon as there is one.
kill_one() {
    local cwd process
    while read -r cwd; do
        process=${cwd%/cwd}
        # shellcheck disable=SC2254 # a pattern
        case $(readlink "$cwd") in
        "$work/$1/"$2)
            grep -qx linux "$process/comm" 2>/dev/null && kill -KILL "${process#/proc/}" 2>/dev/null && return
            ;;
        esac
    done < <(guests)
    return 1
}

# disturbed NAME FOLDER: a run of one trunk and four branches, in which one guest is killed.
disturbed() {
    "$hangup" run --out "$work/$1" "${cells[@]}" --subject pqpool:none --jobs 1 --verbose >"$work/$1.out" 2>"$work/$1.err" &
    check "$1: it is killed" wait_for 60 kill_one "$1" "$2"
    status=0
    wait $! || status=$?
}

others_are_the_same() {
    [ "$(comm -12 <(hashes "$1" | sort) <(hashes forked | sort) | wc -l)" -ge "$2" ]
}

disturbed branch '*--pqpool-none--7'
exits 3 'a branch that is killed is an error'
holds 'of its own cell only' branch 'verdicts()["error"] == 1'
check 'the others are what they were' others_are_the_same branch 3
disturbed trunk 'trunk-*'
holds 'without a trunk its cells are booted' trunk 'not all(cell["forked"] for cell in run["cells"])'
check 'and are what they were' others_are_the_same trunk 4
check 'which is said' grep -q 'booted for itself' "$work/trunk.err"
check 'nothing of either is left' nothing_lies_about .
no_guest_is_left 'after kills'
finish
