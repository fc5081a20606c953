#!/bin/sh
# Puts the page of reports together, one file that needs nothing else, and prints it as C: embed-page.sh FOLDER >page.c
# page.html names its parts by lines of their own: <!-- style.css --> and <!-- modules: a.js b.js --> (in the order of their
# imports, which go; a name stands for one thing in all of them). <!-- data --> parts what stands before the data from the rest.
set -eu
cd "$1"
page() {
    while IFS= read -r line; do
        case $line in
        '<!-- style.css -->')
            echo '<style>'
            cat style.css
            echo '</style>' ;;
        '<!-- modules: '*)
            files=${line#<!-- modules: }
            echo '<script type="module">'
            # shellcheck disable=SC2086 # words
            sed '/^import .* from /d; s/^export //' ${files% -->}
            echo '</script>' ;;
        *) printf '%s\n' "$line" ;;
        esac
    done <page.html
}
bytes() {
    printf 'const unsigned char report_page_%s[] = {\n' "$1"
    od -An -v -tx1 | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1,/g'
    printf '};\nconst size_t report_page_%s_size = sizeof(report_page_%s);\n' "$1" "$1"
}
echo '#include "report/page.h"'
page | sed '/^<!-- data -->$/,$d' | bytes before
page | sed '1,/^<!-- data -->$/d' | bytes after
