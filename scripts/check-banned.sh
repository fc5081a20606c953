#!/bin/sh
# Finds what the rules of this project forbid: check-banned.sh FILE…; exit status 1 when there is any.
set -eu
exec awk '
function forbid(functions, reason) {
    if (code ~ "(^|[^A-Za-z0-9_])(" functions ")[ \t]*\\(") {
        print FILENAME ":" FNR ": " $0 "    <- " reason
        found = 1
    }
}
function forbid_include(headers, reason) {
    if ($0 ~ "^[ \t]*#[ \t]*include[ \t]*\"pqpool_(" headers ")\\.h\"") {
        print FILENAME ":" FNR ": " $0 "    <- " reason
        found = 1
    }
}
{
    code = $0
    gsub(/"([^"\\]|\\.)*"/, "\"\"", code)
    sub(/\/\/.*/, "", code)
    forbid("strcpy|strcat|stpcpy|sprintf|vsprintf|strtok|gets", "knows no length")
    forbid("atoi|atol|atoll|atof", "sees no error: strtol")
    forbid("system|popen|mktemp|tmpnam|tempnam", "no shell, no races: posix_spawn, mkstemp")
}
# The two that may ask for the time. Everybody else is handed it: what is tested must not depend on the clock.
FILENAME !~ /^(harness\/base\/clock\.c|pool\/pqpool_clock\.c)$/ {
    forbid("clock_gettime|gettimeofday|timespec_get|time|ftime|clock", "ask clock.c, or pqpool_clock.c in the pool")
}
# Everybody else asks event_wait.h, which tells a signal from an error.
FILENAME ~ /^harness\/[^\/]*\/[^\/]*\.c$/ && FILENAME !~ /^harness\/(base\/event_wait\.c|fuzz\/)/ {
    forbid("poll|ppoll|select|pselect", "event_wait.h")
}
# What is below a results folder is opened by folder.h, and numbers out of it are read by json_number.h.
FILENAME ~ /^harness\/(trace|verdict|result|report|plan)\/[^\/]*\.c$/ {
    forbid("fopen|open|openat|opendir|scandir|unlink|rename|symlink|json_load_file|json_dump_file", "base/folder.h")
}
FILENAME ~ /^harness\/(trace|verdict|result)\/[^\/]*\.c$/ {
    forbid("json_integer_value", "base/json_number.h")
}
# -Iharness would find them; a header of the harness names its room.
FILENAME ~ /^pool\// && /^[ \t]*#[ \t]*include[ \t]*"(base|contract|scenario|subject|plan|trace|verdict|result|report|net|lab|fault|session|host|exec|atlas|command)\// {
    print FILENAME ":" FNR ": " $0 "    <- the pool stands alone"
    found = 1
}
# Not every path sets it, and every path may show it.
code ~ /^(static )?struct .*\{/ { in_struct = code !~ /\}/ }
code ~ /^\}/ { in_struct = 0 }
!in_struct && FILENAME ~ /^harness\/([a-z]+\/)?[^\/]*\.c$/ && code ~ /^[ \t]+struct error [a-z_]+;/ {
    print FILENAME ":" FNR ": " $0 "    <- = {0}"
    found = 1
}
# A backtrace names functions, not files: within the programs and pqpool a static function has its name for itself.
FILENAME ~ /^(harness\/([a-z]+\/)?|pool\/(bench\/)?)[^\/]*\.c$/ && FILENAME !~ /^harness\/fuzz\// && match(code, /^static [^=;()]*[A-Za-z0-9_]+\(/) {
    name = substr(code, 1, RLENGTH - 1)
    sub(/.*[^A-Za-z0-9_]/, "", name)
    if (name in home && home[name] != FILENAME) {
        print FILENAME ":" FNR ": " $0 "    <- " home[name] " has a function of this name, too"
        found = 1
    }
    home[name] = FILENAME
}
# What pqpool does without a pool, without the lock, and with it held: a source includes what it may touch.
FILENAME ~ /^pool\/pqpool_(base\.h|exchange\.h|(clock|disconnect|error|exchange|hosts|options|round_trip|target)\.c)$/ {
    forbid_include("types|monitor|owner|handle", "it knows no pool")
}
FILENAME ~ /^pool\/pqpool_(exec|handle|next_step|reset)\.c$/ {
    forbid_include("monitor", "it never has the lock")
}
FILENAME ~ /^pool\/pqpool_(turn|waiter)\.c$/ {
    forbid_include("owner", "it has the lock")
}
END { exit found }' "$@"
