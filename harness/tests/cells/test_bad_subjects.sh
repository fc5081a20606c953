#!/bin/bash
# A subject may break the protocol in any way: its cell says how, the other cells of the run go on, and no guest is left. Breaks
# with: a wait without an end, an answer that is taken on trust, a watchdog that does not look.
. "$(dirname "$0")/tap.sh"

# The longest honest stretch of a cell here is PostgreSQL's start, about 2 s of CPU.
export HANGUP_STUCK_CPU_S=8
run bad --subject "$subjects/misbehaving.yaml" --subject pqpool:none "$scenarios/steady-short.yaml"
exits 3 'misbehaving subjects'
no_guest_is_left 'misbehaving subjects'
holds 'all cells have a verdict' bad "len(run['cells']) == 15 and verdicts() == {'pass': 2, 'error': 13}"
holds 'a pool in the same run passes' bad "cell('pqpool:none')['verdict'] == 'pass' and metric('pqpool:none', 'ok') == 3"
holds 'an adapter that only refuses passes' bad "cell('misbehaving:well-behaved')['verdict'] == 'pass'"

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
TABLE
holds 'garbage that is not text spoils no report' bad \
    "all(ord(character) < 127 for c in run['cells'] for reason in c['reasons'] for character in reason)"
finish
