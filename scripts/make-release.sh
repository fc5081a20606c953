#!/bin/bash
# Packs all that a lab needs into one archive that runs on any x86-64 Linux: `make release` calls it.
# usage: make-release.sh BUILD     prints the archive's path; two runs on one commit write the same bytes
#   IMAGES              the images to bring; debian-13 when it is not set
#   SOURCE_DATE_EPOCH   the time of every file in the archive; the commit's when it is not set
set -euo pipefail
export LC_ALL=C TZ=UTC
umask 022
cd "$(dirname "$0")/.."
build=$1
read -ra images <<<"${IMAGES:-debian-13}"
version=$(sed -n 's/^#define HANGUP_VERSION "\(.*\)"/\1/p' harness/base/version.h)
name=hangup-$version-x86_64
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || true)}"

fail() {
    echo "make-release.sh: $*" >&2
    exit 1
}

[ -n "$SOURCE_DATE_EPOCH" ] || fail 'set SOURCE_DATE_EPOCH: this is no git checkout'
kernel=$(scripts/build-kernel.sh --path) || fail 'no guest kernel: make kernel'
readelf -lW "$kernel" | grep -q INTERP && fail "$kernel is not static: only Linux 7 and newer can be (make kernel)"

stage=$build/release/$name
rm -rf "$build/release"
mkdir -p "$stage"
DESTDIR='' scripts/install-hangup.sh "$build" "$stage" >/dev/null
data=$stage/lib/hangup

# The tool is static; hangup-lab and the C subjects run in a guest and find their libraries in the image. A build id would tell
# the folder that it was built in.
install -m 755 "$build/hangup-static" "$data/build/hangup"
find "$data/build" -type f -perm -100 -exec strip -R .note.gnu.build-id {} +

# The program looks below its own folder for what the user's cache has not.
install -D -m 755 "$kernel" "$data/$(basename "$(dirname "$kernel")")/linux"
ln -s "$(basename "$(dirname "$kernel")")" "$data/guest-kernel"
for image in "${images[@]}"; do
    path=$(scripts/build-image.sh --path "$image") || fail "no image $image: make image IMAGE=$image"
    install -D -m 644 "$path" "$data/images/$(basename "$path")"
    ln -s "$(basename "$path")" "$data/images/$image"
done
install -m 644 LICENSE README.md scripts/release/Dockerfile "$stage/"
(cd "$stage" && find . -type f -print0 | sort -z | xargs -0 sha256sum) >"$build/release/sums"
mv "$build/release/sums" "$stage/SHA256SUMS"

archive=$build/$name.tar.zst
tar --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=gnu -C "$build/release" -cf - "$name" |
    zstd --quiet --force -T0 -10 --long=27 -o "$archive"
rm -rf "$build/release"
echo "$archive"
