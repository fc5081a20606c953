#!/bin/bash
# Called by build-image.sh's mmdebstrap, as root or as a root of its own: what differs from build to build leaves the image's
# root, and /image.erofs is made of the rest.
# usage: image-finish.sh ROOT PATTERN…     paths below ROOT that leave it as well
set -euo pipefail
export LC_ALL=C
root=$1
shift
cd "$root"

for pattern; do
    # shellcheck disable=SC2086 # a pattern stands for many
    rm -rf ./$pattern
done

# Logs, caches, locks and lists; the copies that passwd and dpkg make; what is drawn by lot for one machine.
rm -rf var/log/* var/cache/* var/lib/apt/* var/lib/dpkg/*-old var/lib/dpkg/lock* var/lib/dpkg/triggers var/lib/dpkg/updates \
    var/lib/systemd var/lib/dbus var/backups etc/*- etc/machine-id etc/hostname etc/resolv.conf etc/.pwd.lock \
    etc/ssl/private/ssl-cert-snakeoil.key etc/ssl/certs/ssl-cert-snakeoil.pem etc/ssl/certs/java
rm -rf var/tmp/*
find etc/ssl/certs -xtype l -delete 2>/dev/null || true # they pointed to the certificate above
: >etc/machine-id
# Where the guest mounts something.
mkdir -p proc sys dev run tmp host

# A second view of the root, without what is mounted in it: in a user namespace /proc and /sys belong to nobody.
view=$(mktemp -d)
mount --bind "$root" "$view"
trap 'umount "$view" && rmdir "$view"' EXIT
cd "$view"

# Every file keeps its time, or every compiled Python file would be out of date. What was written here, today, gets the time of
# the newest file that came in a package: it depends on the packages only.
newest=$({ sed 's/^[0-9a-f]*  //' var/lib/dpkg/info/*.md5sums | tr '\n' '\0' | xargs -0 stat -c %Y 2>/dev/null || true; } |
    sort -n | tail -n 1) # what was left out is not there to be asked
export SOURCE_DATE_EPOCH=$newest
find . -newermt "@$newest" -print0 | xargs -0 touch --no-dereference --date="@$newest"

# etc/apt stays until mmdebstrap has cleaned up, but not in the image, and of what a guest mounts only the folders. Extended inodes
# hold a time; no attributes, because the kernel reads none. The identity is the same in every image: nothing but the content counts.
# The image's own mkfs.erofs makes it: another release's lays out the same files in other ways.
chroot "$view" mkfs.erofs --quiet -x-1 -E force-inode-extended --preserve-mtime -U 68616e67-7570-4000-8000-000000000000 \
    --exclude-path=image.erofs --exclude-path=etc/apt --exclude-regex='^/?(dev|proc|run|sys|tmp)/' /image.erofs /
cd "$root"
