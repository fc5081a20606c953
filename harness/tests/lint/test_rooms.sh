#!/bin/bash
# The rule of the rooms holds: an include, a call, a circle or a name against it is found. Breaks with: a check that reads nothing, or
# stops at its first line.
. "$(dirname "$0")/lint_tap.sh"

# refuses TEXT NAME: check-rooms.sh says TEXT of the planted file.
refuses() {
    local said
    said=$(cd "$work" && scripts/check-rooms.sh harness/*/planted.*)
    grep -qF "$1" <<<"$said"
    report $? "$2"
}

# plant ROOM INCLUDE
plant() {
    rm -rf "$work/harness"
    mkdir -p "$work/harness/$1"
    printf '#include "%s"\n' "$2" >"$work/harness/$1/planted.c"
}

mkdir -p "$work/scripts"
cp scripts/rooms.txt scripts/check-rooms.sh scripts/check-banned.sh scripts/check-circles.sh "$work/scripts"
plant base lab/lab.h
refuses 'base may not include lab: "lab/lab.h"' 'an include of a room that is not on the line'
plant command fault/behaviour.h
refuses 'command may not include fault' 'the tool includes nothing of the lab'
plant session fault/kinds.h
refuses '"fault/kinds.h" is private to fault' 'a private header'
plant command plan/internal.h
refuses '"plan/internal.h" is private to plan' 'an internal.h'
plant base error.h
refuses '"error.h" does not name its room' 'an include without its room'
plant attic base/error.h
refuses 'attic is no room' 'a folder that is no room'
plant lab base/error.h
(cd "$work" && scripts/check-rooms.sh harness/*/planted.*) | wc -l | grep -qx 0
report $? 'an include by the rule'

mkdir -p "$work/harness/base" "$work/harness/lab"
printf 'static int copy_it(int size)\n' | tee "$work/harness/base/first.c" >"$work/harness/lab/second.c"
grep -qF 'harness/base/first.c has a function of this name, too' < <(cd "$work" && scripts/check-banned.sh harness/*/*.c)
report $? 'two static functions of one name'
printf 'static int copy_it(int size);\nstatic int copy_it(int size)\n' >"$work/harness/base/first.c"
(cd "$work" && scripts/check-banned.sh harness/base/first.c)
report $? 'a static function that is declared before it is defined'

# built ROOM/FILE TEXT: an object for check-circles.sh.
built() {
    mkdir -p "$work/obj/${1%/*}"
    "${CC:-cc}" -x c -c -o "$work/obj/$1.o" - <<<"$2"
}
circles() {
    rm -rf "$work/obj"
    mkdir -p "$work/obj"
}
circles
built base/one 'void two(void); void one(void) { two(); }'
built base/two 'void one(void); void two(void) { one(); }'
grep -q '^a circle: base/' < <("$work/scripts/check-circles.sh" "$work/obj")
report $? 'two files that need each other'
circles
built base/one 'void deep(void); void one(void) { deep(); }'
built lab/deep 'void deep(void) { }'
grep -qx 'base/one needs deep of lab/deep, and its room may not' < <("$work/scripts/check-circles.sh" "$work/obj")
report $? 'a call against the rule, without an include'
echo "1..$tests"
