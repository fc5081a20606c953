#!/bin/bash
# Installs the Debian packages that hangup needs; does nothing, quickly, when they are there.
# usage: install-packages.sh [--check] PURPOSE…     purposes: build kernel image npm test bench release browser engines
#   --check   installs nothing, prints the missing packages; exit status 1 when there are any
set -euo pipefail

# The one list. Each line: purpose, package, why.
packages='
build   make                  the build
build   gcc                   the compiler
build   libc6-dev             its headers
build   pkg-config            finds the libraries below
build   libyaml-dev           scenarios are YAML; libyaml gives each value its line and column
build   libjansson-dev        traces, results and the subject protocol are JSON
build   libpcap-dev           packets are captured on both sides of the router
build   libnftables-dev       the router filters and tracks connections
build   libnetfilter-conntrack-dev  what the router still knows of a connection
build   libnl-3-dev           netlink: hosts, links, addresses, routes
build   libnl-route-3-dev     netlink: queues that delay and lose (netem)
build   libpq-dev             the C pool and the ledger talk to PostgreSQL
build   libssl-dev            certificates of the cell, digests of traces
kernel  make                  the kernel is built where hangup is only installed, too
kernel  gcc                   its compiler
kernel  libc6-dev             headers, for the programs that build it
kernel  xz-utils              unpacks the source that scripts/kernel-source.sh finds
kernel  patch                 the few lines that are changed in it (scripts/kernel)
kernel  flex                  the kernel build reads its configuration with it
kernel  bison                 the same
kernel  bc                    the kernel build computes its time constants with it
image   mmdebstrap            unpacks a Debian release into a folder, as root or in a user namespace
image   uidmap                the numbers of others that an ordinary user needs for that
release zstd                  packs the release
bench   default-jdk-headless            the Java side of make bench
bench   libhikaricp-java                the pool that pqpool is compared with
bench   libslf4j-java                   it writes its log with that
browser chromium              make test-report opens report.html in it (with npm: harness/tests/browser/package-lock.json)
npm     npm                   the libraries of the Node subjects, pinned in pool/subjects/node/package-lock.json
engines parallel              runs the parts of a run side by side: make test-ci, scripts/ci/parallel.sh
engines slurm-wlm             the same as tasks of an array: a cluster of this one machine
engines munge                 what that cluster knows its own by
engines python3-yaml          reads the steps of CI files for that
test    libcmocka-dev         unit tests
test    postgresql            the server that tests of pqpool start
test    python3               what the cell tests read results with
test    python3-sqlalchemy    the program of the tests of exec
test    python3-psycopg2      its driver
test    python3-pytest        tests of an application that ask for faults (hangup exec)
test    clang                 the second compiler
test    libclang-rt-dev       its sanitizers and libFuzzer: clang of Debian 13 comes without
test    ccache                make test builds five times: what has not changed is not built again
test    clang-format-19       layout: one version, in Debian 12 and 13, since each has a layout of its own
test    clang-tidy-19         lint: the same
test    cppcheck              lint
test    shellcheck            lint of the scripts
test    perl                  prove, which runs the tests and reads their TAP
test    zstd                  packs the release that a test unpacks
test    busybox-static        all that there is where the release must run
test    tshark                reads the messages in a capture with the keys in it
test    libxml2-utils         xmllint, which validates junit.xml
test    python3-jsonschema    holds every scenario to scenarios/schema.json
test    python3-yaml          reads scenarios for that as editors do
'

say() {
    echo "install-packages.sh: $*" >&2
}

check_only=
if [ "${1:-}" = --check ]; then
    check_only=yes
    shift
fi
purposes=" $* "
[ $# -gt 0 ] || purposes=' build kernel image test '

wanted=()
while read -r purpose package _; do
    case $purposes in
    *" $purpose "*) wanted+=("$package") ;;
    esac
done <<<"$packages"
[ "${#wanted[@]}" -gt 0 ] || { say "no such purpose:$purposes"; exit 2; }

# dpkg-query fails when it knows nothing of a package; what it does know still counts.
installed=" $(dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' "${wanted[@]}" 2>/dev/null |
    sed -n 's/^.i *//p' | tr '\n' ' ')" || true
missing=()
for package in "${wanted[@]}"; do
    case $installed in
    *" $package "*) ;;
    *) missing+=("$package") ;;
    esac
done
[ "${#missing[@]}" -gt 0 ] || exit 0
if [ -n "$check_only" ]; then
    echo "${missing[*]}"
    exit 1
fi

say "installing what is missing to make, run and test hangup: ${missing[*]}"
as_root=()
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
        say "this needs root, and there is no sudo. As root: apt-get install ${missing[*]}"
        say "or, when they are there in another way: HANGUP_NO_SETUP=1 make"
        exit 1
    fi
    as_root=(sudo)
    sudo true || { say "as root: apt-get install ${missing[*]}"; exit 1; }
fi
command -v apt-get >/dev/null || { say "this is no Debian: install ${missing[*]}, then HANGUP_NO_SETUP=1 make"; exit 1; }

# hangup starts its own servers. Debian's package would make one more and start it on port 5432, for nobody: not while we
# install. The machine's own setting is as before afterwards.
no_cluster=/etc/postgresql-common/createcluster.d/hangup.conf
undo() {
    "${as_root[@]}" rm -f "$no_cluster"
    "${as_root[@]}" rmdir --ignore-fail-on-non-empty "${no_cluster%/*}" "${no_cluster%/*/*}" 2>/dev/null || true
}
log=$(mktemp)
trap 'rm -f "$log"; undo' EXIT
"${as_root[@]}" mkdir -p "${no_cluster%/*}"
echo 'create_main_cluster = false' | "${as_root[@]}" tee "$no_cluster" >/dev/null

apt() {
    # </dev/null: nothing may ask, and nothing may eat the input of a script that calls us.
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 \
        apt-get -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confold "$@" </dev/null
}

# Of apt's hundreds of lines: one that is rewritten on a terminal, one per 15 s in a pipe. All of them when it failed.
show_progress() {
    local line last=$SECONDS
    while IFS= read -r line; do
        echo "$line" >>"$log"
        if [ -t 2 ]; then
            printf '\r  %.76s\033[K' "$line" >&2
        elif [ $((SECONDS - last)) -ge 15 ]; then
            last=$SECONDS
            echo "  $line" >&2
        fi
    done
    [ ! -t 2 ] || printf '\r\033[K' >&2
}

# An update may fail for somebody else's repository while ours is fine: only a failed installation counts.
say 'reading the package lists'
apt -q update 2>&1 | show_progress || say 'not all package lists could be read; trying with those that are there'
say 'downloading and installing, in a minute or two'
if ! apt -q -y -o Dpkg::Use-Pty=0 --no-install-recommends install "${missing[@]}" 2>&1 | show_progress; then
    cat "$log" >&2
    say "apt-get could not install: ${missing[*]}"
    exit 1
fi
