#!/bin/bash
# shellcheck disable=SC2317 # rows are called by their names
# The same bytes everywhere: runs a few cells in one environment after the other and prints the digest of each cell's events and
# packets. Exit status 1 when two rows differ.
# usage: digest-table.sh [ROW…]     all rows when there is none; a row that this machine does not allow is skipped, and says why
#   HANGUP=build/hangup   CELLS='SCENARIO SUBJECT …' for others
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
hangup=$(realpath "${HANGUP:-build/hangup}")
. scripts/cache-for.sh
cache=${HANGUP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hangup}
read -ra cells <<<"${CELLS:-idle/hung-up pqpool:none steady/price sqlalchemy:pre-ping}"
work=$(mktemp -d)
chmod 755 "$work"
load=()
finish() {
    [ "${#load[@]}" = 0 ] || kill "${load[@]}" 2>/dev/null
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

# cache_of OWNER: a cache of his own.
cache_of() {
    cache_for "$work/cache-$1" "$1"
    echo "$work/cache-$1"
}

# cells_run NAME COMMAND…: the cells, by that command; a digest each.
cells_run() {
    local name=$1 i
    shift
    for ((i = 0; i < ${#cells[@]}; i += 2)); do
        "$@" "$hangup" run "${cells[i]}" --subject "${cells[i + 1]}" --out "$work/$name/$i" "${options[@]}" \
            >"$work/$name.out" 2>&1 </dev/null || { echo failed && sed 's/^/# /' "$work/$name.out" >&2; continue; }
        cat "$work/$name/$i"/*/events.jsonl "$work/$name/$i"/*/capture.pcap | sha256sum | cut -c1-16
    done
}

options=()
as_root() {
    [ "$(id -u)" = 0 ] || { echo 'needs root' && return 1; }
}
readable_by_others() {
    setpriv --reuid=1000 --regid=1000 --clear-groups test -x "$hangup" -a -r scenarios || { echo 'uid 1000 cannot read this folder' && return 1; }
}

row_here() {
    cells_run here env
}
row_user() { # an ordinary one
    as_root || return
    readable_by_others || return
    mkdir -p "$work/user" && chown 1000:1000 "$work/user"
    cells_run user setpriv --reuid=1000 --regid=1000 --clear-groups env HOME="$work/user" HANGUP_CACHE="$(cache_of 1000)"
}
row_namespace() { # root in a user namespace of his own
    unshare -Ur true 2>/dev/null || { echo 'no user namespaces here' && return; }
    cells_run namespace unshare -Ur
}
row_powerless() { # root's user without a capability
    as_root || return
    cells_run powerless setpriv --bounding-set=-all --inh-caps=-all --ambient-caps=-all
}
row_folder() {
    mkdir -p "$work/some where/else entirely"
    cells_run folder env --chdir="$work/some where/else entirely"
}
row_hostname() {
    as_root || return
    unshare -u true 2>/dev/null || { echo 'no other host name here' && return; }
    # shellcheck disable=SC2016 # for the shell in there
    cells_run hostname unshare -u sh -c 'echo elsewhere.example >/proc/sys/kernel/hostname; exec "$@"' sh
}
row_environment() {
    cells_run environment env -i PATH=/usr/bin:/bin HANGUP_CACHE="$cache" TZ=Asia/Tokyo LANG=de_DE.UTF-8 LC_ALL=tr_TR.UTF-8 \
        PGHOST=nowhere PYTHONHASHSEED=5 LONG="$(printf 'x%.0s' {1..5000})"
}
row_load() {
    for _ in 1 2 3; do
        while :; do :; done &
        load+=($!)
    done
    cells_run load env
    kill "${load[@]}"
    load=()
}
row_jobs() { # beside seven others
    options=(--jobs 8 --subject pqpool)
    local i
    for ((i = 0; i < ${#cells[@]}; i += 2)); do
        "$hangup" run "${cells[i]}" --subject "${cells[i + 1]}" --subject pqpool --jobs 8 --out "$work/jobs/$i" >"$work/jobs.out" 2>&1
        name=${cells[i]//\//-}--${cells[i + 1]//:/-}
        cat "$work/jobs/$i/$name"--*/{events.jsonl,capture.pcap} | sha256sum | cut -c1-16
    done
    options=()
}
row_debian_13() { # as the host: a root folder with the three libraries that hangup needs
    as_root || return
    command -v mmdebstrap >/dev/null || { echo 'no mmdebstrap here' && return; }
    . scripts/debian-elsewhere.sh
    mmdebstrap --quiet --variant=essential --include=libyaml-0-2,libjansson4,libssl3t64 trixie "$work/trixie" \
        "deb [signed-by=${debian_keys:?}] $(debian_mirror) trixie main" >"$work/mmdebstrap.out" 2>&1 ||
        { echo 'Debian 13 could not be unpacked' && return; }
    local folder mounts
    mounts=("$PWD" "$(cache_of root)" "$work/debian_13" /dev /proc)
    for folder in "${mounts[@]}"; do
        mkdir -p "$folder" "$work/trixie$folder"
    done
    # In namespaces of its own, so that the mounts end with it.
    # shellcheck disable=SC2016 # for the shell in there
    cells_run debian_13 unshare -m sh -c 'root=$1 n=$2; shift 2
        while [ "$n" -gt 0 ]; do mount --rbind "$1" "$root$1"; shift; n=$((n - 1)); done
        exec chroot "$root" "$@"' sh "$work/trixie" "${#mounts[@]}" "${mounts[@]}" \
        env HOME=/root HANGUP_CACHE="${mounts[1]}" --chdir="$PWD"
}

rows=("$@")
[ $# -gt 0 ] || rows=(here user namespace powerless folder hostname environment load jobs debian_13)
first='' first_row='' status=0
printf '%-14s' ''
for ((i = 0; i < ${#cells[@]}; i += 2)); do
    printf ' %-34s' "${cells[i]} × ${cells[i + 1]}"
done
echo
for row in "${rows[@]}"; do
    declare -F "row_$row" >/dev/null || { echo "digest-table.sh: no row '$row'" >&2 && exit 2; }
    found=$("row_$row")
    if ! grep -qxE '[0-9a-f]{16}|failed' <<<"$found"; then
        printf '%-14s skipped: %s\n' "$row" "$found"
        continue
    fi
    printf '%-14s' "$row"
    # shellcheck disable=SC2086 # a word a cell
    printf ' %-34s' $found
    [ -n "$first" ] || first=$found first_row=$row
    if [ "$found" = "$first" ] && [[ $found != *failed* ]]; then
        echo
    else
        echo " <- not as $first_row"
        status=1
    fi
done
exit $status
