#!/bin/bash
# Finds the source of the guest kernel, the newest that is to be had.
# usage: kernel-source.sh FOLDER     prints PACKAGE VERSION TARBALL; what has to be downloaded for it lies in FOLDER afterwards
#   KERNEL_SOURCE   the Debian package to take instead (linux-source-6.12), or the path of a linux-*.tar.xz
set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
. "$here/debian-elsewhere.sh"
folder=$1
fallback=linux-source-6.12

fail() {
    echo "kernel-source.sh: $*" >&2
    exit 1
}

# use_installed PACKAGE: says so when this machine has it.
use_installed() {
    local version tarball=/usr/src/$1.tar.xz
    [ -r "$tarball" ] && version=$(dpkg-query -W -f '${Version}' "$1" 2>/dev/null) && echo "$1 $version $tarball"
}

# newest_of PATTERN: the package of the lists in FOLDER with the highest number in its name.
newest_of() {
    elsewhere_apt "$folder" apt-cache pkgnames linux-source- | grep -xE "linux-source-$1" | sort -V | tail -n 1 | grep .
}

# download PACKAGE: the tarball that is in it.
download() {
    local version
    version=$(elsewhere_apt "$folder" apt-cache show --no-all-versions "$1" | sed -n 's/^Version: //p' | grep .) || return
    (cd "$folder" && rm -f ./*.deb ./*.tar.xz && elsewhere_apt "$folder" apt-get -q -q download "$1") || return
    dpkg-deb --fsys-tarfile "$folder"/*.deb | tar -x -C "$folder" --strip-components=3 "./usr/src/$1.tar.xz" || return
    rm "$folder"/*.deb
    echo "$1 $version $folder/$1.tar.xz"
}

mkdir -p "$folder"
case ${KERNEL_SOURCE:-} in
*/*)
    [ -r "$KERNEL_SOURCE" ] || fail "cannot read $KERNEL_SOURCE"
    name=$(basename "$KERNEL_SOURCE" .tar.xz)
    echo "$name $name $KERNEL_SOURCE"
    ;;
'')
    { elsewhere_lists "$folder" trixie-backports && package=$(newest_of '[7-9]\.[0-9]+') && download "$package"; } && exit
    echo "kernel-source.sh: no newer source than $fallback is to be had from $(debian_mirror) here: taking that (cells take twice as long with it)" >&2
    use_installed "$fallback" || { elsewhere_lists "$folder" trixie && download "$fallback"; } ||
        fail "$fallback is not to be had either: is there a network? With a tarball of your own: KERNEL_SOURCE=/path/linux-7.3.tar.xz"
    ;;
*)
    use_installed "$KERNEL_SOURCE" || { elsewhere_lists "$folder" trixie trixie-backports && download "$KERNEL_SOURCE"; } ||
        fail "the package $KERNEL_SOURCE is neither installed nor to be had from $(debian_mirror)"
    ;;
esac
