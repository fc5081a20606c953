# A cache that somebody else owns, with the guest kernel and the image and nothing else: who has it makes a template of his own.
# shellcheck shell=bash

# cache_for FOLDER USER
cache_for() {
    local cache=${HANGUP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hangup} image
    mkdir -p "$1/images"
    cp -rL "$cache/guest-kernel" "$1/guest-kernel"
    for image in debian-13-peers debian-13; do
        [ -e "$cache/images/$image" ] || continue
        image=$(readlink -f "$cache/images/$image")
        cp -l "$image" "$1/images" 2>/dev/null || cp "$image" "$1/images"
        ln -s "${image##*/}" "$1/images/debian-13"
        break
    done
    chmod -R a+rX "$1/guest-kernel"
    [ "$(id -u)" != 0 ] || chown "$2" "$1" "$1/images"
}
