#!/bin/bash
# What happens to the server is what the wire shows. Breaks with: a fault that is not applied, one that is another one, a
# goodbye where none may be said, a packet of a host that has no power.
. "$(dirname "$0")/tap.sh"

run lab --subject pqpool:none "$scenarios"/server-*.yaml
exits 0 'server faults'
# Each line: what is measured, and the expression. `n` is what came from host db of that scenario, by connection: see
# `said`. In TLS 1.3 a close_notify is a record of 19 bytes.
while IFS='|' read -r name expression; do
    holds "$name" lab "(lambda n, s: $expression)(lambda scenario, since=5, until=5.02: said('pqpool:none', 'server-' + scenario, since, until), 'pqpool:none')"
done <<'EXPRESSIONS'
terminate: the reason, a close_notify, and a FIN, for each session|[t[-2:] for t in n('terminate')] == [[19, 'F']] * 2 and all(len(t) > 2 for t in n('terminate'))
stop-fast: the same|[t[-2:] for t in n('stop-fast')] == [[19, 'F']] * 2 and all(len(t) > 2 for t in n('stop-fast'))
stop-immediate: a warning and a FIN, no close_notify|all(len(t) == 2 and t[0] > 19 and t[1] == 'F' for t in n('stop-immediate')) and len(n('stop-immediate')) == 2
kill-backend: a FIN and not a word|n('kill-backend') == [['F']] * 2
crash: a FIN and not a word|n('crash') == [['F']] * 2
close-sockets: a FIN and not a word|n('close-sockets') == [['F']] * 2
destroy-sockets: an RST and not a word|n('destroy-sockets') == [['R']] * 2
vanish: not a packet for as long as it lasts|n('vanish', 5, 15) == [] and len(entered(s, 'server-vanish', True, 10, 15)) > 3
vanish: then RST, first of all|n('vanish', 15, 30)[0][0] == 'R'
freeze: everything is acknowledged, nothing is answered|n('freeze', 5, 15) == [] and len(entered(s, 'server-freeze', False, 10, 15)) > 0
freeze: then it is answered|n('freeze', 15, 16)[0][0] > 0
freeze-backend: everything is acknowledged, nothing is answered|n('freeze-backend', 5, 15) == [] and len(entered(s, 'server-freeze-backend', False, 10, 15)) > 0
freeze-postmaster: new connections are accepted and not greeted|[t for t in n('freeze-postmaster', 11.5, 15)] == [['S']]
freeze-postmaster: then they are|n('freeze-postmaster', 15, 16)[0][0] > 0
stop-fast: while it is down the kernel refuses|n('stop-fast', 11.5, 14.5) == [['R']] * 2
starting-up: new connections are greeted and refused|all(t[0] == 'S' and t[-1] == 'F' for t in n('starting-up', 11.5, 14.5)) and len(n('starting-up', 11.5, 14.5)) == 2
shutting-down: new connections are greeted and refused|all(t[0] == 'S' and t[-1] == 'F' for t in n('shutting-down', 11.5, 14.5)) and len(n('shutting-down', 11.5, 14.5)) == 2
too-many-clients: new connections are greeted and refused|all(t[0] == 'S' and t[-1] == 'F' for t in n('too-many-clients', 11.5, 14.5)) and len(n('too-many-clients', 11.5, 14.5)) == 2
demoted: sessions live on, and each write is refused|not any('F' in t or 'R' in t for t in n('demoted', 5, 20)) and metric(s, 'errors', 'server-demoted') == 4 and metric(s, 'connects', 'server-demoted') == 2 and all('read-only transaction' in t for t in texts(s, 'server-demoted'))
idle-session-timeout: the reason, a close_notify and a FIN when it has idled so long, not before|[t[-2:] for t in n('idle-session-timeout', 11, 11.2)] == [[19, 'F']] and n('idle-session-timeout', 6.2, 11) == [] and len(n('idle-session-timeout', 11, 11.2)[0]) > 2
idle-in-transaction-timeout: the same within a transaction|[t[-2:] for t in n('idle-in-transaction-timeout', 11, 11.2)] == [[19, 'F']] and n('idle-in-transaction-timeout', 6.2, 11) == [] and len(n('idle-in-transaction-timeout', 11, 11.2)[0]) > 2
suspended: the reason, a close_notify and a FIN, for each session|[t[-2:] for t in n('suspended')] == [[19, 'F']] * 2 and all(len(t) > 2 for t in n('suspended'))
suspended: who knocks is accepted, and greeted 4 s after the first knock, not before|(lambda knock: [t for t in n('suspended', 11.5, knock + 3.99)] == [['S']] and n('suspended', knock + 3.99, knock + 4.1)[0][0] > 0)(min(p.at for p in packets(s, 'server-suspended') if p.flags == 2 and p.to_db and p.at > 6)) and metric(s, 'slowest_ms', 'server-suspended') > 3990
backend-crash: a warning and a FIN for the sessions of others, no close_notify|all(len(t) == 2 and t[0] > 19 and t[1] == 'F' for t in n('backend-crash')) and len(n('backend-crash')) == 2
backend-crash: new connections are greeted and refused|all(t[0] == 'S' and t[-1] == 'F' for t in n('backend-crash', 11.5, 14.5)) and len(n('backend-crash', 11.5, 14.5)) == 3
each refusal says why|all(any(word in text for text in texts(s, 'server-' + name)) for name, word in {'backend-crash': 'in recovery mode', 'starting-up': 'starting up', 'shutting-down': 'shutting down', 'too-many-clients': 'too many clients', 'stop-fast': 'Connection refused'}.items())
EXPRESSIONS
finish
