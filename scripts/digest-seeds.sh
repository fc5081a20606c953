#!/bin/bash
# One seed, one digest: runs a lossy cell with each seed alone, the second half of the seeds while all cores are busy, and then all of
# them again, eight at once. Exit status 1 when a seed gives other bytes, or when two seeds that ought to differ do not.
# usage: digest-seeds.sh
#   HANGUP=build/hangup   SEEDS=200   CELL='SCENARIO SUBJECT' for another
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
hangup=$(realpath "${HANGUP:-build/hangup}")
seeds=${SEEDS:-200}
read -ra cell <<<"${CELL:-harness/tests/scenarios/lossy-short.yaml pqpool:pre-ping}"
work=$(mktemp -d)
load=()
unload() {
    [ "${#load[@]}" = 0 ] || kill "${load[@]}" 2>/dev/null
    load=()
}
finish() {
    unload
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

# digest PASS SEED JOBS: of the cell's events and packets, into a file.
digest() {
    local folder=$work/$1/$2
    if "$hangup" run "${cell[0]}" --subject "${cell[1]}" --seed "$2" --jobs "$3" --quiet --out "$folder" >"$folder.out" 2>&1 </dev/null; then
        cat "$folder"/*/events.jsonl "$folder"/*/capture.pcap | sha256sum | cut -c1-16 >"$folder.digest"
    else
        echo "failed, by status $?" >"$folder.digest"
        sed "s/^/# seed $2: /" "$folder.out" >&2
    fi
    rm -rf "$folder" "$folder.out"
}
mkdir "$work/alone" "$work/eight"

for ((seed = 1; seed <= seeds; seed++)); do
    if ((seed == seeds / 2 + 1)); then
        for ((core = $(nproc); core > 0; core--)); do
            (while :; do :; done) &
            load+=($!)
        done
    fi
    digest alone "$seed" 1
done
unload

running=0
for ((seed = 1; seed <= seeds; seed++)); do
    if ((running++ >= 8)); then
        wait -n
    fi
    digest eight "$seed" 8 &
done
wait

same=0
for ((seed = 1; seed <= seeds; seed++)); do
    if [[ $(<"$work/alone/$seed.digest") != failed* ]] && cmp -s "$work/alone/$seed.digest" "$work/eight/$seed.digest"; then
        same=$((same + 1))
    else
        echo "seed $seed: alone $(<"$work/alone/$seed.digest"), eight at once $(<"$work/eight/$seed.digest")"
    fi
done
different=$(sort -u "$work"/alone/*.digest | wc -l)
echo "${cell[*]}: $same of $seeds seeds give one digest each, $different different ones"
[ "$same" = "$seeds" ] && [ "$different" = "$seeds" ]
