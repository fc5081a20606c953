#!/bin/bash
# Builds the guest kernel (User-mode Linux with virtual time) from Debian's newest kernel source, once, into the cache.
# usage: build-kernel.sh [--path]     the last line of its output is the kernel's path
#   --path          says where the kernel is, builds nothing; exit status 1 when it is not there
#   KERNEL_SOURCE   the source to take instead: a Debian package (linux-source-6.12), or the path of a linux-*.tar.xz
set -euo pipefail
export LC_ALL=C
# Flags for the project's own build, and those that `make run` hands down, are not the kernel's.
unset MAKEFLAGS MFLAGS MAKELEVEL CC CFLAGS CPPFLAGS LDFLAGS BUILD
here=$(cd "$(dirname "$0")" && pwd)
cache=$("$here/cache-folder.sh")
. "$here/progress.sh"
done_lines='^  (CC|AS|AR|LD|HOSTCC) '
expected_lines=1080 # what one build prints; only the percentage depends on it

fail() {
    echo "build-kernel.sh: $*" >&2
    exit 1
}

# Fixed names and times: `uname -v` in the guest is the same on every machine.
kernel_make() {
    make -C "$work/source" O="$work/objects" ARCH=um KCONFIG_ALLCONFIG="$work/fragment" \
        KBUILD_BUILD_USER=hangup KBUILD_BUILD_HOST=hangup KBUILD_BUILD_VERSION=1 \
        KBUILD_BUILD_TIMESTAMP='2024-01-01 00:00:00 UTC' "$@"
}

# The name tells what the kernel is made from: another recipe never finds this one's result. What a source package's version
# is, is known only to who asks for it; a kernel that is there stays as long as its recipe does.
recipe=$({ echo "${KERNEL_SOURCE:-}" && cat "$here"/kernel/*/{fragment,*.patch} && declare -f kernel_make; } | sha256sum | cut -c1-12)

find_kernel() {
    kernel=$(printf '%s\n' "$cache"/kernel-*-"$recipe"/linux | head -n 1)
    [ -x "$kernel" ]
}

# The program looks at $cache/guest-kernel, so that it need not know how to name a recipe.
point_at_kernel() {
    local name
    name=$(basename "$(dirname "$kernel")")
    if [ "$(readlink "$cache/guest-kernel" || true)" != "$name" ]; then
        ln -sfn "$name" "$cache/guest-kernel.new.$$" && mv -T "$cache/guest-kernel.new.$$" "$cache/guest-kernel"
    fi
    echo "$kernel"
}

case ${1:-} in
--path)
    find_kernel || exit 1
    echo "$kernel"
    exit
    ;;
'') ;;
*) fail "usage: build-kernel.sh [--path]" ;;
esac
if find_kernel; then
    point_at_kernel
    exit
fi

{ mkdir -p "$(dirname "$cache")" && { [ -d "$cache" ] || mkdir -m 700 "$cache"; }; } ||
    fail "cannot make the cache folder $cache: set HANGUP_CACHE"
exec 9>"$cache/kernel.lock"
if ! flock -n 9; then
    echo "Another build of the guest kernel is under way: waiting for it."
    flock 9
fi
if find_kernel; then
    point_at_kernel
    exit
fi

# Below the lock nobody else works here: what lies in the folder was left by a build that was killed.
work=$cache/kernel-build
log=$cache/kernel-build.log
rm -rf "$work"
mkdir -p "$work/source" "$work/objects" "$work/download"
finish() {
    end_step
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

jobs=$(nproc)
echo "Building the guest kernel: the lab in which the server hangs up."
echo "This happens once and takes about 7 minutes on two cores. It goes to $cache."

find_source() {
    "$here/kernel-source.sh" "$work/download" >"$work/found"
}

# Of most drivers only the Kconfig files are needed; what is left out is half of the disk space.
unpack() {
    tar -xf "$tarball" -C "$work/source" --strip-components=1 --wildcards \
        --exclude='*/Documentation/*.rst' --exclude='*/Documentation/*.yaml' --exclude='*/tools/testing/*' --exclude='*/tools/perf/*' \
        --exclude='*/arch/*/boot/dts/*' --exclude='*/drivers/gpu/*.[ch]' --exclude='*/drivers/net/ethernet/*.[ch]' \
        --exclude='*/drivers/net/wireless/*.[ch]' --exclude='*/drivers/media/*.[ch]' \
        --exclude='*/drivers/staging/*.[ch]' --exclude='*/drivers/scsi/*.[ch]' --exclude='*/sound/*.[ch]'
}

# What there is for every kernel, and for those with the first number of this one's version, or the last before it.
collect_recipe() {
    local major folder
    major=$(sed -n 's/^VERSION = //p' "$work/source/Makefile")
    while [ ! -d "$here/kernel/$major" ] && [ "$major" -gt 0 ]; do
        major=$((major - 1))
    done
    for folder in "$here/kernel/all" "$here/kernel/$major"; do
        cat "$folder/fragment" >>"$work/fragment"
        find "$folder" -name '*.patch' | sort
    done >"$work/patches"
}

apply_patches() {
    local file
    while read -r file; do
        patch -d "$work/source" -p1 --no-backup-if-mismatch <"$file" || return
    done <"$work/patches"
}

# Kconfig drops what it does not know or cannot have, without a word.
check_configuration() {
    local dropped
    dropped=$(grep '^CONFIG_' "$work/fragment" | grep -vxFf "$work/objects/.config" || true)
    [ -z "$dropped" ] || fail "this kernel source cannot have these lines of scripts/kernel: another one with KERNEL_SOURCE=…"$'\n'"$dropped"
}

: >"$log"
run_step 'finding the newest source' find_source
read -r package version tarball <"$work/found"
end_progress
grep '^kernel-source.sh: ' "$log" || true
echo "Its source is $package $version."
run_step 'unpacking the source' unpack
collect_recipe
run_step 'applying the patches' apply_patches
run_step 'configuring' kernel_make allnoconfig
check_configuration
run_step 'compiling' kernel_make -j"$jobs" linux
end_progress
name=kernel-${version//\~/-}-$recipe
mkdir "$work/$name"
strip -o "$work/$name/linux" "$work/objects/linux"
mv "$work/objects/.config" "$work/$name/"
rm -rf "${cache:?}/$name"
mv -T "$work/$name" "$cache/$name"
find_kernel
echo "The guest kernel is ready after $((SECONDS - progress_started)) s ($(stat -c %s "$kernel" | numfmt --to=iec) bytes)."
point_at_kernel
