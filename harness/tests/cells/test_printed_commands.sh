#!/bin/bash
# Commands that hangup prints for the reader work when they are pasted as they stand: by the name by which he called it, in the
# folder that he is in, whatever a shell would make of either. Breaks with: a plain `hangup`, a path of the project, a missing quote.
. "$(dirname "$0")/tap.sh"

root=$PWD
mkdir -p "$work/my tools" "$work/here & there"
ln -s "$hangup" "$work/my tools/hang'up"
export HANGUP_ROOT=$root
cd "$work/here & there" || exit 1
called="../my tools/hang'up"
quoted="'../my tools/hang'\\''up'"

# works NAME COMMAND: pasted into another shell.
works() {
    check "$1: ${2//$'\n'/ }" test -n "$2"
    check "$1: works" bash -c "$2"
}
# between BACKTICKS of a text on standard input: the last command.
typed() {
    grep -oE '`[^`]+`' | tr -d '`' | tail -n 1
}

# --- help and errors
works 'an unknown option' "$("$called" run --nonesuch 2>&1 | typed)"
works 'an unknown option of a small command' "$("$called" replay --nonesuch 2>&1 | typed)"
works 'an unknown command' "$("$called" nonesuch 2>&1 | typed)"
works 'a missing word' "$("$called" replay 2>&1 | typed)"
works 'a missing scenario' "$("$called" exec 2>&1 | typed)"
works 'an unknown event' "$("$called" atlas --event nonesuch 2>&1 | typed)"
check 'examples of the help bear the name' grep -qF "  $quoted fault silence --for 30s" <("$called" help fault)

# --- diagnose: a scenario that shows it, and where there is none an event of the atlas
"$called" diagnose --all 'SSL SYSCALL error: EOF detected' >"$work/said"
sed -n 's/^   see it  *//p' "$work/said" >"$work/commands"
check 'diagnose has a command for each cause' \
    test "$(wc -l <"$work/commands")" = "$(grep -cE '^[0-9]+\. ' "$work/said")"
works 'diagnose, a scenario' "$(grep -m 1 ' run ' "$work/commands")"
works 'diagnose, an event' "$(grep -m 1 ' atlas ' "$work/commands")"
script -qec "stty cols 60; $quoted diagnose --all 'SSL SYSCALL error: EOF detected'" /dev/null </dev/null | tr -d '\r' |
    sed -n '/^   see it .* run .*/,/[^\\]$/p' | sed '/[^\\]$/q' | sed '1s/^   see it *//' >"$work/narrow"
check 'on a narrow terminal it has several lines' test "$(wc -l <"$work/narrow")" -gt 1
works 'which work, too' "$(cat "$work/narrow")"

# --- init-subject
"$called" init-subject python >"$work/python.said"
works 'init-subject python' "$(sed -n '/^next:/,$p' "$work/python.said" | sed 1d)"
mkdir "my pool's"
"$called" init-subject c "my pool's/fast_subject.c" >"$work/c.said"
works 'init-subject c, in a folder of another name' "$(sed -n '/^next:/,$p' "$work/c.said" | sed 1d)"

# --- doctor
works 'doctor: to begin with' "$("$called" doctor | tail -n 1)"
kernel=$(dirname "$(readlink -f "$("$root/scripts/build-kernel.sh" --path)")")
mkdir "$work/cache" && ln -s "$kernel" "$work/cache/$(basename "$kernel")" # built, but not chosen
export HANGUP_CACHE=$work/cache
fix=$("$called" doctor | sed -n '/guest kernel /{n;s/^ *fix: //p}')
if "$root/scripts/install-packages.sh" --check build kernel >/dev/null; then
    works 'doctor: a guest kernel' "env -u HANGUP_NO_SETUP $fix"
    check 'which is there then' grep -qE '^ok +guest kernel' <("$called" doctor)
else
    report 0 'doctor: a guest kernel # SKIP its packages are not those of Debian'
fi
unset HANGUP_ROOT

# Where it is installed there is no Makefile.
check 'an installation' env HANGUP_NO_SETUP=1 make -s -C "$root" install "BUILD=$(dirname "$hangup")" "PREFIX=$work/my prefix"
rm "$work/cache/guest-kernel"
fix=$("$work/my prefix/bin/hangup" doctor | sed -n '/guest kernel /{n;s/^ *fix: //p}')
check 'doctor of an installation names what is installed' grep -qF "'$work/my prefix/lib/hangup/scripts/build-kernel.sh'" <<<"$fix"
if "$root/scripts/install-packages.sh" --check kernel >/dev/null; then
    works 'and it works' "$fix"
    check 'for that kernel' grep -qE '^ok +guest kernel' <("$work/my prefix/bin/hangup" doctor)
fi
check 'nothing there says `make`' test -z "$("$work/my prefix/bin/hangup" doctor | grep 'fix: make')"

# A command of every other fix: it is one line, and a shell reads it.
"$work/my prefix/bin/hangup" doctor | sed -n 's/^ *fix: //p' >"$work/fixes"
while IFS= read -r fix; do
    fix=${fix#sudo }
    check "a shell reads: $fix" bash -n -c "$fix"
    check 'its first word is a program' type "$(bash -c "set -- ${fix%%&&*}; echo \"\$1\"")"
done <"$work/fixes"
finish
