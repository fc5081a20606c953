#!/bin/bash
# The atlas is made again byte by byte, has no hole that does not say why, and diagnose finds in it what a log says. Breaks with:
# a connection that is taken for another, a cause that does not follow from the packets, a phase that a probe does not do.
. "$(dirname "$0")/tap.sh"

# Only one event: what it must say follows from the mechanism. Its processes die, so their kernel says FIN, and TLS nothing.
for name in first second; do
    check "an event of one client ($name time)" "$hangup" atlas --event backend-killed --client libpq \
        --baseline "$work/$name" --out "$work/run-$name"
done
check 'the same rows byte by byte' cmp "$work/first/atlas.json" "$work/second/atlas.json"
check 'the same rows out of stored traces' "$hangup" atlas --again "$work/run-first" --event backend-killed --client libpq \
    --baseline "$work/again"
check 'byte by byte, too' cmp "$work/first/atlas.json" "$work/again/atlas.json"
check 'atlas.md has the event and its faults' grep '^| backend-killed .*`{at: 60s, server: kill-backend}`' "$work/first/atlas.md"
check "the client's page has what it says of it" grep -A6 '^## backend-killed' "$work/first/atlas/libpq.md"
check 'the rows say what the packets say' "${python[@]}" -c '
import json, sys
rows = {(row["transport"], row["phase"]): row for row in json.load(open(sys.argv[1]))["rows"]}
eof, closed = "SSL SYSCALL error: EOF detected", "server closed the connection unexpectedly"
causes = {"idle": "fin-unread", "transaction": "fin-unread", "waiting": "fin-read", "bulk": "fin-read"}
assert len(rows) == 14
for (transport, phase), row in rows.items():
    if phase == "reconnecting":
        assert row["outcome"] == "ok", row
        continue
    assert row["state"] == "CONNECTION_BAD", row
    if phase == "again":  # libpq knows, and asks nobody
        assert row["text"] == "no connection to the server" and row["cause"] == "no-packet", row
        continue
    if phase == "connecting":
        # It is killed as the next message comes, which it has read or not, by a microsecond; libpq 17 tells of both as of an EOF.
        assert (closed in row["text"] or eof in row["text"]) and row["cause"] in ("fin-read", "rst-answer"), row
        continue
    assert (eof if transport == "tls" else closed) in row["text"] and row["cause"] == causes.get(phase, "fin-read"), row
# The idle connection was used ten seconds after its FIN had come, which took half a round trip.
assert abs(rows["tls", "idle"]["packets"]["fin_us"] - 9995000) < 1000
assert rows["tls", "idle"]["took_us"] < 1000' "$work/first/atlas.json"
check 'an unknown event is refused with the nearest one' \
    grep "did you mean 'silence'" <("$hangup" atlas --event silense 2>&1)

baseline=results/baseline/atlas.json
check 'the published atlas: 70 events x 7 phases x 15 clients, and each hole says why' "${python[@]}" -c '
import collections, json, sys
rows = json.load(open(sys.argv[1]))["rows"]
count = collections.Counter((row["event"], row["transport"], row["client"], row["phase"]) for row in rows)
events, transports, clients, phases = ({key[i] for key in count} for i in range(4))
assert len(events) >= 70 and len(clients) >= 15 and len(phases) >= 7, (len(events), clients, phases)
assert len(count) == len(events) * len(transports) * len(clients) * len(phases), "a row is missing"
assert set(count.values()) == {1}, "a row is duplicated"
assert all(row.get("note") for row in rows if row["outcome"] == "absent"), "a hole without a reason"' "$baseline"

check 'each client of the published atlas has its page, and no page is of another' "${python[@]}" -c '
import json, os, sys
clients = {client["name"] for client in json.load(open(sys.argv[1]))["clients"]}
pages = {os.path.splitext(name)[0] for name in os.listdir(os.path.splitext(sys.argv[1])[0])}
assert clients == pages, clients ^ pages' "$baseline"

check 'no row says "no goodbye" where its text quotes the server' "${python[@]}" -c '
import json, sys
for row in json.load(open(sys.argv[1]))["rows"]:
    text, state = row.get("text", ""), row.get("sqlstate") or "08"
    if row["outcome"] == "error" and ("FATAL:" in text or "terminating connection" in text or not state.startswith("08")):
        assert row["packets"].get("goodbye") and not row["cause"].startswith("fin-"), row' "$baseline"

# diagnosed NAME STATUS TEXT: what it says goes to $work/NAME.
diagnosed() {
    status=0
    "$hangup" diagnose "$3" >"$work/$1" || status=$?
    check "$1: exit status $2" test "$status" = "$2"
}
diagnosed eof 0 'psycopg2.OperationalError: SSL SYSCALL error: EOF detected'
check 'EOF detected has at least three causes' test "$(grep -cE '^[0-9]+\. ' "$work/eof")" -ge 3
check 'the first is FIN while idle, told in full' grep -A2 '^1. FIN, read too late' "$work/eof"
check 'which names a scenario that shows it' grep -E 'hangup run idle/[a-z0-9/-]+ --subject [a-z]+:none' "$work/eof"
diagnosed cure 0 'sqlalchemy.exc.OperationalError: (psycopg2.OperationalError) SSL SYSCALL error: EOF detected'
check 'the cure is code for the pool that spoke' grep 'create_engine(url, pool_pre_ping=True)' "$work/cure"
check 'with what it cured in recorded cells' grep 'idle/hung-up: 0 errors instead of 1 error' "$work/cure"
check 'and what it leaves' grep 'idle/silence (0 errors, one waited 973' "$work/cure"
check 'advise names the cheapest setting' grep '^sqlalchemy:pre-ping' <("$hangup" advise --subject sqlalchemy --fear idle)
check 'or that there is none' grep '^None of the 5 recorded settings of sqlalchemy' <("$hangup" advise --subject sqlalchemy --fear idle,silence)
diagnosed traceback 0 'Traceback (most recent call last):
  File "/srv/app/models.py", line 71, in save
    cursor.execute(INSERT)
psycopg2.OperationalError: connection to server at "10.4.0.9", port 6432 failed: Connection refused
	Is the server running on that host and accepting TCP/IP connections?'
check 'a traceback with other names is found' grep '^1. SYN answered by RST' "$work/traceback"
diagnosed nothing 1 'java.lang.NullPointerException at Main.java:3'
check 'it says so when no row fits' grep '^No row of the atlas says this' "$work/nothing"
for i in {1..6000}; do echo "2026-11-28 10:00:00 INFO request $i was answered in good time, as all those before it"; done >"$work/app.log"
printf '%s\n' 'psycopg2.OperationalError: SSL SYSCALL error: EOF detected' 'FATAL:  query_wait_timeout' \
    '{"level":"error","msg":"pq: SSL is not enabled on the server\n"}' >>"$work/app.log"
diagnosed file 0 "$work/app.log"
check 'a long file is read to its end: three errors, three answers' test "$(grep -c '^Error [123] of 3, ' "$work/file")" = 3
check 'each with its line' grep "app.log, line 6003:" "$work/file"
diagnosed missing 2 /nonexistent 2>"$work/missing.err"
check 'a file that is not there is told' grep -x 'hangup: /nonexistent: there is no such file; expected .*' "$work/missing.err"
check 'it reads standard input' grep 'EOF detected' <("$hangup" diagnose <<<'LOG:  SSL SYSCALL error: EOF detected')

finish
