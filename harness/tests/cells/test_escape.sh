#!/bin/bash
# Nothing gets out: escape.py tries everything that is known, as a subject, as root's program and as an ordinary user's, and each try
# is refused for the reason that stands in escape.txt. Breaks with: a mount, a capability, a device, a right in the database too
# many; a refusal that is only luck.
. "$(dirname "$0")/tap.sh"

program=(/usr/bin/python3 -I -S -B "$PWD/$subjects/escape.py" program)
user=1000
if [ "$(id -u)" = 0 ]; then kind=root; else kind=user; fi

# wanted COLUMN: what is to be said, one line for each try.
wanted() {
    awk -F ' [|] ' -v column="$1" '!/^#/ { print $1 ": refused: " (NF > 2 ? $column : $2) }' harness/tests/cells/escape.txt
}

# as_wanted COLUMN FILE: every try is there, was refused, and for the reason meant.
as_wanted() {
    diff <(wanted "$1") <(grep -E ': (refused|ESCAPED|BROKEN): ' "$2")
}

# The folders that nobody may touch, to the last byte.
look() {
    find "$work/other" "$work/secret" -type f -print0 | sort -z | xargs -0 sha256sum
    find "$work/other" "$work/secret" /etc/hosts /etc/passwd -printf '%p %y %m %U %s %T@\n' | sort
}

run other --subject pqpool:none "$scenarios/steady-short.yaml"
exits 0 'the lab of another'
other=$(echo "$work"/other/steady-short--*)
echo secret >"$work/secret" && chmod 600 "$work/secret"
before=$(look)

# --- a subject. It answers that it has done what it has not done.
cell=$work/subject/steady-short--escape-none--7
sed "s|escape.py|&, $cell, $other, $work/secret|" "$subjects/escape.yaml" >"$work/escape.yaml"
run subject --subject "$work/escape.yaml" "$scenarios/steady-short.yaml"
exits 1 'a subject that claims what it has not done'
check 'a subject: each try is refused for the reason meant' as_wanted 2 "$cell/subject.log"
check 'a subject: 80 tries or more' test "$(grep -c ': refused: ' "$cell/subject.log")" -ge 80
holds 'its claims are lost rows' subject "metric('escape:none', 'lost') == 3 and cell('escape:none')['verdict'] == 'fail'"
check 'a daemon that it left has written nothing' test -z "$(grep '"row"' "$cell/events.jsonl")"
no_guest_is_left 'a subject'

# --- a program, with a folder that is its own to write to.
# exec_escape NAME COLUMN FOLDER: as whoever `as` makes it.
exec_escape() {
    local name=$1 column=$2 folder=$3
    status=0
    "${as[@]}" "$hangup" exec steady/price --quiet --out "$folder/out" --writable "$folder/given" -- "${program[@]}" "$folder/out" \
        "$other" "$work/secret" "$folder/given" >"$work/$name.out" 2>"$work/$name.err" </dev/null || status=$?
    exits 0 "$name"
    check "$name: each try is refused for the reason meant" as_wanted "$column" "$work/$name.out"
    check "$name: a daemon that it left has written nothing" test -z "$(grep '"row"' "$folder/out/events.jsonl")"
    check "$name: no set-id program, no device, no link came of it" \
        test -z "$(find "$folder/given" \( -perm /6000 -o ! -type f ! -type d \) -print)"
    no_guest_is_left "$name"
}

mkdir -p "$work/mine/given"
if [ $kind = root ]; then
    exec_escape "root's program" 3 "$work/mine"
    mkdir -p "$work/users/given" && chown -R $user:$user "$work/users"
    cache_for "$work/users/cache" $user:$user # he makes a template of his own
    as=(setpriv "--reuid=$user" "--regid=$user" --clear-groups env "HOME=$work/users" "HANGUP_CACHE=$work/users/cache")
    if "${as[@]}" test -x "$hangup"; then
        exec_escape "a user's program" 4 "$work/users"
    else
        report 0 "a user's program # SKIP user $user cannot read this project"
    fi
    as=()
else
    exec_escape "a user's program" 4 "$work/mine"
fi

# --- who calls itself as the server does is not hit in the server's place.
status=0
# shellcheck disable=SC2016 # for the shell in the lab
"$hangup" exec steady/price --quiet --out "$work/impostor" -- bash -c '
    cp /bin/sleep /tmp/postgres; exec -a "postgres: app app 192.0.2.2(40000) idle" /tmp/postgres 100 & sleep 1
    hangup fault server kill-backend; hangup fault server crash for=1s; sleep 2; kill -0 $! && echo alive' \
    >"$work/impostor.out" 2>"$work/impostor.err" </dev/null || status=$?
exits 0 'an impostor of the server'
check 'an impostor of the server lives' grep -x alive "$work/impostor.out"

check 'nothing outside is changed' test "$before" = "$(look)"
finish
