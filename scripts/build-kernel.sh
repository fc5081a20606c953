#!/bin/bash
# Builds the guest kernel (User-mode Linux with virtual time) from Debian's kernel source package, once, into the cache.
# usage: build-kernel.sh [--path]     the last line of its output is the kernel's path
#   --path          says where the kernel is or would be, builds nothing; exit status 1 when it is not there
#   KERNEL_SOURCE   a Debian package (linux-source-6.12), or the path of a linux-*.tar.xz
set -euo pipefail
export LC_ALL=C
# Flags for the project's own build, and those that `make run` hands down, are not the kernel's.
unset MAKEFLAGS MFLAGS MAKELEVEL CC CFLAGS CPPFLAGS LDFLAGS BUILD
here=$(cd "$(dirname "$0")" && pwd)
source=${KERNEL_SOURCE:-linux-source-6.12}
cache=$("$here/cache-folder.sh")
expected_objects=1080 # what one build prints; only the percentage depends on it

fail() {
    echo "build-kernel.sh: $*" >&2
    exit 1
}

case $source in
*/*)
    tarball=$source
    version=$(basename "$source" .tar.xz)
    ;;
*)
    tarball=/usr/src/$source.tar.xz
    version=$(dpkg-query -W -f '${Version}' "$source" 2>/dev/null) ||
        fail "the package $source is not installed: apt-get install $source"
    ;;
esac

# Fixed names and times: `uname -v` in the guest is the same on every machine.
kernel_make() {
    make -C "$work/source" O="$work/objects" ARCH=um KCONFIG_ALLCONFIG="$here/kernel.fragment" \
        KBUILD_BUILD_USER=hangup KBUILD_BUILD_HOST=hangup KBUILD_BUILD_VERSION=1 \
        KBUILD_BUILD_TIMESTAMP='2024-01-01 00:00:00 UTC' "$@"
}

# The name tells what the kernel is made from: another version or recipe never finds this one's result.
recipe=$({ cat "$here/kernel.fragment"; declare -f kernel_make; } | sha256sum | cut -c1-12)
name=kernel-${version//\~/-}-$recipe
kernel=$cache/$name/linux

# The program looks at $cache/kernel, so that it need not know how to name a recipe.
point_at_kernel() {
    if [ "$(readlink "$cache/kernel" || true)" != "$name" ]; then
        ln -sfn "$name" "$cache/kernel.new.$$" && mv -T "$cache/kernel.new.$$" "$cache/kernel"
    fi
}

case ${1:-} in
--path)
    echo "$kernel"
    [ -x "$kernel" ]
    exit
    ;;
'') ;;
*) fail "usage: build-kernel.sh [--path]" ;;
esac
if [ -x "$kernel" ]; then
    point_at_kernel
    echo "$kernel"
    exit
fi

{ mkdir -p "$(dirname "$cache")" && { [ -d "$cache" ] || mkdir -m 700 "$cache"; }; } ||
    fail "cannot make the cache folder $cache: set HANGUP_CACHE"
exec 9>"$cache/kernel.lock"
if ! flock -n 9; then
    echo "Another build of the guest kernel is under way: waiting for it."
    flock 9
fi
if [ -x "$kernel" ]; then
    point_at_kernel
    echo "$kernel"
    exit
fi
[ -r "$tarball" ] || fail "cannot read $tarball"

# Below the lock nobody else works here: what lies in the folder was left by a build that was killed.
work=$cache/kernel-build
log=$cache/kernel-build.log
rm -rf "$work"
mkdir -p "$work/source" "$work/objects"
build_pid=
finish() {
    [ -z "$build_pid" ] || kill -- "-$build_pid" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

jobs=$(nproc)
started=$SECONDS
echo "Building the guest kernel from $(basename "$tarball") ($version): the lab in which the server hangs up."
echo "This happens once and takes about 5 minutes on two cores. It goes to $cache/$name."

# Rewrites one line on a terminal; in a pipe a line every 15 s.
last_report=$SECONDS
report_progress() {
    local text
    text=$(printf '  %3d%%  %d:%02d  %s' "$2" $(((SECONDS - started) / 60)) $(((SECONDS - started) % 60)) "$1")
    if [ -t 1 ]; then
        printf '\r%s\033[K' "$text"
    elif [ $((SECONDS - last_report)) -ge 15 ]; then
        last_report=$SECONDS
        echo "$text"
    fi
}

# run_step TEXT COMMAND…: the command's output goes to the log, and comes up when it fails.
run_step() {
    local text=$1 done_objects
    shift
    set -m # a process group of its own, so that all of it can be ended
    "$@" >>"$log" 2>&1 </dev/null &
    build_pid=$!
    set +m
    while kill -0 "$build_pid" 2>/dev/null; do
        done_objects=$(grep -cE '^  (CC|AS|AR|LD|HOSTCC) ' "$log" || true)
        report_progress "$text" $((done_objects < expected_objects ? 100 * done_objects / expected_objects : 99))
        sleep 1
    done
    if ! wait "$build_pid"; then
        build_pid=
        [ ! -t 1 ] || echo
        tail -n 30 "$log" >&2
        fail "$text: failed, the whole output is in $log"
    fi
    build_pid=
}

# Of most drivers only the Kconfig files are needed; what is left out is half of the disk space.
unpack() {
    tar -xf "$tarball" -C "$work/source" --strip-components=1 --wildcards \
        --exclude='*/Documentation/*.rst' --exclude='*/Documentation/*.yaml' --exclude='*/tools/testing/*' --exclude='*/tools/perf/*' \
        --exclude='*/arch/*/boot/dts/*' --exclude='*/drivers/gpu/*.[ch]' --exclude='*/drivers/net/ethernet/*.[ch]' \
        --exclude='*/drivers/net/wireless/*.[ch]' --exclude='*/drivers/media/*.[ch]' \
        --exclude='*/drivers/staging/*.[ch]' --exclude='*/drivers/scsi/*.[ch]' --exclude='*/sound/*.[ch]'
}

# Kconfig drops what it does not know or cannot have, without a word.
check_configuration() {
    local dropped
    dropped=$(grep '^CONFIG_' "$here/kernel.fragment" | grep -vxFf "$work/objects/.config" || true)
    [ -z "$dropped" ] || fail "this kernel source cannot have these lines of kernel.fragment:"$'\n'"$dropped"
}

: >"$log"
run_step 'unpacking the source' unpack
run_step 'configuring' kernel_make allnoconfig
check_configuration
run_step 'compiling' kernel_make -j"$jobs" linux
[ ! -t 1 ] || echo
strip -o "$work/linux" "$work/objects/linux"
mkdir "$work/$name"
mv "$work/linux" "$work/objects/.config" "$work/$name/"
rm -rf "${cache:?}/$name"
mv -T "$work/$name" "$cache/$name"
point_at_kernel
echo "The guest kernel is ready after $((SECONDS - started)) s ($(stat -c %s "$kernel" | numfmt --to=iec) bytes)."
echo "$kernel"
