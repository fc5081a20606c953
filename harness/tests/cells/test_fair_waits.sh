#!/bin/bash
# pqpool serves in order: in virtual time, where only the pool makes a wait longer, nobody waits longer than twice the fair share,
# by the clock and in turns of others, with holds shorter and longer than a turn, LIFO or FIFO; a mutex with a condition shows that
# the bench would see it. Breaks with: a turn that begins with the hand-over, that is not ended when it is over, that others have as
# well, or that is much longer than most; a hand-over that takes as long as a hold.
. "$(dirname "$0")/tap.sh"

status=0
"$hangup" exec --quiet --out "$work/exec" steady/price -- "$(dirname "$hangup")/pqpool_bench" --waits --ms 40 --conninfo '' \
    --contenders pqpool,pqpool-fifo,mutex-list >"$work/waits.md" 2>"$work/waits.err" </dev/null || status=$?
exits 0 'pqpool_bench --waits in virtual time'

# counted COLUMN: what the last lines of the three tables say of that contender, as "turns waits of" without the words, and of pqpool
# "turns waits" in the queue.
counted() {
    awk -F '|' -v column="$1" '$2 ~ /within/ {gsub(/[^0-9]+/, " ", $column); print $column}' "$work/waits.md"
}
column=4
for contender in pqpool pqpool-fifo; do
    check "$contender: within twice the fair share in all rows, by the clock, in turns of others and in the queue" \
        awk '$1 == 14 && $2 == 14 && $3 == 14 && $4 == 14 {good++} END {exit good != 3}' <<<"$(counted $column)"
    column=$((column + 1))
done
check 'mutex-list: beyond it with holds of 20 us and 1 ms, but for rows of luck' \
    awk 'NR > 1 && $1 <= 4 && $2 <= 4 {bad++} END {exit bad != 2}' <<<"$(counted 6)"
finish
