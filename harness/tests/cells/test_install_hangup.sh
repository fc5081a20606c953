#!/bin/bash
# hangup as `make install` leaves it: it finds all that it brings from where it lies, in any folder, as root and as anybody, and
# leaves its results in the folder that the reader is in. Breaks with: a file that is not installed, a path of the source tree, a
# folder that only root can read, a scenario that an earlier version has left.
. "$(dirname "$0")/tap.sh"

prefix=$work/prefix
installed=$prefix/bin/hangup

stage() { # stage DESTDIR PREFIX
    (umask 077 && env HANGUP_NO_SETUP=1 make -s install "BUILD=$(dirname "${HANGUP:-build/hangup}")" "DESTDIR=$1" "PREFIX=$2")
}
check 'make install fills a folder' stage '' "$prefix"
mkdir -p "$prefix/lib/hangup/scenarios/idle" && touch "$prefix/lib/hangup/scenarios/idle/renamed.yaml"
check 'and again, over an earlier version' stage '' "$prefix"
check 'of which nothing stays' test ! -e "$prefix/lib/hangup/scenarios/idle/renamed.yaml"
check 'DESTDIR stands before PREFIX' stage "$work/stage" /opt/hangup
check 'what is staged works where it lies' sh -c "'$work/stage/opt/hangup/bin/hangup' list scenarios | grep -q '^idle/hung-up '"
check 'no file names the stage, or the folder it was built in' \
    test -z "$(cd "$work/stage" && grep -rlIe "$work" -e "$PWD" .)"

# What it brings is what is here.
same_list() {
    diff <("$hangup" list "$1" | grep -vE '(not ready|fix): |make peers') <(cd / && "$installed" list "$1" | grep -vE '(not ready|fix): |make peers')
}
for list in scenarios subjects faults; do
    check "list $list: as in the source tree" same_list "$list"
done

# The manual: a page a command, each with all its options, and the variables that the program reads.
pages=$prefix/share/man/man1
check 'a page for hangup, and one for each command' \
    test "$(cd "$pages" && ls)" = "$({ echo hangup.1 && "$installed" complete -- '' | cut -f 1 | grep -vx help | sed 's/.*/hangup-&.1/'; } | sort)"
if command -v groff >/dev/null; then
    for page in "$pages"/*.1; do
        check "groff finds no fault in $(basename "$page")" test -z "$(groff -man -ww -z -Tutf8 "$page" 2>&1)"
    done
else
    report 0 'groff # SKIP not installed'
fi
documented() { # documented COMMAND: its options, as the page has them
    sed -n 's/^\\fB\(\\-\\-[^ ]*\).*/\1/p' "$pages/hangup-$1.1" | sed 's/\\fR$//; s/\\//g' | sort
}
for command in run exec atlas list; do
    check "its page has each option of $command" \
        test "$(documented "$command")" = "$("$installed" complete -- "$command" -- | cut -f 1 | sort)"
done
while read -r variable; do
    [ "$variable" = HANGUP_SOCKET ] || # the lab's own
        check "the manual knows $variable" grep -q "^.B $variable" "$pages/hangup.1"
done < <(grep -rhoE '(environment|getenv)\("HANGUP_[A-Z]+"' harness --include='*.c' | grep -oE 'HANGUP_[A-Z]+' | sort -u)
if command -v man >/dev/null; then
    check 'man finds it' grep -q 'hangup run \[SCENARIO' <(MANPATH=$prefix/share/man man hangup-run)
else
    report 0 'man # SKIP not installed'
fi

# Completion, where the shells look for it.
check 'bash: completion' bash -c ". '$prefix/share/bash-completion/completions/hangup' && complete -p hangup"
check 'zsh: completion' grep -qx '#compdef hangup' "$prefix/share/zsh/site-functions/_hangup"
check 'fish: completion' grep -q '^complete -c hangup ' "$prefix/share/fish/vendor_completions.d/hangup.fish"

# as_reader NAME COMMAND…: in $work/NAME, as the user of that name; leaves $status, $work/NAME.out and $work/NAME.err.
as_reader() {
    local name=$1
    shift
    status=0
    (cd "$work/$name" && "${as[@]}" "$@") >"$work/$name.out" 2>"$work/$name.err" || status=$?
}
said() {
    grep -q -- "$2" "$work/$1.out"
}

works_for() { # works_for NAME
    local name=$1 run
    mkdir -p "$work/$name"
    [ "$name" = root ] || chown "$name" "$work/$name"
    as_reader "$name" "$installed" run idle/hung-up steady/price --subject pqpool:none --subject sqlalchemy:none
    exits 0 "$name: run"
    run=$(tail -n 1 "$work/$name.out")
    check "$name: its last line is the run's folder, in ./results" test "${run%/*}" = "$work/$name/results" -a -f "$run/run.json"
    as_reader "$name" "$installed" replay "$run"/idle-hung-up--pqpool-none--*
    exits 0 "$name: replay"
    as_reader "$name" "$installed" report "$run"
    exits 0 "$name: report"
    as_reader "$name" "$installed" exec steady/price -- sh -c 'hangup fault silence --for 1s; psql -Atc "SELECT 42"'
    exits 0 "$name: exec"
    check "$name: exec: its results are there as well" test -f "$(echo "$work/$name"/results/exec-*/exec.json)"
    check "$name: exec: the program finds hangup and the database" said "$name" '^42$'
    as_reader "$name" "$installed" diagnose 'SSL SYSCALL error: EOF detected'
    exits 0 "$name: diagnose"
    as_reader "$name" "$installed" show idle/hung-up
    exits 0 "$name: show"
    as_reader "$name" "$installed" init-subject python
    exits 0 "$name: init-subject"
    as_reader "$name" "$installed" doctor
    exits 0 "$name: doctor"
    check "$name: nothing else is there" test "$(cd "$work/$name" && echo *)" = 'mypool.yaml mypool_subject.py results'
}
works_for root
if [ "$(id -u)" = 0 ]; then
    user=1234
    cache_for "$work/cache" "$user"
    as=(setpriv "--reuid=$user" "--regid=$user" --clear-groups env "HOME=$work/$user" "HANGUP_CACHE=$work/cache")
    works_for "$user"
    mkdir "$work/closed"
    as_reader closed "$installed" run idle/hung-up --subject pqpool:none
    exits 2 'a folder that cannot be written'
    check 'says what to do' grep -q "closed/results: Permission denied" "$work/closed.err"
    check 'and how' grep -q -- '--out' "$work/closed.err"
    as=()
fi

# The same program, the same cell: where it lies is not in its bytes.
check 'the same bytes as from the source tree' "$hangup" replay "$work"/root/results/*/idle-hung-up--pqpool-none--*
finish
