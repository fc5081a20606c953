#!/bin/sh
# Holds the includes of harness/ to scripts/rooms.txt: check-rooms.sh FILE…; exit status 1 when one is against it. Each include
# names its room. The main files and the tests stand outside: they include what they need.
set -eu
exec awk '
function complain(text) {
    print text
    found = 1
}
FILENAME == "scripts/rooms.txt" {
    name = $1
    sub(/:.*/, "", name)
    if (/^private:/)
        for (i = 2; i <= NF; i++)
            private[$i] = 1
    else if (/^[a-z]+:/) {
        for (i = 2; i <= NF; i++) {
            if (!($i in rooms))
                complain(FILENAME ":" FNR ": " name " names " $i ", which does not stand above it")
            may[name, $i] = 1
        }
        rooms[name] = 1
    }
    next
}
FNR == 1 {
    own = ""
    if (split(FILENAME, parts, "/") == 3 && parts[1] == "harness" && parts[2] != "fuzz")
        own = parts[2]
    if (own != "" && !(own in rooms))
        complain(FILENAME ": " own " is no room of scripts/rooms.txt")
}
parts[1] == "harness" && /^[ \t]*#[ \t]*include[ \t]*"/ {
    split($0, quoted, "\"")
    header = other = quoted[2]
    if (!sub(/\/.*/, "", other)) {
        if (parts[2] != "fuzz" && header !~ /^pqpool/)
            complain(FILENAME ":" FNR ": \"" header "\" does not name its room")
    } else if (own != "" && other != own) {
        if (!((own, other) in may))
            complain(FILENAME ":" FNR ": " own " may not include " other ": \"" header "\"")
        else if (header in private || header ~ /\/internal\.h$/)
            complain(FILENAME ":" FNR ": \"" header "\" is private to " other)
    }
}
END { exit found }' scripts/rooms.txt "$@"
