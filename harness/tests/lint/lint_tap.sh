# shellcheck shell=bash
# Sourced by the tests of lints: a folder to plant faults in, and TAP. At the end: echo "1..$tests"
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../../.." || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tests=0

# report STATUS NAME
report() {
    tests=$((tests + 1))
    [ "$1" = 0 ] && echo "ok $tests - $2" || echo "not ok $tests - $2"
}
