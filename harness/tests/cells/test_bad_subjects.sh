#!/bin/bash
# A subject may break the protocol in any way: its cell says how, the other cells of the run go on, and no guest is left. Breaks
# with: a wait without an end, an answer that is taken on trust, a watchdog that does not look.
. "$(dirname "$0")/tap.sh"

# The longest honest stretch of a cell here, with 200 processes or all memory taken, is some 3 s of CPU; a slow machine was seen to take over 8.
export HANGUP_STUCK_CPU_S=12
run bad --subject "$subjects/misbehaving.yaml" --subject pqpool:none "$scenarios/steady-short.yaml"
exits 3 'misbehaving subjects'
no_guest_is_left 'misbehaving subjects'
holds 'all cells have a verdict' bad "len(run['cells']) == 27 and verdicts() == {'pass': 5, 'error': 21, 'fail': 1}"
holds 'a pool in the same run passes' bad "cell('pqpool:none')['verdict'] == 'pass' and metric('pqpool:none', 'ok') == 3"
holds 'an adapter that only refuses passes' bad "cell('misbehaving:well-behaved')['verdict'] == 'pass'"
holds 'who claims work that it has not done loses rows' bad \
    "cell('misbehaving:claims-work')['verdict'] == 'fail' and metric('misbehaving:claims-work', 'lost') == 3"
for strategy in fills-folders leaves-processes signals-everybody; do
    holds "$strategy: harms nobody but itself" bad "cell('misbehaving:$strategy')['verdict'] == 'pass'"
done

# Each line: what it does, and what its cell must say.
while IFS='|' read -r strategy reason; do
    holds "$strategy: error, and says why" bad \
        "cell('misbehaving:$strategy')['verdict'] == 'error' and '''$reason''' in reasons('misbehaving:$strategy')"
done <<'TABLE'
garbage|garbage: Connecting to the database ...
not-text|garbage: (not UTF-8)
endless-line|garbage: a line longer than 64 KiB
refuses|no such database
dies-at-once|the subject ended with status 7
dies-in-the-middle|the subject ended with signal 11
says-nothing|silent: it was not ready when the scenario started
spins|a process in the guest spins
closes-its-output|its output ended before its input did
never-ends|did not end when its input did
fails-at-its-end|the subject ended with status 1
answers-what-nobody-asked|an answer to an operation that was not sent
answers-twice|garbage: {"id": 1,
ready-twice|garbage: {"ready": true,
eats-memory|the subject ended with signal 9
leaves-a-spin|a process in the guest spins
odd-number|garbage: {"id": 9223372036854775807,
odd-backend|garbage: {"id": 1, "ok": true, "backend": -9223372036854775808}
odd-text|garbage: {"id": 1, "error": "a
odd-depth|garbage: [[[[
odd-line|garbage: an empty line
TABLE
holds 'garbage that is not text spoils no report' bad \
    "all(ord(character) < 127 for c in run['cells'] for reason in c['reasons'] for character in reason)"
finish
