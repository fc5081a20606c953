#!/bin/bash
# Runs are put together, gone on with, compared and ranked. Breaks with: a shard that takes another's cells, a resumed run that runs
# again what was done, keeps what was not or judges by what was expected then, a comparison that sees nothing, a finding that nobody checks.
. "$(dirname "$0")/tap.sh"

cells=("$scenarios/steady-short.yaml" idle/silence --subject pqpool:none --subject pqpool:pre-ping)
run whole "${cells[@]}"
exits 0 'the whole'
for shard in 1 2; do
    run "shard-$shard" --shard $shard/2 "${cells[@]}"
done
check 'two shards become one run' "$hangup" merge "$work/shard-1" "$work/shard-2" --out "$work/merged"
check 'which is the whole' "$hangup" compare "$work/whole" "$work/merged"
check 'byte by byte' bash -c "'$hangup' compare '$work/whole' '$work/merged' | grep -qx '4 cells agree (4 byte by byte), 0 differ.'"
check 'whose cells are there' "$hangup" report "$work/merged"
check 'a shard alone is refused' bash -c "'$hangup' merge '$work/shard-1' --out '$work/half' 2>&1 | grep -qx 'hangup: shard 2/2 is missing'"
check 'so is one that came twice' bash -c "'$hangup' merge '$work'/shard-[112] '$work/shard-1' --out '$work/half' 2>&1 | grep -q 'are both shard 1/2'"
check 'and a cell of two runs' bash -c "'$hangup' merge '$work/whole' '$work/whole' --out '$work/half' 2>&1 | grep -q 'with --replace the later one counts'"
check 'of which nothing is left' test ! -e "$work/half"
check 'a shard is not the whole' bash -c "! '$hangup' compare '$work/whole' '$work/shard-1'"
check 'no ping and a ping are not the same' bash -c "! '$hangup' compare '$work/whole' --subjects pqpool:none,pqpool:pre-ping --equal"
check 'who chooses is told who does better' bash -c "'$hangup' compare '$work/whole' --subjects pqpool:none,pqpool:pre-ping | grep -q 'does better in'"

# One cell is missing, one broke off: these two are run again, the other two are not touched.
kept="$work/whole/idle-silence--pqpool-none--7/events.jsonl"
rm -r "$work/whole/idle-silence--pqpool-pre-ping--7"
sed -i '$d' "$work/whole/steady-short--pqpool-none--7/events.jsonl"
touch -d '2020-01-01' "$kept"
run whole --resume "${cells[@]}"
exits 0 'a run that is gone on with'
check 'has all cells again' "$hangup" compare "$work/whole" "$work/merged"
check 'and kept what was done' test "$(date -r "$kept" +%Y)" = 2020

# Another expectation changes the verdict, and runs nothing.
mkdir "$work/changed"
sed 's/ops: 3/ops: 4/' "$scenarios/steady-short.yaml" >"$work/changed/steady-short.yaml"
mv "$work/shard-1" "$work/judged"
judged=("$work"/judged/steady-short--*/events.jsonl)
touch -d '2020-01-01' "${judged[@]}"
run judged --resume --shard 1/2 "$work/changed/steady-short.yaml" "${cells[@]:1}"
exits 1 'a run whose expectations have changed'
check 'says what is expected now' grep -q 'ops: expected 4, actual 3' "$work/judged.out"
check 'and ran nothing again' test "$(for file in "${judged[@]}"; do date -r "$file" +%Y; done | sort -u)" = 2020
check 'as does a report of it' bash -c "'$hangup' report '$work/judged' | grep -q 'ops: expected 4, actual 3'"

# What was recorded is ranked as the run was, and held against another image's.
run whole --resume --accept --against "$work/base.json" "${cells[@]}"
check 'a baseline has all cells' test "$(grep -c '^"idle/silence\|^"steady-short' "$work/base.json")" = 4
check 'is ranked' bash -c "'$hangup' league '$work/base.json' | grep -q '^| pqpool:pre-ping | '"
check 'with the same findings' bash -c "'$hangup' league '$work/base.json' | grep -q 'pqpool:pre-ping\*\* hangs for 973'"
check 'and is a page and a picture' "$hangup" league "$work/base.json" --html "$work/base.html" --svg "$work/base.svg"
check 'both of which are there' test -s "$work/base.html" -a -s "$work/base.svg"
check 'nothing changes against itself' bash -c "'$hangup' league '$work/whole' --upgrade '$work/base.json' | grep -q '^4 cells that both have, of 2 pools and settings: 4 as before'"
sed 's/"impact": "stuck"/"impact": "clean"/' "$work/base.json" >"$work/new.json"
check 'but against another' bash -c "'$hangup' league '$work/base.json' --upgrade '$work/new.json' | grep -q 'so better'"

check 'a league' "$hangup" league "$work/whole" --out "$work/league.md"
check 'with what was found' grep -q 'pqpool:pre-ping\*\* hangs for 973' "$work/league.md"
sed 's/"slowest_ms": 97[0-9]*\.[0-9]*/"slowest_ms": 1.5/' "$work/whole/run.json" >"$work/merged/run.json"
check 'which fails when it is no longer so' bash -c "! '$hangup' league '$work/merged' >'$work/broken.md'"
check 'and says so' grep -q 'No longer so: slowest: expected >900s, actual 1.50ms' "$work/broken.md"
finish
