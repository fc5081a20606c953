#!/bin/bash
# A stored run is not believed, and not lost: tampered folders are refused at once and change nothing outside, a second run into
# the same folder leaves nothing of the first, and what a killed run left is shown and gone on with. Breaks with: a file that is
# opened by its name alone, a name that is more than one component, a report that needs run.json.
. "$(dirname "$0")/tap.sh"

cell=steady-short--pqpool-none--7
run whole --subject pqpool:none --subject pqpool:hedged "$scenarios/steady-short.yaml"
exits 0 'a run'
mkdir "$work/victim" && echo kept >"$work/victim/file"

# tampered NAME COMMAND…: a copy of the run, in which COMMAND changes something; its path is $copy.
tampered() {
    copy=$work/$1
    shift
    rm -rf "$copy"
    cp -r "$work/whole" "$copy"
    (cd "$copy" && "$@")
}
# says TEXT NAME COMMAND…: within seconds, and not with success.
says() {
    local text=$1 name=$2 said status=0
    shift 2
    said=$(timeout 20 "$@" 2>&1 </dev/null) || status=$?
    check "$name: exit status" test "$status" -ge 1 -a "$status" -le 3
    check "$name: says why" grep -F -- "$text" <<<"$said"
}

for file in run.json "$cell/plan.json" "$cell/events.jsonl" "$cell/capture.pcap" "$cell/postgres.log"; do
    tampered fifo sh -c 'rm "$0"; mkfifo "$0"' "$file"
    says 'expected a regular file' "a FIFO for $file" "$hangup" report "$copy"
    tampered link sh -c 'rm "$0"; ln -s /dev/zero "$0"' "$file"
    says 'a link: expected the file itself' "a link to /dev/zero for $file" "$hangup" report "$copy"
done
tampered elsewhere sh -c "rm -r $cell && ln -s '$work/victim' $cell"
says 'a link: expected the folder itself' 'a link for the folder of a cell' "$hangup" report "$copy"
tampered upwards sed -i "s|\"dir\": \"$cell\"|\"dir\": \"../victim\"|" run.json
says 'dir: expected the name of a folder' 'a cell above the run' "$hangup" report "$copy"
tampered replayed sed -i 's|"cell": ".*"|"cell": "../victim"|' "$cell/plan.json"
says 'cell: expected the name of a folder' 'a plan for another folder' "$hangup" replay "$copy/$cell"
tampered written ln -s "$work/victim/new" run.json.new
check 'a link in the way of what is written' "$hangup" report "$copy"
tampered blocked sh -c "rm -r $cell && mkdir $cell && echo mine >$cell/file"
says 'not a cell of hangup' 'a folder of somebody in the place of a cell' "$hangup" run --out "$copy" --subject pqpool:none "$scenarios/steady-short.yaml"
check 'which is left alone' grep -x mine "$copy/$cell/file"
check 'nothing outside has changed' test "$(ls "$work/victim")" = file -a "$(cat "$work/victim/file")" = kept

# --- a second run into the same folder
run again --subject pqpool:none --subject pqpool:hedged "$scenarios/steady-short.yaml"
mkdir "$work/again/notes" && echo mine >"$work/again/notes/file"
run again --subject pqpool:hedged "$scenarios/steady-short.yaml"
exits 0 'a second run into the same folder'
check 'leaves nothing of the first' test ! -e "$work/again/$cell"
check 'but what is not hangup'"'"'s' grep -x mine "$work/again/notes/file"

# --- a run that was killed has no run.json
tampered killed sh -c "rm run.json junit.xml summary.md && cp -r $cell broken && sed -i '/\"event\":\"end\"/d' broken/events.jsonl && sed -i 's|\"cell\": \".*\"|\"cell\": \"broken\"|' broken/plan.json"
check 'what a killed run left is shown' bash -c "'$hangup' report '$copy' >'$work/killed.out'"
check 'its whole cells' grep '^2 passed, 0 failed, 0 skipped, 0 errors, 1 not run' "$work/killed.out"

# --- output that cannot be written
while read -r arguments; do
    # shellcheck disable=SC2086  # words
    says 'standard output cannot be written' "a full disk: $arguments" sh -c '"$0" "$@" >/dev/full' "$hangup" $arguments
done <<TABLE
--help
run --help
list faults
list scenarios
list subjects
show idle/hung-up
schema
doctor
atlas --list
diagnose EOF
report $work/whole
report $work/whole --format json
compare $work/whole $work/whole
league $work/whole
merge $work/whole --out $work/merged
TABLE
says 'standard output cannot be written' 'a closed standard output' sh -c '"$0" list faults >&-' "$hangup"

# A program's folder may be somebody's, too.
names='stdout.log stderr.log terminal.log stdin program.json task.json plan.json exec.json console.log events.jsonl capture.pcap postgres.log'
mkdir "$work/filled"
for name in $names; do
    ln -s "$work/victim/file" "$work/filled/$name"
done
timeout 60 "$hangup" exec --out "$work/filled" steady/price -- true >/dev/null 2>&1 </dev/null
check 'exec into a folder of links: the program ran' test $? = 0
check '... and nothing was written through them' test "$(cat "$work/victim/file")" = kept
check '... nor is one left' test -z "$(find "$work/filled" -type l)"
finish
