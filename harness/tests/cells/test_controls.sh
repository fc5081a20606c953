#!/bin/bash
# The harness can say no. Breaks with: expectations that are not looked at, a negative control whose verdict is not turned round,
# a fault that is believed to have hit.
. "$(dirname "$0")/tap.sh"

run selftest selftest --subject pqpool:none
exits 0 'selftest: the claims are false, and the cells find it out'
holds 'selftest: each cell is a control, passes, and says what failed' selftest \
    "run['cells'] and all(c['control'] and c['verdict'] == 'pass' and c['reasons'] for c in run['cells'])"
holds 'selftest: every word of expectation has a control' selftest \
    "{r.split(': ')[2] for c in run['cells'] for r in c['reasons']} == set(json.loads(Path('scenarios/schema.json').read_text())['\$defs']['expectations']['properties']) | {'hits'}"
holds 'selftest: silence was noticed as such' selftest \
    "metric('pqpool:none', 'hung', 'selftest/silence-unnoticed') == 1 and 'hung: expected 0, actual 1' in reasons('pqpool:none', 'selftest/silence-unnoticed')"

run passes "$scenarios/selftest/control-passes.yaml" --subject pqpool:none
exits 1 'a control that passes'
holds 'a control that passes is a failure, and says so' passes \
    "cell('pqpool:none')['verdict'] == 'fail' and 'negative control passed' in reasons('pqpool:none')"

run fails "$scenarios/fails.yaml" "$scenarios/steady-short.yaml" --subject pqpool:none
exits 1 'an expectation that fails'
holds 'an expectation that fails stands there with file, line and both numbers' fails \
    "reasons('pqpool:none', 'fails').startswith('$scenarios/fails.yaml:8: any: slowest: expected <1ms, actual 30.0')"

run nothing "$scenarios/silence-in-silence.yaml" "$scenarios/handshake-out-of-reach.yaml" "$scenarios/fails.yaml" --subject pqpool:none
exits 3 'a fault that hit nothing, beside a failure'
holds 'a fault that hit nothing is an error, and says so' nothing \
    "cell('pqpool:none', 'silence-in-silence')['verdict'] == 'error' and 'the fault hit nothing' in reasons('pqpool:none', 'silence-in-silence')"
holds 'so is one of handshakes that cut none of those that were there' nothing \
    "cell('pqpool:none', 'handshake-out-of-reach')['verdict'] == 'error' and ': the fault hit nothing' in reasons('pqpool:none', 'handshake-out-of-reach')"
no_guest_is_left 'controls'
finish
