#!/bin/bash
# What a run leaves and prints: for programs exact and plain, for people with colours and progress on a terminal only. Breaks
# with: a report that is not written, colours in a pipe, JSON with something before it.
. "$(dirname "$0")/tap.sh"

run json "$scenarios/steady-short.yaml" "$scenarios/fails.yaml" --subject pqpool:none --format json
exits 1 'one passes, one fails'
check '--format json prints run.json and nothing else' "${python[@]}" -c '
import json, sys
printed, written = (json.load(open(path)) for path in sys.argv[1:])
sys.exit(printed != written)' "$work/json.out" "$work/json/run.json"
check 'nothing on standard error in a pipe' test ! -s "$work/json.err"
holds 'run.json is complete' json "$(
    cat <<'EXPRESSION'
(run["schema"], run["lab"], run["seed"], run["not_run"]) == ("hangup-run/2", "virtual", 7, 0) and \
[(c["scenario"], c["verdict"]) for c in run["cells"]] == [("steady-short", "pass"), ("fails", "fail")] and \
all((folder / c["dir"] / name).exists() for c in run["cells"]
    for name in ("events.jsonl", "capture.pcap", "postgres.log", "subject.log", "plan.json"))
EXPRESSION
)"
holds 'digests are those of the files' json "$(
    cat <<'EXPRESSION'
all(__import__("hashlib").sha256((folder / c["dir"] / name).read_bytes()).hexdigest() == c[digest] for c in run["cells"]
    for name, digest in (("events.jsonl", "events_sha256"), ("capture.pcap", "pcap_sha256")))
EXPRESSION
)"
check 'junit.xml is XML and counts two tests, one failed' "${python[@]}" -c '
import sys
from xml.etree import ElementTree
cases = list(ElementTree.parse(sys.argv[1]).getroot().iter("testcase"))
sys.exit((len(cases), sum(case.find("failure") is not None for case in cases)) != (2, 1))' "$work/json/junit.xml"
check 'junit.xml is what CI systems read' xmllint --noout --schema harness/tests/cells/junit.xsd "$work/json/junit.xml"
check 'summary.md names both scenarios' test "$(grep -cE 'steady-short|fails' "$work/json/summary.md")" -ge 2

# What a client and the server said over TLS 1.3 is read with the server's keys.
"$hangup" why "$work"/json/steady-short--* --format pcapng >"$work/packets.pcapng"
check 'the capture has the keys in it: tshark reads statements' grep -qx 'INSERT INTO blog_posts (key) VALUES ($1)' <(
    tshark -r "$work/packets.pcapng" -Y pgsql.query -T fields -e pgsql.query 2>"$work/tshark.err")
check 'and no TLS record that it cannot read' test -z "$(
    tshark -r "$work/packets.pcapng" -Y 'tls.app_data && !pgsql && !tls.handshake && !tls.alert_message' 2>"$work/tshark.err")"
check 'why names the messages itself' grep -q '  app -> db  data [0-9]* bytes: `INSERT INTO blog_posts (key) VALUES ($1)`' <(
    "$hangup" why "$work"/json/steady-short--* --op 1)

run table "$scenarios/fails.yaml" --subject pqpool:none
exits 1 'the table'
check 'the table in a pipe is plain text' test -z "$(tr -d '\n[:print:]' <"$work/table.out")"
check 'the table says what failed' grep 'fails.yaml:8: any: slowest: expected <1ms, actual' "$work/table.out"
check 'the table ends with the counts and the folder' grep -A1 '^0 passed, 1 failed, 0 skipped, 0 errors in ' "$work/table.out"
check 'nothing on standard error in a pipe, again' test ! -s "$work/table.err"

run bar "$scenarios/steady-short.yaml" --subject pqpool:none --fail-on 'errors,connects>0'
exits 1 'all as expected, and below the user'"'"'s own bar'
check '--fail-on says which cell, and why' grep -x -- '--fail-on connects>0: steady-short pqpool:none: connects [1-9]' "$work/bar.err"

cat >"$work/absent.yaml" <<EOF
summary: not here
command: [./absent]
requires: [/nowhere/absent]
strategies: {none: none}
EOF
run absent "$scenarios/steady-short.yaml" --subject "$work/absent.yaml"
exits 4 'no cell ran at all'

# script(1) gives it a terminal.
terminal() {
    env -u NO_COLOR "$@" TERM=xterm script -qec "'$hangup' run --subject pqpool:none '$scenarios/fails.yaml' --out '$work/$name'" /dev/null
}
if script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
    name=terminal terminal >"$work/terminal.out" </dev/null
    check 'a terminal has progress' grep -a '0 of 1 cells done, 1 running' "$work/terminal.out"
    check 'and the names of those that run, on lines that are written over' grep -aq '  running fails--pqpool-none--7, [0-9]* s' "$work/terminal.out"
    check 'so that none of them stays' grep -aq $'\e\[A' "$work/terminal.out"
    check 'a terminal has colours' grep -a $'\e\[[0-9;]*m' "$work/terminal.out"
    name=colourless terminal NO_COLOR=1 >"$work/colourless.out" </dev/null
    check 'NO_COLOR is heeded' test -z "$(grep -a $'\e\[[0-9;]*m' "$work/colourless.out")"
else
    report 0 'a terminal has progress and colours # SKIP this machine has no pseudo-terminals'
fi
finish
