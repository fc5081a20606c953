#!/bin/bash
# What somebody meets who looks around and runs nothing: help, lists and diagnoses as wide as his terminal, lists that programs
# read, words that may have been meant, and the completion of his shell. Breaks with: a line that is too wide, an option that the
# help or the completion does not know.
. "$(dirname "$0")/tap.sh"

mapfile -t commands < <("$hangup" complete -- '' | cut -f 1 | grep -vx help)
check 'there are commands' test "${#commands[@]}" -ge 17

# too_wide COLUMNS ARGUMENT…: the lines of what it prints on a terminal of that width that are wider.
too_wide() {
    local columns=$1
    shift
    script -qec "stty cols $columns; $(printf '%q ' "$hangup" "$@")" /dev/null </dev/null | tr -d '\r' |
        awk -v columns="$columns" 'length > columns'
}
fits() { # fits COLUMNS ARGUMENT…
    check "$1 columns: ${*:2}" test -z "$(too_wide "$@")"
}
for columns in 80 100; do
    fits "$columns" --help
    for command in "${commands[@]}"; do
        fits "$columns" help "$command"
    done
    for list in scenarios subjects faults; do
        fits "$columns" list "$list"
    done
    fits "$columns" diagnose 'SSL SYSCALL error: EOF detected'
    fits "$columns" diagnose 'java.lang.NullPointerException'
done
check 'in a pipe a scenario is one line' \
    test "$("$hangup" list scenarios | wc -l)" = "$(find scenarios -name '*.yaml' | wc -l)"

for list in scenarios subjects faults; do
    "$hangup" list "$list" --format json >"$work/$list.json"
    check "list $list --format json is JSON" "${python[@]}" -m json.tool "$work/$list.json" /dev/null
    check "and has a name for each" "${python[@]}" -c "
import json, sys
names = [thing['name'] for thing in json.load(open(sys.argv[1]))]
lines = [line.split()[0] for line in sys.stdin if not line.startswith(' ')]
assert names == lines and len(names) > 10, (names, lines)" "$work/$list.json" < <("$hangup" list "$list")
done

# meant EXPECTED ARGUMENT…
meant() {
    check "did you mean $1" grep -qF "did you mean '$1'?" <("$hangup" "${@:2}" 2>&1)
}
meant run rnu
meant scenarios list scenaros
meant idle/silence show idle/silnce
meant pqpool run idle/silence --subject pqpol
meant pre-ping run idle/silence --subject pqpool:preping
meant python init-subject pyton
meant silence atlas --event silense
meant asyncpg atlas --client asyncgp

# What getopt knows, from its own words.
known() {
    "$hangup" "$1" --nonesuch 2>&1 | sed -nE 's/.*: expected (one of )?//p' | grep -oE -- '--[a-z-]+' | grep -vx -- '--nonesuch' | sort -u
}
# completed LINE: what bash makes of it.
completed() {
    bash -c '. scripts/completion/hangup.bash && COMP_LINE=$1 COMP_POINT=${#1} && _hangup "$0" && printf "%s\n" "${COMPREPLY[@]}"' \
        "$hangup" "hangup $1" | sed '/^$/d' | sort -u
}
same() {
    [ -n "$1" ] && diff <(echo "$1") <(echo "$2")
}
for command in "${commands[@]}"; do
    [ "$command" != fault ] || continue # the lab reads its options
    options=$(known "$command")
    check "bash completes each option of $command" same "$options" "$(completed "$command --")"
done
check 'bash completes commands' same run "$(completed ru)"
check 'bash completes what stands behind a colon' same none "$(completed 'run idle/reset --subject pqpool:n')"
check 'bash completes values' same $'realtime\nvirtual' "$(completed 'run --lab ')"
check 'bash completes values behind =' same json "$(completed 'list faults --format=js')"
check 'bash completes scenarios' same idle/hung-up "$(completed 'run idle/silence idle/hung')"
check 'bash completes subjects behind a comma' same sqlalchemy "$(completed 'league RUN --subjects pqpool,sqlalchemy' | grep -o 'sqlalchemy$')"
check 'bash completes options of a fault' same --burst-end "$(completed 'fault degrade both --burst-e')"
check 'bash completes files where the program says nothing' test -z "$(completed 'replay /')"
check 'and behind --' test -z "$(completed 'exec idle/reset -- r')"

# --- slips of the hand: exit status 2, and what to do. Breaks with: a path taken for an error's text, pools that nobody ran
# compared with nothing.
refuses() { # refuses TEXT ARGUMENT…
    local wanted=$1 status=0
    shift
    (cd "$work" && "$hangup" "$@") >"$work/slip.out" 2>"$work/slip.err" || status=$?
    check "exit status 2: $*" test "$status" = 2
    check "says what to do: $*" grep -qF -- "$wanted" "$work/slip.err"
}
mkdir "$work/run"
printf '{"schema": "hangup-run/2", "lab": "virtual", "kernel": null, "started": null, "seed": 7, "wall_s": 1, "not_run": 0, "cells": []}' \
    >"$work/run/run.json"
cp "$scenarios/steady-short.yaml" "$work/slip.yaml"
cp "$work/slip.yaml" "$work/slip.yml"
refuses 'expected the folder of one of its cells' why run
refuses 'something is missing: expected hangup why' why
refuses 'there is no such file' diagnose logs/app.log
refuses "unknown subject 'sqlalchemy'" compare run --subjects sqlalchemy,pqpool:none
refuses 'must end in .yaml' show slip.yml
refuses "is given as 'slip.yaml'" show slip

if command -v zsh >/dev/null; then
    check 'zsh finds the completion' grep -qx _hangup \
        <(zsh -f -c "fpath=($PWD/scripts/completion \$fpath); autoload -U compinit; compinit -D -u; print \$_comps[hangup]")
    check 'zsh can read it' zsh -n scripts/completion/_hangup
else
    report 0 'zsh # SKIP not installed'
fi
if command -v fish >/dev/null; then
    mkdir "$work/bin" && ln -s "$hangup" "$work/bin/hangup"
    fish_completed() {
        PATH=$work/bin:$PATH HOME=$work fish -c "source scripts/completion/hangup.fish; complete -C 'hangup $1'" | cut -f 1 | sort -u
    }
    check 'fish completes options' same "$(completed 'run --')" "$(fish_completed 'run --')"
    check 'fish completes values' same $'realtime\nvirtual' "$(fish_completed 'run --lab ')"
    check 'fish completes files where the program says nothing' grep -qx 'scenarios/' <(fish_completed 'replay sc')
else
    report 0 'fish # SKIP not installed'
fi
finish
