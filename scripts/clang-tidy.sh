#!/bin/bash
# Runs clang-tidy on one source file, or finds that the same text has passed before. Version 19: Debian 12 and 13 both have it.
# usage: clang-tidy.sh FILE FLAG…
# A file takes a second; all of them four minutes on two cores. What decides is the file with all that it includes, comments too (they
# excuse places), the checks, the version and the flags: the digest of these stands in the cache once they have passed.
set -euo pipefail
here=$(dirname "$0")
file=$1
shift
passed=$("$here/cache-folder.sh")/tidy
digest=$({ clang-tidy-19 --version && cat "$here/../.clang-tidy" && echo "$file $*" && clang -E -C "$file" "$@"; } | sha256sum | cut -c1-32)
if [ -e "$passed/$digest" ]; then
    touch "$passed/$digest"
    exit
fi
output=$(clang-tidy-19 --quiet "$file" -- "$@" 2>&1) || {
    grep -v 'warnings generated' <<<"$output"
    exit 1
}
mkdir -p "$passed"
touch "$passed/$digest"
find "$passed" -type f -mtime +30 -delete
