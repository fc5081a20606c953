#!/bin/bash
# pqpool serves in order: in virtual time, where only the pool makes a wait longer, nobody waits longer than twice the fair share,
# by the clock and in turns of others, with holds shorter and longer than a turn; a mutex with a condition shows that the bench would
# see it. Breaks with: a turn that begins with the hand-over, that is not ended when it is over, or that others have as well.
. "$(dirname "$0")/tap.sh"

status=0
"$hangup" exec --quiet --out "$work/exec" steady/price -- "$(dirname "$hangup")/pqpool_bench" --waits --ms 40 --conninfo '' \
    --contenders pqpool,mutex-list >"$work/waits.md" 2>"$work/waits.err" </dev/null || status=$?
exits 0 'pqpool_bench --waits in virtual time'

# counted COLUMN: what the last lines of the three tables say of that contender, as "turns waits of" without the words, and of pqpool
# "turns waits" in the queue.
counted() {
    awk -F '|' -v column="$1" '$2 ~ /within/ {gsub(/[^0-9]+/, " ", $column); print $column}' "$work/waits.md"
}
check 'pqpool: within twice the fair share in all rows, with brief holds of up to four connections' \
    awk -v rows=12 '$3 == 14 && $1 >= rows && $2 >= rows {good++} {rows = 14} END {exit good != 3}' <<<"$(counted 4)"
check 'pqpool: and in all rows in turns, while it stands in the queue' awk '$4 == 14 {good++} END {exit good != 3}' <<<"$(counted 4)"
check 'mutex-list: beyond it with holds of 20 us and 1 ms, but for rows of luck' \
    awk 'NR > 1 && $1 <= 4 && $2 <= 4 {bad++} END {exit bad != 2}' <<<"$(counted 5)"
finish
