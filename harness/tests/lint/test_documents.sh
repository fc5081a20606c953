#!/bin/bash
# The documents stay usable: a link that leads nowhere and a README.md that is too long are found. Breaks with: a check that reads
# nothing, counts bytes for columns, or stops at its first line.
. "$(dirname "$0")/lint_tap.sh"

# plant FILE TEXT: the only documents are this one and a README.md.
plant() {
    rm -rf "$work/tree"
    mkdir -p "$work/tree/there"
    printf '# What it shows\n' | tee "$work/tree/README.md" >"$work/tree/there/other.md"
    printf '%s\n' "$2" >"$work/tree/$1"
}

# refuses TEXT NAME: the check fails, and says TEXT.
refuses() {
    local said
    said=$(scripts/check-documents.sh "$work/tree" 2>&1) && said=nothing
    grep -qF "$1" <<<"$said"
    report $? "$2"
}

accepts() {
    scripts/check-documents.sh "$work/tree" >"$work/said" 2>&1
    report $? "$1"
    sed 's/^/# /' "$work/said"
}

plant there/page.md '[a](other.md) and [b](missing.md)'
refuses 'there/page.md:1: the link leads nowhere: missing.md' 'a link to no file, behind a good one'
plant there/page.md '[a](other.md#what-it-hides)'
refuses 'there/page.md:1: no heading there has this name: other.md#what-it-hides' 'a link to no heading'
plant there/page.md '[a](../README.md#what-it-shows), [b](other.md#what-it-shows), [c](https://example.org/none), `[d](none.md)`'
accepts 'links that lead somewhere, links out of the project, and code'
plant README.md "$(printf 'é%.0s' {1..120})"
accepts 'a line of 120 columns, of two bytes each'
plant README.md "$(printf 'x%.0s' {1..121})"
refuses 'README.md:1: 121 columns; at most 120' 'a line of 121 columns'
plant README.md "$(yes line | head -n 141)"
refuses 'README.md: 141 lines; at most 140' 'a README.md of 141 lines'
plant README.md "$(yes line | head -n 140)"
accepts 'a README.md of 140 lines'
echo "1..$tests"
