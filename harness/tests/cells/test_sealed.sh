#!/bin/bash
# The lab is sealed: whatever a subject does to the files it sees, the host's are untouched. Breaks with: a subject that runs as
# the guest's root (which can mount the host's files, writable), an overlay that is left out, a results folder that it can reach.
. "$(dirname "$0")/tap.sh"

cache=${HANGUP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hangup}
cell=$work/sealed/steady-short--vandal-none--7
# The manifest's folder is shown to it there.
place=/hangup/adapter
# With all permissions, so that only the lab can be what protects it.
mkdir "$work/open" && chmod 777 "$work/open"
victim=$work/open/victim
echo untouched >"$victim" && chmod 666 "$victim"
before=$(stat -c '%a %u %s %y' "$victim")
outside=$(mktemp -d)
trap 'rm -rf "$work" "$outside"' EXIT
sed "s|vandal.py|&, $work/open, $cell, $outside|" "$subjects/vandal.yaml" >"$work/vandal.yaml"

run sealed --subject "$work/vandal.yaml" "$scenarios/steady-short.yaml"
exits 0 'a vandal'
check 'it ran as nobody' grep -x 'user 65534' "$cell/subject.log"
check 'it did overwrite what it saw' grep -x "done: overwrite $place/open/victim" "$cell/subject.log"
check 'it did remove what it saw' grep -x "done: remove $place/open/victim" "$cell/subject.log"
check 'it did not see the folder of its cell' grep -x "refused: create in $place${cell#"$work"}: Permission denied" "$cell/subject.log"
check 'it could not mount the host' test "$(grep -c "^refused: mount the host's files: Operation not permitted" "$cell/subject.log")" = 2
check 'it could not enter the folder of PID 1' grep '^refused: write in the folder of 1' "$cell/subject.log"
check 'of the host it sees nothing else' test -z "$(grep '^sees ' "$cell/subject.log" | grep -vE '^sees (bin|boot|dev|etc|hangup|home|host|lib|lib64|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var)$')"
check 'it sees an image' grep -x 'sees hangup' "$cell/subject.log"
check 'a folder of the host is not there' grep -x "not there: $outside" "$cell/subject.log"
check 'the file is as it was' test "$(cat "$victim") $(stat -c '%a %u %s %y' "$victim")" = "untouched $before"
check 'there is no mark on the host' test -z \
    "$(find /etc /tmp "$HOME" "$PWD" "$cache" "$work" -maxdepth 3 -name hangup-vandal -print -delete 2>/dev/null)"
finish
