# What the tests of hangup exec share. They source tap.sh before.
# shellcheck shell=bash disable=SC2034,SC2154

# lab NAME ARGUMENTS… < INPUT: leaves $status, $work/NAME.out, $work/NAME.err and the results in $work/NAME.
lab() {
    local name=$1
    shift
    status=0
    "${as[@]}" "$hangup" exec --out "$work/$name" "$@" >"$work/$name.out" 2>"$work/$name.err" || status=$?
}

# said NAME TEXT: its standard output has that line; told NAME PATTERN: its standard error has one like that.
said() {
    grep -qxF -- "$2" "$work/$1.out" || { cat "$work/$1.out" "$work/$1.err" && false; }
}

told() {
    grep -qE -- "$2" "$work/$1.err" || { cat "$work/$1.err" && false; }
}
