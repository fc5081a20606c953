#!/bin/bash
# Whatever is wrong is said with file, line and column and ends the run with 2, before a folder or a guest is made. Breaks with: a
# check left out, or made only when the cell runs.
. "$(dirname "$0")/tap.sh"

good=$scenarios/steady-short.yaml

# refused NAME PATTERN ARGUMENTS…: exit status 2, a message that matches, nothing on standard output, and no run's folder.
refused() {
    local name=$1 pattern=$2
    shift 2
    run refused "$@"
    check "$name: exit status 2" test "$status" = 2
    check "$name: says so" grep -E -- "^hangup: $pattern" "$work/refused.err"
    grep -qE -- "^hangup: $pattern" "$work/refused.err" || sed 's/^/# said: /' "$work/refused.err"
    check "$name: leaves nothing" test ! -e "$work/refused" -a ! -s "$work/refused.out" -a -z "$(guests)"
}

# Each line: what is wrong, a change to the good scenario (sed), and what must be said.
while IFS='|' read -r name change pattern; do
    sed -E "$change" "$good" >"$work/bad.yaml"
    refused "$name" "$work/bad.yaml:$pattern" "$work/bad.yaml" --subject pqpool:none
done <<'TABLE'
unknown key|s/^run_for/runs_for/|6:1: unknown key 'runs_for'.*'run_for'
unknown key inside|s/rtt:/rrt:/|3:11: .*'rrt'.*'rtt'
missing unit|s/^run_for: 20s/run_for: 20/|6:10: '20': .*unit
negative time|s/at: 0s/at: -1s/|5:10: '-1s': 
fault after the end|s/^run_for.*/run_for: 20s\nfaults: [{at: 30s, silence: both}]/|7:[0-9]+: .*
unknown fault|s/^run_for.*/run_for: 20s\nfaults: [{at: 3s, noise: both}]/|7:[0-9]+: .*'noise'
unknown direction|s/^run_for.*/run_for: 20s\nfaults: [{at: 3s, silence: left}]/|7:[0-9]+: .*'left'
unknown metric|s/hung: 0/hanged: 0/|8:[0-9]+: .*'hanged'
not YAML|s/rtt: 10ms[}]/rtt: [10ms/|[0-9]+:[0-9]+: .*
empty file|d|1:1: .*
TABLE

# The subject's manifest.
printf 'summary: x\ncommand: [/bin/true]\nstrategy: {none: none}\n' >"$work/bad-subject.yaml"
refused 'unknown key of a manifest' "$work/bad-subject.yaml:3:1: unknown key 'strategy'.*strategies" \
    "$good" --subject "$work/bad-subject.yaml"

# Names. The first good cell must not have run, although the second word is wrong.
refused 'unknown scenario' "unknown scenario 'idle/hungup'.*'idle/hung-up'" idle/hungup
refused 'unknown scenario behind a good one' "unknown scenario 'nonsense'" steady/price nonsense
refused 'unknown subject' "unknown subject 'pqpol'.*'pqpool'" "$good" --subject pqpol
refused 'unknown strategy' "subject pqpool: unknown strategy 'pre_ping'.*'pre-ping'" "$good" --subject pqpool:pre_ping
refused 'missing file' "$work/none.yaml: No such file" "$work/none.yaml"
mkdir "$work/folder.yaml"
refused 'a folder named as a file' "$work/folder.yaml: " "$work/folder.yaml"
refused 'a run folder below a file' "$work/bad.yaml/where: Not a directory" "$good" --subject pqpool:none --out "$work/bad.yaml/where"

cp "$good" "$work/unreadable.yaml" && chmod 0 "$work/unreadable.yaml"
[ "$(id -u)" != 0 ] || as=(setpriv --reuid nobody --regid nogroup --clear-groups) # root reads everything
if "${as[@]}" test -x "$hangup"; then
    refused 'unreadable file' "$work/unreadable.yaml: Permission denied" "$work/unreadable.yaml"
else
    report 0 'unreadable file # SKIP nobody cannot read this project'
fi
as=(env HANGUP_KERNEL=/nonexistent)
refused 'a kernel that is not there' 'HANGUP_KERNEL=/nonexistent: No such file' "$good" --subject pqpool:none
kernel=$(realpath "${HANGUP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hangup}/guest-kernel/linux")
head -c 1000000 "$kernel" >"$work/cut" && chmod 755 "$work/cut"
echo 'no program' >"$work/text" && chmod 755 "$work/text"
as=(env HANGUP_KERNEL="$work/cut")
refused 'a kernel that is cut off' "HANGUP_KERNEL=$work/cut: no program, or cut off" "$good" --subject pqpool:none
as=(env HANGUP_KERNEL="$work/text")
refused 'a kernel that is no program' "HANGUP_KERNEL=$work/text: no program, or cut off" "$good" --subject pqpool:none
as=()

# Images.
image=$(realpath "${HANGUP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hangup}/images/debian-13")
refused 'an unknown image' "unknown image 'debain-13' .did you mean 'debian-13'.*make image IMAGE=" "$good" --image debain-13
refused 'an image that is not there' "image $work/none.erofs: No such file" "$good" --image "$work/none.erofs"
refused 'a file that is no image' "$work/text: this is no image" "$good" --image "$work/text"
head -c 10000000 "$image" >"$work/cut.erofs"
refused 'an image that is cut off' "$work/cut.erofs: the image is cut off: 10000000 bytes of [0-9]*" "$good" --image "$work/cut.erofs"
refused 'a scenario before an image' "unknown scenario 'nonsense'" nonsense --image debain-13
mkdir "$work/wrong" && cp --reflink=auto "$image" "$work/wrong/debian-13-0123456789abcdef.erofs"
refused 'an image that is not what its name says' '.*: damaged: its content has the digest [0-9a-f]*, its name says 0123456789abcdef; remove it' \
    "$good" --image "$work/wrong/debian-13-0123456789abcdef.erofs"
rm -r "$work/wrong"
as=(env HANGUP_GUEST=kvm)
refused 'another way of catching calls' 'HANGUP_GUEST=kvm: ' "$good" --subject pqpool:none
as=()

refused 'unknown option' "unknown option '--speed'" "$good" --speed 9
refused 'wrong value' '--jobs 0: ' "$good" --jobs 0

# Nothing is wrong with the input here, but no cell can be run.
as=(env HANGUP_CACHE="$work/empty")
run no-kernel "$good" --subject pqpool:none
exits 3 'no kernel yet'
check 'no kernel yet: says what to do' grep 'make kernel' "$work/no-kernel.err"
finish
