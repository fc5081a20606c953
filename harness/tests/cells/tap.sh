# What the cell tests share: TAP on standard output, runs in a folder that goes away, and a look at what guests leave.
# shellcheck shell=bash
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.." || exit 1
hangup=$(realpath "${HANGUP:-build/hangup}")
# shellcheck disable=SC2034 # for the tests
scenarios=harness/tests/scenarios subjects=harness/tests/subjects
python=(/usr/bin/python3 -I -S -B)
work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
tests=0

# report STATUS NAME
report() {
    tests=$((tests + 1))
    if [ "$1" = 0 ]; then
        echo "ok $tests - $2"
    else
        echo "not ok $tests - $2"
    fi
}

# check NAME COMMAND…: passes when the command does. What it says is shown when it fails.
check() {
    local name=$1 output result=0
    shift
    output=$("$@" 2>&1) || result=$?
    report "$result" "$name"
    [ "$result" = 0 ] || printf '# %s\n' "${output//$'\n'/$'\n'# }"
}

# run NAME ARGUMENTS…: a run in $work/NAME; leaves $status, $work/NAME.out and $work/NAME.err. `as` is a command that runs it.
as=()
run() {
    local name=$1
    shift
    status=0
    "${as[@]}" "$hangup" run --out "$work/$name" "$@" >"$work/$name.out" 2>"$work/$name.err" || status=$?
}

# exits EXPECTED NAME: what the last run exited with.
exits() {
    check "$2: exit status $1" test "$status" = "$1"
    [ "$status" = "$1" ] || tail -n 5 "$work"/*.err | sed "s/^/# /; 1i# actual $status"
}

# holds NAME RUN EXPRESSION: a Python expression about a run; evidence.py says what it can name.
holds() {
    check "$1" "${python[@]}" harness/tests/cells/evidence.py "$work/$2" "$3"
}

# hold RUN: lines of NAME|EXPRESSION from standard input, each a test, by one reader of the run.
hold() {
    local line
    while IFS= read -r line; do
        case $line in
            'ok - '*) report 0 "${line#ok - }" ;;
            'not ok - '*) report 1 "${line#not ok - }" ;;
            *) echo "$line" ;;
        esac
    done < <("${python[@]}" harness/tests/cells/evidence.py "$work/$1" 2>&1 || echo "not ok - evidence.py $1")
}

. scripts/cache-for.sh

# A guest's processes work in its folder; that tells them from those of other runs on this machine.
guests() {
    find /proc -maxdepth 2 -name cwd -lname "$work/*" 2>/dev/null
}

no_guest_is_left() {
    check "$1: no guest is left" test -z "$(guests)"
}

# wait_for SECONDS COMMAND…: on a state, not on a time; the limit only ends a test that has failed.
wait_for() {
    local until=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$until" ] || return 1
        sleep 0.05
    done
}

# After a SIGKILL, which nobody could wait for.
no_guest_stays() {
    check "$1: no guest is left" wait_for 10 no_guests
}
no_guests() {
    [ -z "$(guests)" ]
}

# The last line: a script that dies on the way has planned nothing and fails.
finish() {
    echo "1..$tests"
}
