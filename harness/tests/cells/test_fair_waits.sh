#!/bin/bash
# pqpool serves in order: in virtual time, where only the pool makes a wait longer, nobody waits longer than twice the fair share,
# by the clock and in turns of others, with holds shorter and longer than a turn; a mutex with a condition shows that the bench would
# see it. Breaks with: a turn that begins with the hand-over, a waiter that is not told when a turn is over, a newcomer that is
# served before the queue.
. "$(dirname "$0")/tap.sh"

in_turn=pqpool,pqpool-fifo
status=0
"$hangup" exec --quiet --out "$work/exec" steady/price -- "$(dirname "$hangup")/pqpool_bench" --waits --ms 40 --conninfo '' \
    --contenders "$in_turn,mutex-list" >"$work/waits.md" 2>"$work/waits.err" </dev/null || status=$?
exits 0 'pqpool_bench --waits in virtual time'

# counted COLUMN: what the last lines of the two tables say of that contender.
counted() {
    awk -F '|' -v column="$1" '$2 ~ /within/ {gsub(/^ +| +$/, "", $column); print $column}' "$work/waits.md" | sort -u
}
column=4
for contender in ${in_turn//,/ }; do
    check "$contender: within twice the fair share in all rows" test "$(counted $column)" = 'turns 14, waits 14 of 14'
    column=$((column + 1))
done
check 'mutex-list: beyond it in all rows but those of luck' awk -F '[ ,]+' '{exit !($2 <= 4 && $4 <= 4)}' <<<"$(counted $column)"
finish
