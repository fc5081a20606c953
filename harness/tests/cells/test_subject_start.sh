#!/bin/bash
# What a subject is started with: signals and capabilities as in life, its conninfo whole, and of root's files what others may
# read. Breaks with: a disposition of PID 1's that is inherited, a text that is cut without a word, a subject that permissions do
# not bind.
. "$(dirname "$0")/tap.sh"

closed=$work/closed # as somebody's home is
log=$work/start/long--plain-none--7/subject.log
mkdir "$closed"
cp "$subjects"/plain.* "$closed"
echo shared >"$closed/readable" && echo secret >"$closed/secret" && chmod 600 "$closed/secret"
sed -i "s|./plain.sh|&, $closed/readable, $closed/secret|" "$closed/plain.yaml"
chmod 700 "$closed"
# Longer than any path: what stands at its end must arrive.
{
    sed "s/^claim:.*/claim: A long conninfo arrives whole./; /^pool:/d" "$scenarios/steady-short.yaml"
    printf 'pool: {size: 2, conninfo: "%8000s application_name=the-end"}\n' ''
} >"$work/long.yaml"

run start --subject "$closed/plain.yaml" "$work/long.yaml"
exits 0 'a subject in a closed folder'
check 'SIGPIPE is as a shell leaves it' grep -xE 'signals SigIgn:\s+0000000000000000' "$log"
check 'it has no capability' grep -xE 'capabilities CapEff:\s+0000000000000000' "$log"
check 'its conninfo is whole' grep 'application_name=the-end"' "$log"
check 'it reads what others may read' grep -x "/hangup/adapter/readable: shared" "$log"
check 'and nothing else' grep "^/hangup/adapter/secret: .*Permission denied" "$log"
finish
