#!/bin/bash
# The last wall: a program in the place of the guest's kernel reaches nothing of the host but its cell's folder. Breaks with: a
# right too many (guest_landlock.c), a system call too many (guest_filter.c), a descriptor that is left open.
. "$(dirname "$0")/tap.sh"

build() { # build NAME OPTIONS…
    local name=$1
    shift
    check "$name is built" "${CC:-cc}" -O1 -Wall -o "$work/$name" "$@" "harness/tests/cells/$name.c"
}

# What is there, whose it is, what it holds.
look() {
    find "$work/victims" -printf '%P %y %m %U %s %T@\n' | sort
    cat "$work/victims/file"
}

mkdir "$work/victims" && chmod 777 "$work/victims"
echo untouched >"$work/victims/file" && chmod 666 "$work/victims/file"
build escape -static "-DVICTIMS=\"$work/victims\""
build without_landlock
build vsyscall
before=$(look)
signature=$(sha256sum /etc/passwd)

# A template belongs to a kernel: this one gets what another has made, under the name that it is looked for by.
cache_for "$work/cache" "$(id -u)"
as=(env HANGUP_CACHE="$work/cache")
run template --subject pqpool:none "$scenarios/steady-short.yaml"
exits 0 'a template is made'
template=$(echo "$work"/cache/database/*)
as+=(HANGUP_KERNEL="$work/escape")
run none --subject pqpool:none "$scenarios/steady-short.yaml"
exits 3 'a kernel that makes no template'
wanted=$(echo "$work"/cache/database/*.building)
cp -r "$template" "${wanted%.building}"
run outside --subject pqpool:none "$scenarios/steady-short.yaml"
exits 3 'a kernel that only tries to get out'
console=$work/outside/steady-short--pqpool-none--7/console.log
check 'it tried everything' grep -x 'tried everything' "$console"
check 'it tried 60 things and more' test "$(grep -c '^held' "$console")" -ge 60
check 'nothing let it out' test -z "$(grep '^ESCAPED' "$console")"
sed -n 's/^ESCAPED/# &/p' "$console"
check 'what lies outside is as it was' test "$before$signature" = "$(look)$(sha256sum /etc/passwd)"
check 'nothing is left in /dev/shm' test -z "$(find /dev/shm -maxdepth 1 -name 'hangup-*' -print -quit)"

as=("$work/without_landlock")
run unwalled --subject pqpool:none "$scenarios/steady-short.yaml"
exits 0 'a kernel of the host without Landlock'
check 'that is said, once' test "$(grep -c 'has no Landlock' "$work/unwalled.err")" = 1
run refused --sealed --subject pqpool:none "$scenarios/steady-short.yaml"
exits 3 '--sealed there'
check '--sealed says what is missing' grep 'hangup: --sealed: .*no Landlock' "$work/refused.err"
check '--sealed ran nothing' test ! -e "$work/refused"
as=()
run sealed --sealed --subject pqpool:none "$scenarios/steady-short.yaml"
exits 0 '--sealed here'
check 'nothing is said' test ! -s "$work/sealed.err"

status=0
"$work/without_landlock" "$hangup" exec --sealed steady/price --quiet --out "$work/exec" -- true >"$work/exec.out" \
    2>"$work/exec.err" </dev/null || status=$?
exits 125 'exec --sealed without Landlock'
check 'exec --sealed says what is missing' grep 'hangup: --sealed: .*no Landlock' "$work/exec.err"

mkdir "$work/given" && cp /bin/true "$work/given/program"
status=0
"$hangup" exec --sealed steady/price --quiet --out "$work/exec" --writable "$work/given" -- sh -c "
    chmod 6755 '$work/given/program'; chmod 711 '$work/given/program'; cp '$work/given/program' '$work/given/made'
    mkdir '$work/given/folder'; mv '$work/given/made' '$work/given/folder'; touch -d @1 '$work/given/folder/made'
    '$work/vsyscall'" >"$work/exec.out" 2>"$work/exec.err" </dev/null || status=$?
exits 0 'exec --sealed'
check 'a program cannot make a set-id program' test "$(stat -c %a "$work/given/program")" = 711
check 'a program can make, move and date files in a folder that it was given' \
    test "$(stat -c %Y "$work/given/folder/made")" = 1
# With seccomp the guest's own kernel answers, in the guest's time. With ptrace it cannot be asked: ENOSYS, and no value. A host
# without the page ends the program.
nothing='time -38 gettimeofday -38: 0 getcpu -38: 1234'
check 'the vsyscall page tells a guest of nothing but itself' \
    grep -xE "$nothing|time 17987[0-9]{5} gettimeofday 0: 17987[0-9]{5} getcpu 0: 0" "$work/exec.out"
HANGUP_GUEST=ptrace "$hangup" exec --sealed steady/price --quiet --out "$work/traced" -- "$work/vsyscall" >"$work/traced.out" \
    2>"$work/traced.err" </dev/null
check 'with ptrace the vsyscall page tells a guest nothing' grep -x "$nothing" "$work/traced.out"
finish
