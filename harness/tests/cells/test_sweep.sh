#!/bin/bash
# hangup sweep places the fault between any two packets, and finds the window in which the answer to a COMMIT is lost: it
# begins with the answer to the INSERT, ends with that to the COMMIT, and is the same for each pool that sends the same
# statements. Breaks with: a point that is left out, a fault that comes a moment later, a statement of another packet.
#   SWEEP=all   the pools of Python, Go and Node, too (make test-sweep)
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
def outcome(s, p): return "not run" if p["outcome"] is None else s["outcomes"][p["outcome"]]["outcome"]
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
sweep none --subject pqpool:none "$scenarios/sweep-insert.yaml"
sweep cold --cold --subject pqpool:none "$scenarios/sweep-insert.yaml"
exits 0 'a sweep of guests that are each booted'
check 'it has the same bytes' same_cells none cold

cp -r "$work/none" "$work/resumed"
rm -r "$work/resumed"/*--0003 "$work/resumed/sweep.json"
sweep resumed --resume --subject pqpool:none "$scenarios/sweep-insert.yaml"
exits 0 'a sweep that is resumed'
check 'it says the same' cmp "$work/none/sweep.json" "$work/resumed/sweep.json"

# --retry. Breaks with: a retry that is not made, one whose key does not hold, an adapter that does something else for it.
sweep retried --retry --subject pqpool:none --subject "$subjects/planted.yaml:sound" "$scenarios/sweep-insert.yaml"
exits 0 'a sweep with --retry'
check 'each is swept without a key and with one' found retried '[s["retry"] for s in sweeps] == ["plain", "once"] * 2'
check 'without one the row is there twice where its answer was lost' \
    found retried 'all(0 < s["doubled"] < len(s["points"]) for s in sweeps if s["retry"] == "plain")'
check 'and nowhere else: the doubled points are the window' \
    found retried 'all(s["doubled"] == len([1 for p in s["points"] if "duplicated" in outcome(s, p)]) for s in sweeps)'
check 'with one it never is' found retried 'all(s["doubled"] == 0 for s in sweeps if s["retry"] == "once") and sweeps[1]["points"]'
check 'an adapter that does not know keys is said and counted' found retried \
    '"does not know" in sweeps[-1]["unsupported"] and not sweeps[-1]["points"]'
check 'the table says all three' test "$(grep -cE 'doubled at [1-9][0-9]* of|idempotency key: doubled at 0 of|idempotency key: unsupported' "$work/retried.out")" = 4

# Breaks with: a pool whose window is another, or whose retry with a key is not made, or does something else.
sweep_pools() {
    local pools=(--subject pqpool:pre-ping --subject sqlalchemy:pre-ping --subject pgxpool:default --subject node-postgres:default)
    sweep pools "${pools[@]}" "$scenarios/sweep-reset.yaml"
    if grep -q 'not in this image' "$work/pools.err"; then
        report 0 "sweeps of pools of C, Python, Go and Node # SKIP not in this image: make peers"
        return
    fi
    exits 0 'a sweep of pools of C, Python, Go and Node'
    check 'each begins to be in doubt when COMMIT is on its way to the server' found pools \
        'all(words(s, window(s)[0]).lower().endswith("entered to db (commit)") for s in sweeps)'
    check 'and ends to be when its answer is on its way back' found pools \
        'all(words(s, window(s)[-1] + 1).lower().endswith("entered to app (answer to commit)") for s in sweeps)'
    sweep pools-retried --retry "${pools[@]}" "$scenarios/sweep-reset.yaml"
    exits 0 'with --retry'
    check 'the doubled points are those in doubt' found pools-retried \
        'all(s["doubled"] == 2 for s in sweeps if s["retry"] == "plain")'
    check 'with an idempotency key there is none' found pools-retried \
        'all(s["doubled"] == 0 and s["points"] for s in sweeps if s["retry"] == "once") and len(sweeps) == 8'
}
[ "${SWEEP:-}" != all ] || sweep_pools

sweep calm --subject pqpool:none "$scenarios/steady-short.yaml"
exits 2 'a scenario without a fault'
check 'that is said' grep -q 'no fault that could be moved' "$work/calm.err"
sweep bar --subject pqpool:none --fail-on hung "$scenarios/sweep-insert.yaml"
exits 2 'an option of run that a sweep has not'

# Shards. Breaks with: a moment that both have or neither; classes in another order than the whole has them.
for shard in 1 2; do
    sweep "shard$shard" --shard "$shard/2" --subject pqpool:none "$scenarios/sweep-insert.yaml"
    exits 0 "shard $shard of a sweep"
done
check 'a shard leaves out what the other has' found shard1 'all([p["outcome"] is None for p in s["points"]] == [i % 2 == 1 for i in range(len(s["points"]))] for s in sweeps)'
merge() {
    local name=$1
    shift
    status=0
    "$hangup" merge --out "$work/$name" "$@" >"$work/$name.out" 2>"$work/$name.err" || status=$?
}
merge joined "$work/shard2" "$work/shard1"
exits 0 'hangup merge of the two'
check 'it is the whole: every cell, and sweep.json byte for byte' same_cells none joined
check 'and so is the page' cmp "$work/none/report.html" "$work/joined/report.html"
merge half "$work/shard1"
exits 2 'hangup merge of one alone'
check 'names what is missing' grep -q 'shard 2/2 is missing' "$work/half.err"

# The user's own program. Breaks with: a fault that is not moved, an outcome that depends on the run, a run that a resumed
# sweep does again or takes although its program is another, input that only one run gets.
PATH=/usr/local/bin:/usr/bin:/bin # Debian's Python, not one of the user's
cp harness/tests/apps/insert.py "$work/insert.py"
program=(python3 "$work/insert.py")
sweep program "$scenarios/sweep-insert.yaml" -- "${program[@]}"
exits 0 'a sweep of a program'
outcomes() {
    found "$1" 'all(p["outcome"] is not None for p in sweeps[0]["points"]) and '"$2"
}
program_window='(lambda s: (lambda w: w and w == list(range(w[0], w[-1] + 1)) and "entered to app" in words(s, w[0])
    and "(answer to INSERT" in words(s, w[0]) and "entered to app (answer to COMMIT)" in words(s, w[-1] + 1))(
    [i for i, p in enumerate(s["points"]) if "exit 3" in outcome(s, p)]))(sweeps[0])'
check 'undisturbed it exits with 0, and each moment has an outcome' \
    outcomes program 'sweeps[0]["outcomes"][0]["outcome"] == "clean: exit 0"'
check 'COMMIT has no answer from that to INSERT to its own' found program "$program_window"
check 'its classes are told by status, lateness and last error' found program \
    '(any(o["outcome"].startswith("errors: exit 1, 5 s late or more: ") for o in sweeps[0]["outcomes"]) and
    any(o["outcome"].startswith("errors: exit 3, 5 s late or more: in doubt: ") for o in sweeps[0]["outcomes"]))'
check 'the table names the window' grep -q -- '->.*answer to COMMIT' "$work/program.out"
check 'and the command line' grep -q "python3 $work/insert.py  seed 7: silence to-app at" "$work/program.out"
again() {
    status=0
    "$hangup" replay "$work/program/$1" >"$work/again.out" 2>"$work/again.err" </dev/null || status=$?
}
again "$(found program '[p["dir"] for p in sweeps[0]["points"] if "exit 3" in outcome(sweeps[0], p)][0]' | head -n 1 | cut -d ' ' -f 1)"
exits 0 'a moment is replayed byte by byte'

cp -r "$work/program" "$work/continued"
rm -r "$work/continued"/exec--0003 "$work/continued/sweep.json"
touch -d 2020-01-01 "$work/continued"/exec--0004/exec.json
sweep continued --resume "$scenarios/sweep-insert.yaml" -- "${program[@]}"
exits 0 'a sweep of a program that is resumed'
check 'it says the same' cmp "$work/program/sweep.json" "$work/continued/sweep.json"
check 'what was done did not run again' test "$(date -r "$work/continued/exec--0004/exec.json" +%Y)" = 2020

cp -r "$work/program" "$work/one" && cp -r "$work/program" "$work/two"
sweep one --resume --shard 1/2 "$scenarios/sweep-insert.yaml" -- "${program[@]}"
sweep two --resume --shard 2/2 "$scenarios/sweep-insert.yaml" -- "${program[@]}"
merge both "$work/one" "$work/two"
exits 0 'hangup merge of the shards of a program'
check 'it is the whole' cmp "$work/program/sweep.json" "$work/both/sweep.json"
check 'with the runs' test -s "$work/both/exec--0001/capture.pcap" -a -s "$work/both/exec--undisturbed/exec.json"

# A program that is another by now, and is interrupted: nothing of the old one is taken, nothing of the new one is lost.
sed -i 's/^connection.close/print(sys.stdin.read())\n&/' "$work/insert.py"
env --default-signal=INT "$hangup" sweep --jobs 1 --out "$work/stopped" "$scenarios/sweep-insert.yaml" -- "${program[@]}" \
    >"$work/stopped.out" 2>"$work/stopped.err" <<<'from stdin' &
check 'a sweep of a program begins' wait_for 300 test -s "$work/stopped/exec--0003/exec.json"
kill -INT $!
status=0
wait $! || status=$?
exits 130 'an interrupted sweep of a program'
check 'what it has done is kept' found stopped 'sum(p["outcome"] is not None for p in sweeps[0]["points"]) >= 3'
check 'its input is every run'"'"'s' test "$(cat "$work/stopped"/exec--{undisturbed,0000}/given.stdin | sort -u)" = 'from stdin'
no_guest_stays 'an interrupted sweep of a program'

# One that does something else each time. Breaks with: an outcome of a fault at another moment than the point's.
echo 'SELECT 1;' >"$work/statements"
"$hangup" sweep --shard 10/10 --out "$work/fickle" "$scenarios/sweep-insert.yaml" -- psql -q -f "$work/statements" \
    >"$work/fickle.out" 2>"$work/fickle.err" </dev/null &
check 'the undisturbed run of a program is done' wait_for 120 test -s "$work/fickle/exec--undisturbed/exec.json"
echo 'SELECT 2, 3;' >"$work/statements"
status=0
wait $! || status=$?
exits 0 'a sweep of a program that is no longer the same'
check 'what it did otherwise before the fault proves nothing' \
    found fickle 'any(outcome(sweeps[0], p).startswith("proves nothing: before the fault") for p in sweeps[0]["points"][10:])'

# refused NAME PATTERN ARGUMENTS…: one line, exit status 2.
refused() {
    local name=$1 pattern=$2
    shift 2
    sweep wrong "$@"
    exits 2 "$name"
    check "$name: is said in one line" test "$(grep -cE -- "$pattern" "$work/wrong.err")$(wc -l <"$work/wrong.err")" = 11
}
refused 'no command' 'a command is missing: .* sweep .*sweep-insert.yaml -- COMMAND' "$scenarios/sweep-insert.yaml" --
refused 'a subject and a command' '--subject and a command' --subject pqpool:none "$scenarios/sweep-insert.yaml" -- true
refused 'neither' 'expected a scenario and --subject, or a command behind' "$scenarios/sweep-insert.yaml"
refused 'no scenario' 'expected one scenario before' -- true
refused 'a command that retries' '--retry is of --subject' --retry "$scenarios/sweep-insert.yaml" -- true
refused 'a time limit of a subject' '--timeout and --inside are of a command' --timeout 5s --subject pqpool:none "$scenarios/sweep-insert.yaml"
refused 'a program on a path without a fault' 'no fault that could be moved' "$scenarios/steady-short.yaml" -- true
refused 'no program of that name' 'undisturbed the program has to exit with 0.*: exit 127' "$scenarios/sweep-insert.yaml" -- no-such-program
refused 'a program that fails by itself' 'undisturbed the program has to exit with 0.*: exit 1: Error: mine' "$scenarios/sweep-insert.yaml" -- sh -c 'echo "Error: mine" >&2; exit 1'
refused 'a program without a connection' 'opens no connection to the database' "$scenarios/sweep-insert.yaml" -- true
no_guest_is_left 'after all that'
finish
