#!/bin/bash
# The release archive where there is nothing but a kernel: a root folder that holds a static busybox, as an ordinary user. Breaks
# with: a program that needs a library of the host, a file that is not packed, bytes that depend on when or where it was packed.
. "$(dirname "$0")/tap.sh"

# skip WHY: the one test that is counted then.
skip() {
    printf 'ok 1 - the release archive # SKIP %s\n1..1\n' "$1"
    exit
}
build=$(dirname "${HANGUP:-build/hangup}")
scripts/build-image.sh --path debian-13 >/dev/null || skip 'no image: make image'
kernel=$(scripts/build-kernel.sh --path) || skip 'no guest kernel: make kernel'
! readelf -lW "$kernel" | grep -q INTERP || skip 'this guest kernel is not static'
command -v zstd >/dev/null || skip 'no zstd: scripts/install-packages.sh release'
busybox=$(command -v busybox) || skip 'no busybox: apt-get install busybox-static'
! readelf -lW "$busybox" | grep -q INTERP || skip 'this busybox is not static: apt-get install busybox-static'
unshare --mount true 2>/dev/null || skip 'this user may not mount'

pack() {
    HANGUP_NO_SETUP=1 make -s release "BUILD=$build"
}
check 'make release packs' pack
archive=$(ls "$build"/hangup-*-x86_64.tar.zst)
mv "$archive" "$work/first"
check 'and again, later' pack
check 'the same archive' cmp "$work/first" "$archive"

root=$work/root
mkdir -p "$root"/{bin,dev,proc,tmp,home}
chmod 1777 "$root/tmp" "$root/home"
cp "$busybox" "$root/bin/busybox"
zstd -dc "$archive" | tar -xC "$root"
mv "$root"/hangup-* "$root/hangup"
check 'its check sums are right' sh -c "cd '$root/hangup' && sha256sum --check --quiet SHA256SUMS"
check 'the root folder has no library' test -z "$(find "$root" -path "$root/hangup/lib/hangup" -prune -o -name '*.so*' -print)"

# inside COMMAND…: as user 1000, in that root.
inside() {
    # shellcheck disable=SC2016 # the inner shell's
    unshare --mount --pid --fork --kill-child bash -c '
        root=$1
        shift
        mount -t proc proc "$root/proc" && mount --rbind /dev "$root/dev" &&
            exec chroot --userspec=1000:1000 --groups= "$root" /bin/busybox env -i HOME=/home PATH=/hangup/bin:/bin /bin/busybox sh -c "cd /home && exec \"\$@\"" sh "$@"' \
        _ "$root" "$@" </dev/null
}
run_there() {
    timeout 300 bash -c "$(declare -f inside); root=$root; inside \"\$@\"" _ "$@" >"$work/there" 2>&1
}
check 'run: a cell passes' run_there hangup run idle/hung-up --subject pqpool:none --subject sqlalchemy:pre-ping
sed 's/^/# /' "$work/there"
check 'both rows are there' test "$(grep -cE '^  (clean|errors) +pass ' "$work/there")" = 2
check 'diagnose finds a hang-up' run_there hangup diagnose 'SSL SYSCALL error: EOF detected'
check 'exec: a static program of that root runs in the lab' run_there hangup exec idle/hung-up -- /bin/busybox sh -c 'echo "database $PGHOST"'
sed 's/^/# /' "$work/there"
check 'and is told of the database' grep -q '^database .' "$work/there"
finish
