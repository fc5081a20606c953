#!/bin/bash
# Makes the manual pages of hangup, one a command, from what the program says of itself: they cannot say anything else.
# usage: manual-pages.sh PROGRAM FOLDER     FOLDER gets hangup.1, hangup-run.1 ...
set -euo pipefail
export LC_ALL=C.UTF-8 COLUMNS=100000 # one line a paragraph
program=$(realpath "$1")
folder=$2

# By its plain name, whatever the folder it was built in.
hangup() {
    (exec -a hangup "$program" "$@")
}

# page NAME SUMMARY SEE-ALSO: of a help text on standard input, on standard output.
page() {
    awk -v name="$1" -v summary="$2" -v also="$3" -v version="$(hangup --version)" '
    function roff(text) { # as it is
        gsub(/\\/, "\\e", text)
        gsub(/-/, "\\-", text)
        return text ~ /^[.'\'']/ ? "\\&" text : text
    }
    function prose(text,    parts, count, i, out) { # `words` between backticks are typed
        count = split(roff(text), parts, "`")
        for (i = 1; i <= count; i++)
            out = out (i % 2 || i == count ? parts[i] : "\\fB" parts[i] "\\fR")
        return out
    }
    function section(title) { # once
        if (title != now)
            print ".SH " title
        now = title
    }
    BEGIN {
        printf ".TH %s 1 \"\" \"%s\" \"\"\n.SH NAME\n%s \\- %s\n.SH SYNOPSIS\n.nf\n", toupper(name), roff(version), roff(name), roff(summary)
        synopsis = 1
    }
    synopsis && sub(/^(usage: |       )/, "") { print "\\fB" roff($0) "\\fR"; next }
    synopsis { print ".fi"; synopsis = 0 }
    /^$/ { next }
    sub(/^Exit status: /, "") { section("EXIT STATUS"); print prose($0); next }
    /^  hangup / { print ".PP\n.in +4n\n.nf\n" roff(substr($0, 3)) "\n.fi\n.in"; next }
    /^  [^ ]/ { # `  --seed N   the seed`: two blanks before what it means
        if (/^  --/)
            section("OPTIONS")
        else if (now == "")
            section("DESCRIPTION")
        gap = match(substr($0, 3), /  +/)
        word = substr($0, 3, gap ? gap - 1 : length($0))
        print ".TP\n\\fB" roff(word) "\\fR\n" prose(gap ? substr($0, 3 + gap + RLENGTH - 1) : "")
        next
    }
    { section(now == "OPTIONS" || now == "EXIT STATUS" ? "NOTES" : now == "" ? "DESCRIPTION" : now); print ".PP\n" prose($0) }
    END { print ".SH SEE ALSO\n" also }'
}

environment() {
    cat <<'END'
.SH ENVIRONMENT
.TP
.B HANGUP_CACHE
an absolute path: the folder with the guest kernel, images and the database template (default: $XDG_CACHE_HOME/hangup, or ~/.cache/hangup)
.TP
.B HANGUP_IMAGE
the image to use where no \-\-image is given: a name, or a file
.TP
.B HANGUP_KERNEL
the guest kernel to use, instead of the one in the cache
.TP
.B HANGUP_GUEST
.BR seccomp " or " ptrace :
how the guest runs its processes (default: by seccomp, where the guest kernel knows it)
.TP
.B HANGUP_ROOT
the folder with scenarios, adapters and the atlas (default: the nearest folder above the program that has them)
.TP
.BR COLUMNS ", " NO_COLOR
the width of what is printed; no colours
.SH FILES
.TP
.I ./results
a folder for each run, below the folder in which hangup is called
END
}

rm -rf "$folder"
mkdir -p "$folder"
commands=$(hangup complete -- '' | grep -v '^help')
{
    hangup --help | page hangup 'shows what a connection pool does when the server hangs up without saying so' ''
} | sed '/^\.SH SEE ALSO/,$d' >"$folder/hangup.1"
{
    environment
    echo '.SH SEE ALSO'
    cut -f 1 <<<"$commands" | sed 's/-/\\-/g; s/.*/.BR hangup\\-& (1),/; $s/,$//'
} >>"$folder/hangup.1"
while IFS=$'\t' read -r command summary; do
    hangup help "$command" | page "hangup-$command" "$summary" '.BR hangup (1)' >"$folder/hangup-$command.1"
done <<<"$commands"
