#!/bin/bash
# hangup search finds the bugs that are planted in a small pool, reduces each to a timeline of three entries at most, says by what it
# fails, and writes a scenario that shows it again, byte by byte, and that a pool without the bug passes. Breaks with: a variant
# that does not follow from its seed, a reduction that ends early or at another failure, a file that reads as another scenario.
#   SEARCH=all   each planted bug (make test-search), not the first only
. "$(dirname "$0")/tap.sh"

# search NAME ARGUMENTS…
search() {
    local name=$1
    shift
    status=0
    "$hangup" search --out "$work/$name" "$@" >"$work/$name.out" 2>"$work/$name.err" </dev/null || status=$?
}

# found NAME EXPRESSION: of search.json, as `s`, with its first finding as `f` and that one's first fault as `b`.
found() {
    "${python[@]}" -c '
import json, sys
s = json.load(open(sys.argv[1]))
f = s["findings"][0] if s["findings"] else None
b = f["faults"][0] if f and f["faults"] else None
value = eval(sys.argv[2])
print(value, json.dumps(s, indent=1), sep="\n")
sys.exit(not value)' "$work/$1/search.json" "$2"
}

planted=$subjects/planted.yaml short=$scenarios/search-short.yaml

# hunts STRATEGY DEMAND
hunts() {
    local seed
    search "$1" --subject "$planted:$1" --fail-on "$2" --seeds 1..60 "$short"
    exits 1 "$1: a search that finds"
    check "$1: at most three entries are left" found "$1" '0 < f["entries"] <= 3'
    check "$1: without the fault it does not fail" found "$1" 'b["needed"] and "never" not in b["without"] and "duplicated" not in b["without"]'
    check "$1: from its file it gives the same bytes" found "$1" 'f["repeats"]'
    seed=$(found "$1" 'f["seed"]' | head -n 1)
    run "$1-again" --seed "$seed" --subject "$planted:$1" --fail-on "$2" "$work/$1"/found-*.yaml
    exits 1 "$1: its scenario, run again"
    run "$1-sound" --seed "$seed" --subject "$planted:sound" --fail-on "$2" "$work/$1"/found-*.yaml
    exits 0 "$1: its scenario with a pool that has no bug"
    check "$1: its cell is replayed byte by byte" "$hangup" replay "$work/$1/$(found "$1" 'f["dir"]' | head -n 1)"
}
hunts retries-commit duplicated
if [ "${SEARCH:-}" = all ]; then
    hunts keeps-dead "errors>2"
    hunts leaks-cancelled never
fi

# What was found does not depend on whether it was found at once.
cp -r "$work/retries-commit" "$work/resumed"
rm -r "$work/resumed/search.json" "$work/resumed"/found-* "$work/resumed"/*--s[2-4]
search resumed --resume --jobs 1 --subject "$planted:retries-commit" --fail-on duplicated --seeds 1..60 "$short"
exits 1 'a search that is resumed with another --jobs'
check 'it finds the same' cmp "$work/retries-commit/search.json" "$work/resumed/search.json"

search calm --coverage --subject pqpool:pre-ping --fail-on lost,duplicated --seeds 1..12 "$short"
exits 0 'a search that finds nothing'
check 'it has seen errors, states of the pool and orders of messages' \
    found calm 'not s["findings"] and {w.split(":")[0] for w in s["shown"]} >= {"error", "pool", "order"}'

env --default-signal=INT "$hangup" search --out "$work/interrupted" --subject pqpool:none --fail-on lost --seeds 1..1000 "$short" \
    >"$work/interrupted.out" 2>&1 </dev/null &
check 'a search begins' wait_for 120 test -s "$work/interrupted/search-short--pqpool-none--7--s9/plan.json"
kill -INT $!
status=0
wait $! || status=$?
exits 130 'an interrupted search'
check 'what it has done is kept' found interrupted 's["interrupted"] and s["next_seed"] >= 9'
search met --subject pqpool:none --fail-on 'ops>0' --seeds 1..2 "$short"
exits 2 'a bar that the undisturbed workload meets'
search open --subject pqpool:none "$short"
exits 2 'a search without a bar'
search many --subject pqpool --fail-on lost "$short"
exits 2 'a search of several strategies'
no_guest_is_left 'after all that'
finish
