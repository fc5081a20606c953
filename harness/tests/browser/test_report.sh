#!/bin/bash
# report.html as people use it: two cells are run, one error text becomes <script>, and chromium opens the page.
# usage: test_report.sh [SCREENSHOTS]     HANGUP=build/hangup; skipped, and counted, without chromium, node or npm
set -euo pipefail
cd "$(dirname "$0")/../../.."
hangup=${HANGUP:-build/hangup} chromium=${CHROMIUM:-/usr/bin/chromium} modules=${BUILD:-build}/browser
for program in "$chromium" node npm; do
    if ! command -v "$program" >/dev/null; then
        echo "1..1"
        echo "ok 1 # SKIP $program is not installed (scripts/install-packages.sh browser)"
        exit 0
    fi
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pictures=$(realpath "${1:-$work}")
mkdir -p "$modules"
cp harness/tests/browser/{package.json,package-lock.json,report.mjs,htmlvalidate.json} "$modules"
[ -d "$modules/node_modules" ] || npm ci --prefix "$modules" --no-audit --no-fund >&2
"$hangup" run idle/silence idle/hung-up commit/answer-lost --subject pqpool:none --subject pqpool:pre-ping --fail-on errors --out "$work/run" >&2 || true
cell=idle-hung-up--pqpool-none--7
sed -i 's|"error":"[^"]*"|"error":"<script>alert(1)</script> \& \\"more\\""|' "$work/run/$cell/events.jsonl"
"$hangup" report "$work/run" >&2 || true
# Its file is what it says it is before any script ran.
(cd "$modules" && npx --no-install html-validate --config htmlvalidate.json "$work/run/report.html") >&2 && echo 'ok - html-validate' >&2
node "$modules/report.mjs" "$work/run/report.html" "$cell" commit-answer-lost--pqpool-none--7 "$pictures"
