#!/bin/bash
# The lab tells the truth: what scenarios ask of the network is measured in the packets before and behind the router. Breaks
# with: an option of netem that is not set, set twice, in another unit, or on the sender's own interface.
. "$(dirname "$0")/tap.sh"

run lab --subject pqpool:none "$scenarios"/calibrate-*.yaml
exits 0 'calibration'
# Each line: what is measured, and the expression. `s` is the subject.
while IFS='|' read -r name expression; do
    holds "$name" lab "(lambda s: $expression)('pqpool:none')"
done <<'EXPRESSIONS'
a round trip of 10 ms takes 10 ms within 1 %|all(0.0099 < t < 0.0101 for t in handshakes(s, 'calibrate-silence')) and len(handshakes(s, 'calibrate-silence')) == 2
a delay of 20 ms with 5 ms of jitter lies between 15 and 25 ms|0.015 <= min(delays(s, 'calibrate-delay')) and max(delays(s, 'calibrate-delay')) < 0.02501
jitter uses its whole range|min(delays(s, 'calibrate-delay')) < 0.0155 and max(delays(s, 'calibrate-delay')) > 0.0245
jitter has its middle at the delay|abs(sum(delays(s, 'calibrate-delay')) / len(delays(s, 'calibrate-delay')) - 0.020) < 0.0005
10 % of the packets are lost|plausible(*dropped(s, 'calibrate-loss'), 0.1)
lost packets are the swallowed ones of the verdict|dropped(s, 'calibrate-loss', until_clean_up=True)[0] == metric(s, 'swallowed', 'calibrate-loss')
10 % of the packets are duplicated|plausible(*duplicated(s, 'calibrate-duplicate'), 0.1)
duplication loses nothing|dropped(s, 'calibrate-duplicate')[0] == 0
10 % of the packets overtake|plausible(sum(t < 0.001 for t in delays(s, 'calibrate-reorder')), len(delays(s, 'calibrate-reorder')), 0.1)
a part of the 10 % is seen to be corrupted|0.03 < dropped(s, 'calibrate-corrupt')[0] / dropped(s, 'calibrate-corrupt')[1] < 0.12
without loss nothing is lost|dropped(s, 'calibrate-delay')[0] == dropped(s, 'calibrate-rate')[0] == 0
64 kbit/s are 64 kbit/s within 1 %|0.99 < queued_rate(s, 0.005, 'calibrate-rate') / 64000 < 1.01
silence to the db swallows all of that direction, and counts it|len(set(swallowed(s, 0, True, 'calibrate-silence'))) == 1 and swallowed(s, 0, True, 'calibrate-silence')[0] > 5
silence to the db lets the other direction pass|swallowed(s, 0, False, 'calibrate-silence')[0] == 0
silence to the app swallows all of that direction, and counts it|len(set(swallowed(s, 1, False, 'calibrate-silence'))) == 1 and swallowed(s, 1, False, 'calibrate-silence')[0] > 5
silence to the app lets the other direction pass|swallowed(s, 1, True, 'calibrate-silence')[0] == 0 and swallowed(s, 1, True, 'calibrate-silence')[1] > 5
EXPRESSIONS
finish
