#!/bin/bash
# The main job, end to end, on real pools: what applications are told, how long they wait, and what a ping costs. Breaks with
# whatever changes that: a fault that takes another cause, a pool that repeats an insert, a path with another delay.
. "$(dirname "$0")/tap.sh"

run seen idle/hung-up idle/reset idle/silence steady/price --subject sqlalchemy:none --subject sqlalchemy:pre-ping \
    --subject pqpool:none --subject pqpool:pre-ping --subject pqpool:pre-ping-deadline --subject pqpool:hedged
exits 0 'the main scenarios'
no_guest_is_left 'the main scenarios'
holds 'every cell passes' seen "verdicts() == {'pass': 24}"

eof='SSL SYSCALL error: EOF detected'
for pool in pqpool sqlalchemy; do
    for scenario in idle/hung-up idle/reset; do
        holds "$scenario: $pool:none is told '$eof'" seen "'$eof' in texts('$pool:none', '$scenario')"
        holds "$scenario: $pool:pre-ping has no error" seen "metric('$pool:pre-ping', 'errors', '$scenario') == 0"
    done
    for strategy in none pre-ping; do
        holds "idle/silence: $pool:$strategy hangs for 900 to 1000 s" seen \
            "900e3 <= metric('$pool:$strategy', 'slowest_ms', 'idle/silence') <= 1000e3"
    done
    holds "steady/price: a ping of $pool costs 10.0 ms, 0.1 more or less" seen \
        "abs(metric('$pool:pre-ping', 'median_ms', 'steady/price') - metric('$pool:none', 'median_ms', 'steady/price') - 10) <= 0.1"
done
holds 'idle/silence: pqpool:pre-ping-deadline answers in less than 3 s' seen \
    "0 < metric('pqpool:pre-ping-deadline', 'slowest_ms', 'idle/silence') < 3e3"
holds 'idle/hung-up: pqpool:pre-ping-deadline has no error' seen \
    "metric('pqpool:pre-ping-deadline', 'errors', 'idle/hung-up') == 0"
holds 'nothing is lost, duplicated, in doubt or hung' seen \
    "not any(c['metrics'][m] for c in run['cells'] for m in ('lost', 'duplicated', 'in_doubt', 'hung'))"
holds 'every insert of steady/price is in the database, or the ledger would not see it' seen \
    "all(sum(e['event'] == 'row' for e in events(c['subject'], c['scenario'])) == 100 for c in run['cells'] if c['scenario'] == 'steady/price')"
# The scenarios expect of each pool of a class what holds of all; what libpq hands on, and pqpool tells, is more than psycopg2 does.
run told connect/handshake-cut-in-authentication connect/slow-to-wake connect/flow-table-full idle/behind-another-nat \
    idle/idle-session-timeout query/idle-in-transaction-timeout --subject pqpool:none
exits 0 'scenarios in which a pool loses words'
while IFS='|' read -r scenario words; do
    holds "$scenario: pqpool:none is told '$words'" told "'$words' in ' '.join(texts('pqpool:none', '$scenario'))"
done <<'WORDS'
connect/handshake-cut-in-authentication|port 5432 failed: server closed the connection unexpectedly
connect/slow-to-wake|terminating connection due to administrator command
idle/idle-session-timeout|terminating connection due to idle-session timeout
query/idle-in-transaction-timeout|terminating connection due to idle-in-transaction timeout
WORDS
holds 'connect/flow-table-full: pqpool:none asks three times' told "metric('pqpool:none', 'attempts', 'connect/flow-table-full') == 3"
holds 'idle/behind-another-nat: each of its two connections costs an error' told \
    "metric('pqpool:none', 'errors', 'idle/behind-another-nat') == 2"

# The way there is real: a FIN without close_notify for the one, a forged RST for the other.
holds 'idle/hung-up: the server said FIN to both connections before anything said RST' seen "$(
    cat <<'EXPRESSION'
all(sum(p.leaving and not p.to_db and p.flags & 1 for p in first) == 2 and not any(p.flags & 4 for p in first)
    for s in ('pqpool:none', 'sqlalchemy:none')
    for first in [[p for p in packets(s, 'idle/hung-up') if 59.9 < p.at < 119]])
EXPRESSION
)"
holds 'idle/reset: two RSTs leave for the app, and never entered' seen "$(
    cat <<'EXPRESSION'
all([p.leaving for p in packets(s, 'idle/reset') if 59.9 < p.at < 119] == [True, True] for s in ('pqpool:none', 'sqlalchemy:none'))
EXPRESSION
)"
finish
