#!/bin/bash
# Runs and programs that are ended by SIGKILL, SIGTERM, SIGINT or SIGHUP at a moment of chance: nothing of them is left on the
# machine, and --resume comes to what an undisturbed run comes to.
# usage: kills.sh     RUNS, EXECS: how many (100, 40); SEED: of the moments (1)
. "$(dirname "$0")/../cells/tap.sh"

RUNS=${RUNS:-100} EXECS=${EXECS:-40}
RANDOM=${SEED:-1}
signals=(KILL TERM INT HUP)
plan=(--jobs 2 --subject pqpool:none --subject pqpool:pre-ping "$scenarios/steady-short.yaml" idle/hung-up)
export TMPDIR="$work/tmp" # what hangup itself would leave there
mkdir "$TMPDIR"

# What must not be there afterwards, one line each.
left_processes() { find /proc -maxdepth 2 -name cwd -lname "$work/*" 2>/dev/null; }
left_memory() { find /dev/shm -maxdepth 1 -name 'hangup-*'; }
left_mounts() { grep -F "$work" /proc/self/mounts; }
left_files() {
    find "$TMPDIR" -mindepth 1
    find "$work" \( -name task.json -o -name program.json -o -name stdin -o -name .uml -o -name '*.new' \) -print
    grep -rlF "$secret" "$work" --include='*' 2>/dev/null
}
left() { left_processes; left_memory; left_mounts; left_files; }
secret=environment-$RANDOM$RANDOM
nothing_left() { [ -z "$(left)" ]; }

# What a run comes to: the digests of all that its cells left.
digests() {
    (cd "$1" && find . -name events.jsonl -o -name capture.pcap | sort | xargs sha256sum)
}

# killed SIGNAL MILLISECONDS COMMAND…: a shell's background jobs ignore SIGINT, hangup from a terminal does not.
killed() {
    local signal=$1 moment=$2 pid
    shift 2
    env --default-signal=INT "$@" >"$work/out" 2>"$work/err" </dev/null &
    pid=$!
    sleep "$(printf '%d.%03d' $((moment / 1000)) $((moment % 1000)))"
    kill "-$signal" "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
}

begin_ms=$(date +%s%3N)
"$hangup" run --out "$work/undisturbed" "${plan[@]}" >"$work/out" 2>&1
whole_ms=$(($(date +%s%3N) - begin_ms))
digests "$work/undisturbed" >"$work/wanted"
check 'the undisturbed run leaves nothing' nothing_left

for ((i = 1; i <= RUNS; i++)); do
    signal=${signals[RANDOM % 4]} moment=$((RANDOM % whole_ms))
    rm -rf "$work/run"
    killed "$signal" "$moment" "$hangup" run --out "$work/run" "${plan[@]}"
    name="run $i, SIG$signal after $moment ms of $whole_ms"
    check "$name: nothing is left" wait_for 10 nothing_left
    left | sed 's/^/# /'
    status=0
    "$hangup" run --resume --out "$work/run" "${plan[@]}" >"$work/out" 2>&1 || status=$?
    digests "$work/run" >"$work/found"
    check "$name: --resume comes to the same" diff "$work/wanted" "$work/found"
done

for ((i = 1; i <= EXECS; i++)); do
    signal=${signals[RANDOM % 4]} moment=$((RANDOM % (whole_ms / 2)))
    rm -rf "$work/exec"
    killed "$signal" "$moment" env "SECRET=$secret" bash -c 'exec "$0" exec idle/hung-up --quiet --no-replay --out "$1" -- sh -c "sleep 300; cat >/dev/null" <<<"$2"' \
        "$hangup" "$work/exec" "$secret"
    name="exec $i, SIG$signal after $moment ms"
    check "$name: nothing is left" wait_for 10 nothing_left
    left | sed 's/^/# /'
done
finish
