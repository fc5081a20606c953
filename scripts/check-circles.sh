#!/bin/sh
# No two files of harness/ need each other, and no object needs one of a room that its own may not include: check-circles.sh
# FOLDER, where FOLDER holds the objects (build/obj/harness). Exit status 1 when one does.
set -eu
cd "$(dirname "$0")/.."
{
    sed 's/^/rooms /' scripts/rooms.txt
    sed -nE "s/^([a-z]+):.*/\1/p" scripts/rooms.txt | grep -vx private | while read -r room; do
        [ ! -d "$1/$room" ] || find "$1/$room" -name '*.o' -exec nm -A {} + | sed "s|^$1/||"
    done
} | awk '
$1 == "rooms" {
    if ($2 ~ /^[a-z]+:$/ && $2 != "private:") {
        room = substr($2, 1, length($2) - 1)
        may[room, room] = 1
        for (i = 3; i <= NF; i++)
            may[room, $i] = 1
    }
    next
}
# base/error.o:0000000000000000 T error_set, or base/error.o:                 U strerror
{
    file = $1
    sub(/\.o:.*/, "", file)
    symbol = $NF
    kind = $(NF - 1)
    if (kind == "U")
        needs[file] = needs[file] " " symbol
    else if (kind ~ /^[TDBRVW]$/)
        home[symbol] = file
    files[file] = 1
}
function visit(file,    count, names, i, other) {
    state[file] = "open"
    path[++depth] = file
    count = split(edges[file], names, " ")
    for (i = 1; i <= count; i++) {
        other = names[i]
        if (state[other] == "open") {
            text = other
            for (j = depth; path[j] != other; j--)
                text = text " <- " path[j]
            print "a circle: " text " <- " other
            found = 1
        } else if (state[other] == "")
            visit(other)
    }
    depth--
    state[file] = "done"
}
END {
    for (file in files) {
        split(file, parts, "/")
        count = split(needs[file], names, " ")
        for (i = 1; i <= count; i++) {
            other = home[names[i]]
            if (other == "" || other == file)
                continue
            split(other, parts2, "/")
            if (!((parts[1], parts2[1]) in may)) {
                print file " needs " names[i] " of " other ", and its room may not"
                found = 1
            }
            if (!((file, other) in known)) {
                known[file, other] = 1
                edges[file] = edges[file] " " other
            }
        }
    }
    for (file in files)
        if (state[file] == "")
            visit(file)
    exit found
}'
