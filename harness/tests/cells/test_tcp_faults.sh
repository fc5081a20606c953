#!/bin/bash
# Faults of TCP, TLS and failover do on the wire what they say, measured in the packets. Breaks with: a fault that is applied
# and does nothing, a forged number that is one off, a cut behind another packet, a first machine that still speaks.
. "$(dirname "$0")/tap.sh"

run lab --subject pqpool:none "$scenarios/rst-in-silence.yaml" query/rst-in-flight idle/reset-on-write query/rst-after-n \
    idle/fin-forged idle/half-closed connect/syn-lost connect/syn-reset connect/slow-handshake connect/handshake-cut-silent \
    connect/handshake-cut-in-tls connect/handshake-cut-in-authentication connect/certificate-expired connect/wrong-name \
    query/tls-junk query/tls-cut-record-header query/tls-cut-record-body query/tls-cut-record-stall idle/close-notify idle/client-frozen \
    failover/address-taken-over failover/name-moved
exits 0 'faults of TCP'
# Each line: what is measured, and the expression. `s` is the subject.
while IFS='|' read -r name expression; do
    holds "$name" lab "(lambda s: $expression)('pqpool:none')"
done <<'EXPRESSIONS'
an RST into data in flight carries the number behind what waits, in both directions|all(forged_is_exact(s, 'query/rst-in-flight', RST, to_db) for to_db in (False, True))
... and the application took it: it only resets what comes after it|only_resets_after_forged(s, 'query/rst-in-flight', RST)
an RST into silence carries the number before what was swallowed|all(forged_is_exact(s, 'rst-in-silence', RST, to_db) for to_db in (False, True))
... and the server took it: no session is left|metric(s, 'leaked_backends', 'rst-in-silence') == 0
an RST for the next packet comes with it, not before|all(0 <= e['at_us'] - 1000e6 < 1.1e6 for e in named(s, 'rst-injected', 'idle/reset-on-write')) and len(named(s, 'rst-injected', 'idle/reset-on-write')) == 2
an RST after the 5th packet with data comes behind the 5th|data_packets_before(s, 'query/rst-after-n', 'rst-injected', since_s=90) == [5]
a forged FIN carries the exact number and is acknowledged|forged_is_exact(s, 'idle/fin-forged', FIN, False) and acknowledged_fins(s, 'idle/fin-forged') == 2
... and the other side takes nothing that acknowledges it|not [p for p in packets(s, 'idle/fin-forged') if not p.to_db and 60.1 < p.at < 121.9 and (p.payload or p.flags != ACK)]
a half-closed server still takes data|half_closed_takes_data(s, 'idle/half-closed')
a lost SYN never leaves the router|all(not left for p, left in crossings(packets(s, 'connect/syn-lost')) if p.flags == SYN and 90 < p.at < 690) and len(syns(s, 'connect/syn-lost', 90, 690)) > 3
a reset SYN is answered as a closed port answers it|syns(s, 'connect/syn-reset', 90, 190) and all(answered_by_closed_port(s, 'connect/syn-reset', p) for p in syns(s, 'connect/syn-reset', 90, 190))
a slow SYN leaves 3 s later, and half a round trip|3.0049 < min(syn_delays(s, 'connect/slow-handshake', 90, 290)) and max(syn_delays(s, 'connect/slow-handshake', 90, 290)) < 3.0052
a handshake is cut behind the 2nd packet with data|set(data_packets_before(s, 'connect/handshake-cut-silent', 'fault-hit', fault=1)) == {2}
... the 3rd, with what came at its moment: a ClientHello is two packets since OpenSSL 3.5|set(data_packets_before(s, 'connect/handshake-cut-in-tls', 'fault-hit', fault=1)) <= {3, 4}
... the 10th|set(data_packets_before(s, 'connect/handshake-cut-in-authentication', 'fault-hit', fault=1)) == {10}
open sessions do not mind another certificate|[e['ok'] for e in named(s, 'op-answered', 'connect/certificate-expired') if 60e6 < e['at_us'] < 100e6] == [True] * 5
new ones see that it has expired, until it is renewed|[110 < e['at_s'] < 130 for e in cell(s, 'connect/certificate-expired')['errors'] if 'verify failed' in e['text']] == [True] * 3
new ones see another host's name, until it is renewed|[110 < e['at_s'] < 130 for e in cell(s, 'connect/wrong-name')['errors'] if 'elsewhere.hangup.test' in e['text']] == [True] * 3
junk is seen on the wire|first_bytes(s, 'query/tls-junk', 110).startswith(b'HTTP/1.1 ')
a record is cut in its header|first_bytes(s, 'query/tls-cut-record-header', 110) == bytes.fromhex('170303')
... and a FIN follows|flags_to_app(s, 'query/tls-cut-record-header', 110, 110.1) & FIN
a record is cut in its body|first_bytes(s, 'query/tls-cut-record-body', 110)[:5] == bytes.fromhex('1703030100') and len(first_bytes(s, 'query/tls-cut-record-body', 110)) < 261
... and an RST follows|flags_to_app(s, 'query/tls-cut-record-body', 110, 110.1) & RST
a stalled server's kernel acknowledges, and nothing more comes|not any(p.payload for p in packets(s, 'query/tls-cut-record-stall') if not p.to_db and p.at > 110.1 and p.at < 9999)
a proper end says close_notify (in TLS 1.3 a record of 19 bytes) and then FIN|[t[-2:] for t in said(s, 'idle/close-notify', 60, 60.02)] == [[19, 'F']] * 2
a frozen application sends nothing|not [p for p in packets(s, 'idle/client-frozen') if p.to_db and p.payload and 10 < p.at < 410]
... and goes on where it was|[p for p in packets(s, 'idle/client-frozen') if p.to_db and p.payload and 410 <= p.at < 410.01] != []
the first machine says nothing any more|not [p for p in packets(s, 'failover/address-taken-over') if not p.to_db and 60 < p.at < 120] and not [p for p in packets(s, 'failover/name-moved') if p.to_db is False and p.key[1][:4] == bytes([198, 51, 100, 2]) and p.at > 60]
the second one at its address knows no connection of the first|flags_to_app(s, 'failover/address-taken-over', 120, 120.02) == RST
the second one at another address is found by name|{p.key[1][4:] for p in packets(s, 'failover/name-moved') if p.to_db and p.flags == SYN and p.at > 60} == {bytes([198, 51, 100, 3])}
EXPRESSIONS
finish
