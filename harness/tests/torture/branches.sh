#!/bin/bash
# Many branches off one trunk: each has the same bytes, the trunk does not grow, and nothing is left.
# usage: branches.sh     BRANCHES: how many (1000)
. "$(dirname "$0")/../cells/tap.sh"

BRANCHES=${BRANCHES:-1000}
mkdir "$work/copies"
for ((i = 1; i <= BRANCHES; i++)); do
    cp "$scenarios/steady-short.yaml" "$work/copies/copy-$(printf %04d "$i").yaml"
done

# What the trunk holds: kilobytes of memory of its own, and descriptors. Empty while there is none.
trunk_holds() {
    local process
    for process in /proc/[0-9]*; do
        [[ $(readlink "$process/cwd") == "$work/all/trunk-"* && $(cat "$process/comm") == linux ]] 2>/dev/null || continue
        echo "$(stat -L -c '%b %n' "$process"/fd/* 2>/dev/null |
            while read -r blocks fd; do [[ $(readlink "$fd") == /dev/shm/* ]] && echo $((blocks / 2)); done | sort -n | tail -n 1)" \
            "$(find "$process/fd" -mindepth 1 2>/dev/null | wc -l)"
        return
    done
}
watch_trunk() {
    while sleep 2; do
        trunk_holds
    done >"$work/holds"
}

watch_trunk &
watcher=$!
run all --subject pqpool:none --jobs 1 "$work"/copies/*.yaml
kill "$watcher"
exits 0 "$BRANCHES cells"
holds 'all are branches' all 'all(cell["forked"] for cell in run["cells"])'
holds 'of one set of bytes' all 'len({(cell["pcap_sha256"], cell["events_sha256"]) for cell in run["cells"]}) == 1'
awk 'NF == 2' "$work/holds" >"$work/samples"
echo "# the trunk, kilobytes and descriptors: first $(head -n 1 "$work/samples"), last $(tail -n 1 "$work/samples"), $(wc -l <"$work/samples") samples"
# While a branch is ordered there are its descriptors, too.
grows_not() {
    [ "$(wc -l <"$work/samples")" -ge 6 ] && paste -d ' ' <(head -n 3 "$work/samples" | least) <(tail -n 3 "$work/samples" | least) |
        awk '{ exit !($3 <= $1 * 1.05 && $4 <= $2) }'
}
least() {
    awk 'NR == 1 || $1 < kilobytes { kilobytes = $1 } NR == 1 || $2 < descriptors { descriptors = $2 } END { print kilobytes, descriptors }'
}
check 'the trunk does not grow' grows_not
check 'nothing of it is left' test -z "$(find "$work/all" -name 'trunk-*' -o -name branch.json -o -name .uml)"
check 'nor in memory' test -z "$(find /dev/shm -maxdepth 1 -name "hangup-*" -newer "$work/copies")"
no_guest_is_left 'after them'
finish
