#!/bin/bash
# Makes an image, the world of a lab, from its list of packages, once, into the cache.
# usage: build-image.sh [--path] [NAME]     the last line of its output is the image's path
#   NAME     one of scripts/images/*.list; debian-13 when there is none
#   --path   says where the image is, builds nothing; exit status 1 when it is not there
set -euo pipefail
export LC_ALL=C
unset MAKEFLAGS MFLAGS MAKELEVEL
here=$(cd "$(dirname "$0")" && pwd)
cache=$("$here/cache-folder.sh")/images
. "$here/debian-elsewhere.sh"
. "$here/progress.sh"
done_lines='^(Unpacking|Setting up) '
expected_lines=310 # of debian-13; only the percentage depends on it

fail() {
    echo "build-image.sh: $*" >&2
    exit 1
}

path_only=
if [ "${1:-}" = --path ]; then
    path_only=yes
    shift
fi
image=${1:-debian-13}
list=$here/images/$image.list
[ -r "$list" ] || fail "there is no image $image: $(cd "$here/images" && printf '%s ' *.list | sed 's/leave-out.list //; s/\.list//g')"

# said WHAT: the second word of the lines of the lists that begin with WHAT.
said() {
    awk -v what="$1" '$1 == what { print $2 }' "$list" "$here/images/leave-out.list"
}

# As who is not root: with user namespaces, for which the user needs numbers of others (package uidmap, /etc/subuid).
if [ "$(id -u)" = 0 ]; then
    mode=root
else
    mode=unshare
fi

make_root() {
    local suite mirror pattern option arguments=()
    suite=$(said suite)
    mirror=$(debian_mirror)
    for option in $(said option); do
        arguments+=("--aptopt=${option/=/ }")
    done
    while read -r pattern; do
        arguments+=("--dpkgopt=path-exclude=$pattern")
    done < <(said leave-out)
    # No server but a cell's own is started, and none is made.
    mmdebstrap --verbose --mode="$mode" --variant=essential --format=null --include="$(said package | paste -sd ,)" \
        --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Retries "3"' "${arguments[@]}" \
        --essential-hook='mkdir -p "$1/etc/postgresql-common/createcluster.d" &&
            echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.d/hangup.conf"' \
        --customize-hook="$here/image-finish.sh \"\$1\" $(said remove | sed "s/.*/'&'/" | paste -sd ' ')" \
        --customize-hook="download /image.erofs $work/image" \
        "$suite" - "deb [signed-by=$debian_keys] $mirror $suite main"
}

# The name tells what the image is made of; which packages were the newest on that day tells only its digest.
recipe=$({ cat "$list" "$here/images/leave-out.list" "$here/image-finish.sh" && declare -f make_root; } | sha256sum | cut -c1-12)
mark=$cache/$image.$recipe
if [ -e "$mark" ]; then
    readlink -f "$mark"
    exit
fi
[ -z "$path_only" ] || exit 1

for file in /etc/subuid /etc/subgid; do
    [ "$mode" = root ] || grep -qE "^($(id -un)|$(id -u)):" "$file" 2>/dev/null ||
        fail "$file has no numbers for $(id -un). As root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $(id -un); or make the image as root"
done
mkdir -p "$cache" || fail "cannot make the folder $cache: set HANGUP_CACHE"
exec 9>"$cache/lock"
if ! flock -n 9; then
    echo "Another image is being made: waiting for it."
    flock 9
fi
if [ -e "$mark" ]; then
    readlink -f "$mark"
    exit
fi

work=$cache/work
log=$cache/$image.log
finish() {
    end_step
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
rm -rf "$work"
mkdir "$work"

echo "Making the image $image ($(said suite)): the world that a lab carries, with $(said package | wc -l) packages and what they need."
echo "This happens once and takes about 3 minutes on two cores. It goes to $cache."
: >"$log"
run_step 'installing packages' make_root
end_progress
digest=$(sha256sum "$work/image" | cut -c1-16)
name=$image-$digest.erofs
mv "$work/image" "$cache/$name"
ln -sfn "$name" "$work/mark" && mv -T "$work/mark" "$mark"
ln -sfn "$name" "$work/mark" && mv -T "$work/mark" "$cache/$image"
echo "The image is ready after $((SECONDS - progress_started)) s ($(stat -c %s "$cache/$name" | numfmt --to=iec) bytes)."
echo "$cache/$name"
