#!/bin/bash
# hangup sweep places the fault between any two packets, and finds the window in which the answer to a COMMIT is lost: it
# begins with the answer to the INSERT, ends with that to the COMMIT, and is the same for each pool that sends the same
# statements. Breaks with: a point that is left out, a fault that comes a moment later, a statement of another packet.
. "$(dirname "$0")/tap.sh"

# sweep NAME ARGUMENTS…
sweep() {
    local name=$1
    shift
    status=0
    "$hangup" sweep --out "$work/$name" "$@" >"$work/$name.out" 2>"$work/$name.err" </dev/null || status=$?
}

# found EXPRESSION: of sweep.json, with its sweeps as `sweeps`; `window(s)` are the points of s that are in doubt, `words(s, i)`
# what stands before point i.
found() {
    "${python[@]}" -c '
import json, sys
sweeps = json.load(open(sys.argv[1]))["sweeps"]
def outcome(s, p): return s["outcomes"][p["outcome"]]["outcome"]
def window(s): return [i for i, p in enumerate(s["points"]) if "in doubt" in outcome(s, p)]
def words(s, i): return s["points"][i]["after"]
value = eval(sys.argv[2])
print(value, [(words(s, i), outcome(s, p)) for s in sweeps for i, p in enumerate(s["points"])])
sys.exit(not value)' "$work/$1/sweep.json" "$2"
}

sweep insert --subject pqpool:none --subject pqpool:pre-ping "$scenarios/sweep-insert.yaml"
exits 0 'a sweep of two strategies'
check 'it is of each moment between the packets, before the first and after the last' \
    found insert 'all(s["packets"] < len(s["points"]) and words(s, 0) == "before the first packet" for s in sweeps)'
check 'undisturbed everything is well, and each point has an outcome' \
    found insert 'all(s["outcomes"][0]["outcome"] == "clean: 1 ok" and all(p["outcome"] is not None for p in s["points"]) for s in sweeps)'
check 'the window is one stretch' \
    found insert 'all(window(s) == list(range(window(s)[0], window(s)[-1] + 1)) for s in sweeps)'
check 'it begins when the answer to INSERT is on its way back' \
    found insert 'all("(answer to INSERT" in words(s, window(s)[0]) and "entered to app" in words(s, window(s)[0]) for s in sweeps)'
check 'it ends when the answer to COMMIT is on its way back' \
    found insert 'all("entered to app (answer to COMMIT)" in words(s, window(s)[-1] + 1) for s in sweeps)'
check 'a strategy that pings has the same window' \
    found insert 'len({(words(s, window(s)[0])[-20:], words(s, window(s)[-1] + 1)[-20:]) for s in sweeps}) == 1'
check 'the table names the window' grep -q -- '->.*answer to INSERT' "$work/insert.out"

# One trunk stops at each point and lets a branch off there.
same_cells() {
    local cell file
    for cell in "$work/$1"/*/; do
        for file in events.jsonl capture.pcap; do
            cmp "$cell$file" "$work/$2/${cell#"$work/$1/"}$file" || return
        done
    done
    cmp "$work/$1/sweep.json" "$work/$2/sweep.json"
}
sweep cold --cold --subject pqpool:none --subject pqpool:pre-ping "$scenarios/sweep-insert.yaml"
exits 0 'a sweep of guests that are each booted'
check 'it has the same bytes' same_cells insert cold

sweep resumed --subject pqpool:none "$scenarios/sweep-insert.yaml"
rm -r "$work/resumed"/*--0003 "$work/resumed/sweep.json"
cp "$work/resumed.out" "$work/first.out"
sweep resumed --resume --subject pqpool:none "$scenarios/sweep-insert.yaml"
exits 0 'a sweep that is resumed'
check 'it says the same' cmp "$work/first.out" "$work/resumed.out"

# --retry. Breaks with: a retry that is not made, one whose key does not hold, an adapter that does something else for it.
sweep retried --retry --subject pqpool:none --subject sqlalchemy:none --subject "$subjects/planted.yaml:sound" "$scenarios/sweep-insert.yaml"
exits 0 'a sweep with --retry'
check 'each is swept without a key and with one' found retried '[s["retry"] for s in sweeps] == ["plain", "once"] * 3'
check 'without one the row is there twice where its answer was lost' \
    found retried 'all(0 < s["doubled"] < len(s["points"]) for s in sweeps if s["retry"] == "plain")'
check 'and nowhere else: the doubled points are the window' \
    found retried 'all(s["doubled"] == len([1 for p in s["points"] if "duplicated" in outcome(s, p)]) for s in sweeps)'
check 'with one it never is' found retried 'all(s["doubled"] == 0 and s["points"] for s in sweeps[1:4:2])'
check 'an adapter that does not know keys is said and counted' found retried \
    '"does not know" in sweeps[5]["unsupported"] and not sweeps[5]["points"]'
check 'the table says all three' test "$(grep -cE 'doubled at [1-9][0-9]* of|idempotency key: doubled at 0 of|idempotency key: unsupported' "$work/retried.out")" = 6

sweep calm --subject pqpool:none "$scenarios/steady-short.yaml"
exits 2 'a scenario without a fault'
check 'that is said' grep -q 'no fault that could be moved' "$work/calm.err"
sweep bar --subject pqpool:none --fail-on hung "$scenarios/sweep-insert.yaml"
exits 2 'an option of run that a sweep has not'
no_guest_is_left 'after all that'
finish
