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
lists=("$list" "$here/images/leave-out.list")
base=$(awk '$1 == "base" { print $2 }' "$list")
[ -z "$base" ] || lists=("$list" "$here/images/$base.list" "$here/images/leave-out.list")

# said WHAT: the second word of the lines of the lists that begin with WHAT; a list's own before its base's.
said() {
    awk -v what="$1" '$1 == what { print $2 }' "${lists[@]}"
}

# As who is not root: with user namespaces, for which the user needs numbers of others (package uidmap, /etc/subuid).
if [ "$(id -u)" = 0 ]; then
    mode=root
else
    mode=unshare
fi

# debootstrap_with PACKAGES ARGUMENT…: a root of these packages, in which mmdebstrap's hooks then work. Java's packages fail where
# the folder of manual pages is not there, although they are left out.
debootstrap_with() {
    local packages=$1 suite option arguments=()
    shift
    suite=$(said suite)
    for option in $(said option); do
        arguments+=("--aptopt=${option/=/ }")
    done
    mmdebstrap --verbose --mode="$mode" --variant=essential --format=null --include="$(paste -sd , <<<"$packages")" \
        --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Retries "3"' --dpkgopt=force-unsafe-io "${arguments[@]}" \
        --essential-hook='mkdir -p "$1/usr/share/man/man1"' "$@" \
        "$suite" - "deb [signed-by=$debian_keys] $(debian_mirror) $suite main"
}

# Adapters that are compiled, in a root with compilers, which then goes; the image gets what came out. Node's libraries need no
# compiler: npm unpacks them here, as package-lock.json pins them, and what it notes down for itself, what is for people, and what
# only TypeScript reads stay out.
make_adapters() {
    local adapters_work=$work/adapters
    mkdir -p "$adapters_work/node"
    cp "$here"/../pool/subjects/node/package*.json "$adapters_work/node/"
    (cd "$adapters_work/node" && npm ci --ignore-scripts --no-audit --no-fund) || return
    rm -rf "$adapters_work"/node/package*.json "$adapters_work"/node/node_modules/{.package-lock.json,.bin}
    find "$adapters_work/node" \( -name '*.md' -o -name '*.ts' -o -name '*.mts' -o -name '*.map' \) -delete
    tar -C "$here/../pool" -cf "$work/sources.tar" subjects probes
    debootstrap_with "$(said build)" --dpkgopt='path-exclude=/usr/share/doc/*' --customize-hook='mkdir "$1/hangup"' \
        --customize-hook="tar-in $work/sources.tar /hangup" \
        --customize-hook="upload $here/images/build-adapters.sh /hangup/build-adapters.sh" \
        --customize-hook='chroot "$1" bash /hangup/build-adapters.sh' \
        --customize-hook="download /hangup/adapters.tar $work/compiled.tar" &&
        tar -C "$adapters_work" -xf "$work/compiled.tar" &&
        tar --sort=name --owner=0 --group=0 --numeric-owner -C "$adapters_work" -cf "$work/adapters.tar" . &&
        mv "$work/adapters.tar" "$adapters"
}

# No server but a cell's own is started, and none is made.
make_root() {
    local pattern hooks=() excluded=()
    while read -r pattern; do
        excluded+=("--dpkgopt=path-exclude=$pattern")
    done < <(said leave-out)
    [ -z "$adapters" ] ||
        hooks=(--customize-hook='mkdir -p "$1/usr/lib/hangup/subjects"' --customize-hook="tar-in $adapters /usr/lib/hangup/subjects")
    debootstrap_with "$(said package)" "${excluded[@]}" \
        --essential-hook='mkdir -p "$1/etc/postgresql-common/createcluster.d" &&
            echo "create_main_cluster = false" >"$1/etc/postgresql-common/createcluster.d/hangup.conf"' \
        "${hooks[@]}" \
        --customize-hook="$here/image-finish.sh \"\$1\" $(said remove | sed "s/.*/'&'/" | paste -sd ' ')" \
        --customize-hook="download /image.erofs $work/image"
}

# What compiled adapters are made of. They are kept: they take longer than the image.
adapters_recipe() {
    {
        said suite && said build && cat "$here/images/build-adapters.sh"
        (cd "$here/../pool" && find {subjects,probes}/{go,java,rust} subjects/node/package*.json -type f | sort | xargs cat)
        declare -f debootstrap_with make_adapters
    } | sha256sum | cut -c1-12
}
adapters=
[ -z "$(said build)" ] || adapters=$cache/$image-adapters.$(adapters_recipe).tar

expected_lines=$(said lines | head -n 1)
# The name tells what the image is made of; which packages were the newest on that day tells only its digest. Reasons do not count.
recipe=$({
    awk '/^[a-z]/ && $1 != "minutes" && $1 != "lines" { print $1, $2 }' "${lists[@]}"
    cat "$here/image-finish.sh"
    [ -z "$adapters" ] || adapters_recipe
    declare -f debootstrap_with make_root
} | sha256sum | cut -c1-12)
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
echo "This happens once and takes about $(said minutes | head -n 1) minutes on two cores. It goes to $cache."
: >"$log"
[ -z "$adapters" ] || [ -e "$adapters" ] || run_step 'compiling adapters' make_adapters
run_step 'installing packages' make_root
end_progress
digest=$(sha256sum "$work/image" | cut -c1-16)
name=$image-$digest.erofs
mv "$work/image" "$cache/$name"
ln -sfn "$name" "$work/mark" && mv -T "$work/mark" "$mark"
ln -sfn "$name" "$work/mark" && mv -T "$work/mark" "$cache/$image"
echo "The image is ready after $((SECONDS - progress_started)) s ($(stat -c %s "$cache/$name" | numfmt --to=iec) bytes)."
echo "$cache/$name"
