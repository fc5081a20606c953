#!/bin/bash
# Runs all tests, or the named parts, and says in one last line how many passed and failed: N passed, N failed
# usage: run-tests.sh [PART…]     parts: build lint unit sanitize fuzz cells, and fast (make check-fast: what an edit can break at
#                                 once); a failing part shows its whole output
#   HANGUP_NO_SETUP=1   installs no packages and builds no guest kernel and no image
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
unset MAKEFLAGS MFLAGS MAKELEVEL BUILD CC CFLAGS SANITIZE

# Objects that were built before, here or in another folder, are not built again.
if [ -d /usr/lib/ccache ]; then
    export PATH=/usr/lib/ccache:$PATH CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=$PWD
fi

# Warnings are for the builds of gcc and clang: instrumented code makes gcc see ranges that are not there.
asan=(BUILD=build/asan CC=gcc 'CFLAGS=-O1 -g -fno-omit-frame-pointer'
    WARNINGS= 'SANITIZE=-fsanitize=address,undefined -fno-sanitize-recover=all')
tsan=(BUILD=build/tsan CC=gcc 'CFLAGS=-O1 -g' WARNINGS= SANITIZE=-fsanitize=thread)
longest=(search.sh peers.sh sweep.sh calibration_path.sh release.sh exec.sh)
realtime=harness/tests/cells/test_realtime.sh
test_limit_s=300 # a test that hangs fails
parts=" ${*:-build lint unit sanitize fuzz cells} "
fuzz_seconds=5 # of each fuzzer; make fuzz takes longer
jobs=$(nproc)
passed=0 failed=0 skipped=0
wrapper=() # a command that runs prove
outputs=$(mktemp -d)
trap 'cat "$outputs"/*.pid 2>/dev/null | xargs -r kill; rm -rf "$outputs"' EXIT # what still runs, when interrupted
trap 'exit 130' INT TERM

wants() {
    [[ $parts == *" $1 "* ]]
}

# report NAME PASSED FAILED SECONDS FILE: one line, and the output of what failed.
report() {
    local name=$1 good=$2 bad=$3 seconds=$4 file=$5
    passed=$((passed + good)) failed=$((failed + bad))
    if [ "$bad" -gt 0 ]; then
        cat "$file"
        printf 'FAILED  %-58s %3d passed, %d failed  %3d s\n' "$name" "$good" "$bad" "$seconds"
    else
        printf 'ok      %-58s %3d passed  %3d s\n' "$name" "$good" "$seconds"
    fi
}

# check NAME COMMAND…: counts as one.
check() {
    local name=$1 started=$SECONDS
    shift
    if "$@" >"$outputs/check" 2>&1 </dev/null; then
        report "$name" 1 0 $((SECONDS - started)) "$outputs/check"
    else
        report "$name" 0 1 $((SECONDS - started)) "$outputs/check"
        return 1
    fi
}

# prove_tests GROUP JOBS PROGRAM…: the TAP of all programs, that many at once, the slowest of last time first; each line `ok` or
# `not ok` counts. Each group has a file of its own for the times: prove runs all tests that it finds there, too.
prove_tests() {
    local group=$1 jobs=$2 good=0 bad=1 skips=0
    shift 2
    rm -f "$outputs/counts"
    TAP_COUNTS=$outputs/counts TEST_LIMIT_S=$test_limit_s PERL5LIB=scripts "${wrapper[@]}" prove --jobs "$jobs" --merge \
        --state slow,save --statefile "build/slowest-${group//[^a-z]/-}" --failures --comments --formatter TapCounts --exec 'setpriv --pdeathsig TERM scripts/tap-test.sh' "$@" </dev/null &
    echo $! >"$outputs/prove.pid"
    wait $!
    rm "$outputs/prove.pid"
    # Without its counts prove itself has failed.
    [ ! -s "$outputs/counts" ] || read -r good bad skips <"$outputs/counts"
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skips))
}

# unit_tests LABEL FOLDER WRAPPER…: all test programs of one build, as many at once as there are processors.
unit_tests() {
    local label=$1 folder=$2 source programs=()
    shift 2
    for source in harness/tests/unit/*/test_*.c pool/tests/test_*.c; do
        # The last first: the pool's tests wait more than they compute, and do so beside the others.
        [ ! -x "$folder/${source%.c}" ] || programs=("$folder/${source%.c}" "${programs[@]}")
    done
    echo "unit tests, $label"
    wrapper=("$@")
    # They wait for servers and deadlines half of the time.
    prove_tests "$label" $((2 * jobs)) "${programs[@]}"
    wrapper=()
}

# cell_tests: whole cells, in real guests, as many scripts at once as there are processors: most have one guest at a time. The one
# in real time has the machine for itself, afterwards.
cell_tests() {
    local script scripts=()
    test_limit_s=900
    export HANGUP=build/hangup
    # The longest first, so that none is left alone at the end.
    for script in "${longest[@]/#/harness/tests/cells/test_}" harness/tests/cells/test_*.sh; do
        [ ! -x "$script" ] || [ "$script" = "$realtime" ] || [[ " ${scripts[*]} " == *" $script "* ]] || scripts+=("$script")
    done
    echo 'cell tests'
    prove_tests cells "$jobs" "${scripts[@]}"
    prove_tests realtime 1 "$realtime"
}

# Set-up is no test: its progress is shown, and it says nothing when there is nothing to do.
set_up() {
    [ -z "${HANGUP_NO_SETUP:-}" ] || return 0
    scripts/install-packages.sh || return
    wants cells || return 0
    scripts/build-kernel.sh --path >/dev/null 2>&1 || scripts/build-kernel.sh || return
    make image # today's: any other lacks what was added since, and tests ask for that
}

run_parts() {
    if wants build || wants unit || wants cells || wants fast; then
        check 'gcc -Wall -Wextra -Werror' make -j"$jobs" all build-tests || return
    fi
    if wants build; then
        check 'clang -Wall -Wextra -Werror' make -j"$jobs" BUILD=build/clang CC=clang all build-tests
    fi
    if wants lint; then
        for target in lint-format lint-tidy lint-cppcheck lint-banned lint-rooms lint-shell lint-documents; do
            check "$target" make -j"$jobs" --keep-going "$target"
        done
        prove_tests lint 1 harness/tests/lint/test_*.sh
    fi
    if wants fast; then
        for target in lint-format lint-banned lint-shell lint-documents; do
            check "$target" make "$target"
        done
        test_limit_s=60
        unit_tests fast build
    fi
    if wants unit; then
        unit_tests gcc build
        prove_tests install 1 pool/tests/test_install.sh
        check 'pqpool_bench --quick: its counts add up' build/pqpool_bench --quick
    fi
    if wants sanitize; then
        check 'build for address, undefined' make -j"$jobs" "${asan[@]}" build-tests &&
            unit_tests address,undefined build/asan
        # Address space randomisation beyond what ThreadSanitizer of gcc 12 expects would end it at its start.
        check 'build for thread' make -j"$jobs" "${tsan[@]}" build-pool-tests &&
            unit_tests thread build/tsan setarch --addr-no-randomize
    fi
    if wants fuzz; then
        check 'fuzzers find nothing in a few seconds each' make -j"$jobs" FUZZ_SECONDS=$fuzz_seconds fuzz
    fi
    if wants cells; then
        cell_tests
    fi
}
if set_up; then
    run_parts
else
    failed=1
fi
[ "$skipped" = 0 ] || echo "$skipped skipped"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
