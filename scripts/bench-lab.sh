#!/bin/bash
# How fast the lab is, beside another build of hangup: `make bench-lab BASE=/other/build/hangup`.
# usage: bench-lab.sh HANGUP [BASE]     both are run in turn, ROUNDS times (7), so that a busy machine hits both; medians are compared
#   ALL=1   all of pqpool's cells as well: some minutes each
# Only the ratios mean anything on another machine, or on another day.
set -euo pipefail
export LC_ALL=C
rounds=${ROUNDS:-7}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The commands: a row's name, and what hangup is told to run.
rows='idle/hung-up, pqpool:none|idle/hung-up --subject pqpool:none
idle/silence, pqpool:none|idle/silence --subject pqpool:none
steady/price, sqlalchemy:pre-ping|steady/price --subject sqlalchemy:pre-ping
12 cells, --jobs 1|idle/hung-up idle/reset idle/silence --subject pqpool:none --subject pqpool:pre-ping --subject pqpool:hedged --subject pqpool:recycle --jobs 1
12 cells, --jobs 2|idle/hung-up idle/reset idle/silence --subject pqpool:none --subject pqpool:pre-ping --subject pqpool:hedged --subject pqpool:recycle --jobs 2'
[ -z "${ALL:-}" ] || rows+=$'\n''all cells of pqpool, --jobs 2|--subject pqpool --jobs 2'

# seconds PROGRAM ARGUMENT…: of wall time. A verdict that failed is a run as well; a cell that could not be run is none.
seconds() {
    local begin=$EPOCHREALTIME status=0
    "$1" run --out "$work/run" "${@:2}" >"$work/output" 2>&1 </dev/null || status=$?
    local end=$EPOCHREALTIME
    rm -rf "$work/run"
    [ "$status" -le 1 ] || { cat "$work/output" >&2; echo "bench-lab.sh: $* exited with $status" >&2; exit 1; }
    awk -v begin="$begin" -v end="$end" 'BEGIN { printf "%.3f\n", end - begin }'
}

median() {
    sort -n "$1" | awk '{ value[NR] = $1 } END { print NR % 2 ? value[(NR + 1) / 2] : (value[NR / 2] + value[NR / 2 + 1]) / 2 }'
}

programs=("$@")
printf '%-36s %9s %9s %7s\n' "median of $rounds, seconds" "${2:+base}" this "${2:+ratio}"
while IFS='|' read -r row arguments; do
    read -ra words <<<"$arguments"
    rm -f "$work"/times-*
    for ((round = 0; round <= rounds; round++)); do # the first warms the caches, and makes the templates
        for ((i = 0; i < ${#programs[@]}; i++)); do
            time=$(seconds "${programs[i]}" "${words[@]}")
            [ "$round" = 0 ] || echo "$time" >>"$work/times-$i"
        done
    done
    this=$(median "$work/times-0")
    base=
    [ "${#programs[@]}" -lt 2 ] || base=$(median "$work/times-1")
    awk -v row="$row" -v this="$this" -v base="$base" \
        'BEGIN { printf "%-36s %9s %9.2f %7s\n", row, base == "" ? "" : sprintf("%.2f", base), this, base == "" ? "" : sprintf("%.2f", base / this) }'
    case $row in *'--jobs 1') one=$this ;; *'--jobs 2') [ -z "${one:-}" ] || two=$this ;; esac
    if [ -n "${two:-}" ]; then
        awk -v one="$one" -v two="$two" 'BEGIN { printf "%-36s %19.2f\n", "a second core, times", one / two }'
        one='' two=''
    fi
done <<<"$rows"
