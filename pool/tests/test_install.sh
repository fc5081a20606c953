#!/bin/bash
# pqpool as somebody else uses it: installed into a folder, found by pkg-config, linked into the example. TAP on stdout.
. "$(dirname "$0")/../../harness/tests/cells/tap.sh"

prefix=$work/installed
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig LD_LIBRARY_PATH=$prefix/lib
version=$(sed -n 's/^#define PQPOOL_VERSION "\(.*\)"/\1/p' pool/pqpool.h)
library=$prefix/lib/libpqpool.so

# What the header declares, and what the library gives away.
declared() {
    grep -vE '^ *//|^typedef' pool/pqpool.h | grep -oE '\bpqpool_[a-z_]+\(' | tr -d '(' | sort -u
}
exported() {
    nm -D --defined-only "$library" | awk '{ print $3 }' | sort -u
}
says() { # says TEXT COMMAND…
    local text=$1
    shift
    [ "$("$@" 2>&1)" = "$text" ]
}

check 'make install fills a folder' env HANGUP_NO_SETUP=1 make -s install "PREFIX=$prefix"
check 'pkg-config knows the version' says "$version" pkg-config --modversion pqpool
check 'the example builds with cc and pkg-config alone' \
    sh -c "cc -Wall -Wextra -Werror pool/examples/example.c \$(pkg-config --cflags --libs pqpool) -o $prefix/example"
check 'the example is linked with the shared library' sh -c "ldd $prefix/example | grep -q 'libpqpool.so.1 => $prefix/lib/'"
check 'the example says why it cannot connect' \
    sh -c "$prefix/example 'host=$prefix dbname=none' 2>&1 | grep -q '^example: .*No such file or directory'"
check 'it builds with C++, too' \
    sh -c "echo '#include <pqpool.h>' | clang++ -x c++ -Wall -Wextra -Werror -fsyntax-only \$(pkg-config --cflags pqpool) -"
check 'the library gives away what the header declares, and nothing else' says "$(declared)" exported
check 'there is something to give away' test "$(exported | wc -l)" -ge 8
if command -v groff >/dev/null; then
    check 'groff finds no fault in the manual page' says '' groff -man -ww -z "$prefix/share/man/man3/pqpool.3"
else
    tests=$((tests + 1))
    echo "ok $tests - groff finds no fault in the manual page # SKIP no groff"
fi
finish
