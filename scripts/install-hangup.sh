#!/bin/bash
# Installs hangup from a built tree: `make install` calls it.
# usage: install-hangup.sh BUILD PREFIX     DESTDIR, when it is set, stands before PREFIX, for packages
# PREFIX/lib/hangup is this project without its sources, so that what manifests and harness/host/paths.c find by a path below the
# project is found there as well. The program finds it from where it lies itself: PREFIX/bin/hangup is a link to it.
set -euo pipefail
umask 022
cd "$(dirname "$0")/.."
build=$1
prefix=${DESTDIR:-}$(realpath -ms "$2")
data=$prefix/lib/hangup

# put MODE FILE…: to the same path below the data.
put() {
    local mode=$1 file
    shift
    for file; do
        install -D -m "$mode" "$file" "$data/$file"
    done
}

# put_built MODE FILE…: what was built is in build/ there, whatever this build's folder is called.
put_built() {
    local mode=$1 file
    shift
    for file; do
        [ ! -f "$build/$file" ] || install -D -m "$mode" "$build/$file" "$data/build/$file"
    done
}

# A scenario or an adapter that this version no longer has must not stay.
rm -rf "$data"
mapfile -t files < <(find scenarios pool/subjects pool/probes harness/exec_helpers -type f \
    \( -name '*.yaml' -o -name '*.json' -o -name '*.py' -o -name '*.rb' -o -name '*.js' -o -name '*.php' -o -name '*.pl' -o -path '*/skeletons/*' \) | sort)
put 644 "${files[@]}" results/baseline/*.json results/baseline/atlas.md results/baseline/atlas/*.md
# What builds the guest kernel and images, and the packages for it.
mapfile -t files < <(find scripts/images pool/{subjects,probes}/{go,java,rust} -type f | sort)
put 644 "${files[@]}"
put 644 scripts/kernel/*/* scripts/progress.sh scripts/debian-elsewhere.sh
put 755 scripts/build-kernel.sh scripts/build-image.sh scripts/image-finish.sh scripts/kernel-source.sh scripts/cache-folder.sh scripts/install-packages.sh

put_built 755 hangup hangup-lab hangup-init pqpool_subject libpq_probe

scripts/manual-pages.sh "$build/hangup" "$build/man"
install -d "$prefix/bin" "$prefix/share/man/man1"
install -m 644 "$build"/man/*.1 "$prefix/share/man/man1"
install -D -m 644 scripts/completion/hangup.bash "$prefix/share/bash-completion/completions/hangup"
install -D -m 644 scripts/completion/_hangup "$prefix/share/zsh/site-functions/_hangup"
install -D -m 644 scripts/completion/hangup.fish "$prefix/share/fish/vendor_completions.d/hangup.fish"
ln -sfn ../lib/hangup/build/hangup "$prefix/bin/hangup"
