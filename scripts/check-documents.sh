#!/bin/bash
# Refuses a link between the documents that leads nowhere, and a README.md that is longer than a stranger reads.
# usage: check-documents.sh [FOLDER]     the project (default: the one of this script)
set -uo pipefail
export LC_ALL=C.UTF-8 # columns are characters
cd "${1:-$(dirname "$0")/..}" || exit 1
lines_max=140 columns_max=120
failed=0

refuse() {
    echo "$*" >&2
    failed=1
}

# "What is `x`?" is found as #what-is-x.
anchors() {
    sed -nE '/^```/,/^```/d; s/^#+ +//p' "$1" | tr '[:upper:]' '[:lower:]' | sed -E 's/[^[:alnum:] _-]//g; s/ /-/g'
}

# Targets of [text](target), one a line as LINE:TARGET; what stands in code is none.
links() {
    awk '/^```/ { code = !code } { print code ? "" : $0 }' "$1" | sed -E 's/`[^`]*`//g' |
        grep -noE '\]\([^) ]+\)' | sed -E 's/\]\((.*)\)$/\1/'
}

check_link() {
    local file=$1 line=$2 target=$3 path anchor
    case $target in
    http://* | https://* | mailto:*) return ;;
    esac
    path=${target%%#*} anchor=
    [[ $target != *'#'* ]] || anchor=${target#*#}
    path=${path:+$(dirname "$file")/$path}
    path=${path:-$file}
    if [ ! -e "$path" ]; then
        refuse "$file:$line: the link leads nowhere: $target"
    elif [ -n "$anchor" ] && ! anchors "$path" | grep -qxF -- "$anchor"; then
        refuse "$file:$line: no heading there has this name: $target"
    fi
}

check_size() {
    local line number=0
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1))
        [ ${#line} -le "$columns_max" ] || refuse "README.md:$number: ${#line} columns; at most $columns_max"
    done <README.md
    [ "$number" -le "$lines_max" ] || refuse "README.md: $number lines; at most $lines_max"
}

while IFS= read -r file; do
    while IFS=: read -r line target; do
        check_link "$file" "$line" "$target"
    done < <(links "$file")
done < <(find . -name '*.md' -not -path './build/*' -not -path './results/2*' -not -path '*/node_modules/*' | sed 's,^\./,,')
check_size
exit "$failed"
