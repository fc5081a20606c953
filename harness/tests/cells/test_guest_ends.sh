#!/bin/bash
# A guest that does not end by itself makes its cell an error that says how and what to do, and --resume runs that cell again.
# Breaks with: an exit status that nobody looks at, a trace that is believed although its guest was killed, a disk that fills up.
. "$(dirname "$0")/tap.sh"


# fails RUN NAME TEXT COMMAND…: a cell run by COMMAND… is an error with this text.
fails() {
    local out=$1 name=$2 text=$3
    shift 3
    as=("$@")
    run "$out" --subject pqpool:none "$scenarios/steady-short.yaml"
    as=()
    exits 3 "$name"
    check "$name: it says so" grep -e "$text" "$work/$out.out" "$work/$out.err"
    no_guest_is_left "$name"
}

# --- what it writes
run disk --disk-limit 8kb --subject pqpool:none "$scenarios/steady-short.yaml"
exits 3 'a cell beyond --disk-limit'
check 'it says which file and what to do' \
    grep -e 'wrote more than 8 kb to this machine.s disk, most of it to .*: --disk-limit allows more' "$work/disk.out"
status=0
"$hangup" exec steady/price --quiet --disk-limit 4mb --out "$work/flood" -- sh -c 'yes | head -c 2000000000' \
    >"$work/flood.out" 2>"$work/flood.err" </dev/null || status=$?
exits 125 'a program that floods its output'
check 'it says so' grep -e 'wrote more than 4096 kb to this machine.s disk, most of it to stdout.log' "$work/flood.err"
check 'no file grew beyond the limit' test "$(stat -c %s "$work/flood/stdout.log")" -le $((4 * 1024 * 1024))
no_guest_is_left 'a flood'

# --- who ends it
# has_processes: the subject runs beside the server's processes, each of which is one of this machine's.
has_processes() {
    guest=$(pgrep -P "$hangup_pid" -x linux | head -n 1)
    [ -n "$guest" ] && [ "$(pgrep -cP "$guest")" -ge 6 ]
}

# kill_in RUN WHICH: begins a cell and kills its guest's kernel, or the processes that run something in it.
# The cell opens connections for two seconds: whoever looks for its processes on a busy machine still finds them.
kill_in() {
    "$hangup" run --out "$work/$1" --jobs 1 --subject pqpool:none connect/refused-too-many >"$work/$1.out" 2>"$work/$1.err" &
    local hangup_pid=$! guest=
    check "$1: the guest has processes" wait_for 60 has_processes
    guest=$(pgrep -P "$hangup_pid" -x linux | head -n 1)
    # While its kernel stands still: what it has ended itself by then was not killed from outside.
    kill -STOP "$guest"
    case $2 in
    kernel) kill -KILL "$guest" ;;
    processes) pgrep -P "$guest" | xargs kill -KILL ;;
    esac
    kill -CONT "$guest"
    status=0
    wait "$hangup_pid" || status=$?
}

for which in kernel processes; do
    kill_in "$which" "$which"
    exits 3 "SIGKILL from outside ($which)"
    holds "SIGKILL from outside ($which): the cell is an error" "$which" 'verdicts() == {"error": 1}'
    check "SIGKILL from outside ($which): the reason is there" \
        grep -e 'the guest was killed by signal 9 (Killed)' -e 'a process of the guest was killed from outside' "$work/$which.out"
    no_guest_is_left "SIGKILL from outside ($which)"
    status=0
    "$hangup" run --resume --out "$work/$which" --subject pqpool:none connect/refused-too-many >"$work/$which.out" 2>&1 || status=$?
    exits 0 "--resume after SIGKILL from outside ($which)"
    holds "--resume after SIGKILL from outside ($which) has run the cell" "$which" 'verdicts() == {"pass": 1}'
done

# --- what it is started with
fails files 'ulimit -f' 'ulimit -f' prlimit --fsize=1000000:1000000
fails descriptors 'ulimit -n' 'allows 128 open files, and a guest needs 1024' prlimit --nofile=128:128
as=(prlimit --nofile=64:4096)
run soft --subject pqpool:none "$scenarios/steady-short.yaml"
as=()
exits 0 'ulimit -S -n, which a program may raise'
fails memory 'ulimit -v' 'ulimit -v' prlimit --as=600000000:600000000

# --- a damaged template is made again
cache_for "$work/cache" "$(id -u)"
as=(env HANGUP_CACHE="$work/cache")
run template --subject pqpool:none "$scenarios/steady-short.yaml"
exits 0 'a template is made'
data=$(find "$work/cache/database" -name data.pack)
rm "$data"
"${as[@]}" "$hangup" doctor >"$work/doctor.out" 2>&1
check 'doctor says that it is damaged' grep -E '^missing +template +damaged' "$work/doctor.out"
run template --subject pqpool:none "$scenarios/steady-short.yaml"
exits 0 'a damaged template is made again'
check 'that is said' grep 'making the database template' "$work/template.err"
check 'it is whole again' test -s "$data"
"${as[@]}" "$hangup" doctor >"$work/doctor.out" 2>&1
check 'doctor says which wall there is' grep -E '^ok +guest wall +Landlock ABI [1-9]' "$work/doctor.out"
check 'doctor calls the template ok' grep -E '^ok +template' "$work/doctor.out"
mv "$work/cache/guest-kernel" "$work/cache/whole" && mkdir "$work/cache/guest-kernel" &&
    head -c 1000000 "$work/cache/whole/linux" >"$work/cache/guest-kernel/linux" && chmod 755 "$work/cache/guest-kernel/linux"
"${as[@]}" "$hangup" doctor >"$work/doctor.out" 2>&1
check 'doctor says that a kernel does not start' grep -E '^missing +guest kernel +it does not start' "$work/doctor.out"
finish
