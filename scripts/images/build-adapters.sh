#!/bin/bash
# Runs in a build root that build-image.sh makes of a list's `build` packages: makes of /hangup/subjects and /hangup/probes, copies
# of pool/subjects and pool/probes, what cells find in the image below /usr/lib/hangup/subjects. Compilers stay behind in the build root.
# What a list has no compiler for is not made.
set -euo pipefail
export LC_ALL=C HOME=/hangup/home
umask 022
from=/hangup/subjects
probes=/hangup/probes
out=/hangup/out
mkdir -p "$HOME" "$out"

have() {
    [ -x "/usr/bin/$1" ]
}

# One line a jar: the first that this release has. Manifests name the links, so that they know no release.
if have javac; then
    mkdir -p "$out/java"
    while read -r name candidates; do
        for candidate in $candidates; do
            [ ! -e "/usr/share/java/$candidate.jar" ] || { ln -s "/usr/share/java/$candidate.jar" "$out/java/$name.jar" && break; }
        done
        [ -e "$out/java/$name.jar" ] || { echo "build-adapters.sh: none of these jars is here: $candidates" >&2; exit 1; }
    done <<'JARS'
gson gson
postgresql postgresql
HikariCP HikariCP
slf4j-api slf4j-api
slf4j-simple slf4j-simple
commons-dbcp2 commons-dbcp2
commons-pool2 commons-pool2
commons-logging commons-logging
tomcat-jdbc tomcat11-jdbc tomcat10-jdbc tomcat9-jdbc
tomcat-juli tomcat11-juli tomcat10-juli tomcat9-juli
c3p0 c3p0
JARS
    javac -Xlint:all,-path,-classfile -Werror -cp "$(printf '%s:' "$out"/java/*.jar)" -d "$out/java" "$from"/java/*.java "$probes"/java/*.java
fi

# Debian's libraries lie in a GOPATH and do not know their versions; the package does. -trimpath and no build id: the same bytes
# wherever and whenever it is built.
go_subject() {
    local package=$1 name=$2 version
    shift 2
    version=$(dpkg-query -W -f '${Version}' "$package")
    GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE=$HOME/go CGO_ENABLED=0 \
        go build -trimpath -ldflags "-s -w -buildid= -X main.packageVersion=$version" -o "$out/$name" "$@"
}
if have go; then
    cp "$from/go/subject.go" "$from"/go/*_error.go "$probes/go/" # the probes share them; go builds files of one folder
    for major in 4 5; do
        [ -d "/usr/share/gocode/src/github.com/jackc/pgx/v$major" ] || continue
        (cd "$from/go" && go_subject "golang-github-jackc-pgx-v$major-dev" "pgxpool${major}_subject" pgxpool.go "pgx$major.go" pgx_error.go subject.go)
        (cd "$probes/go" && go_subject "golang-github-jackc-pgx-v$major-dev" pgx_probe pgx_probe.go "pgx$major.go" pgx_error.go probe.go subject.go)
    done
    (cd "$from/go" && go_subject golang-github-lib-pq-dev database_sql_subject database_sql.go pq_error.go subject.go)
    (cd "$probes/go" && go_subject golang-github-lib-pq-dev lib_pq_probe lib_pq_probe.go pq_error.go probe.go subject.go)
fi

# A crate does not know its version; the folder that Debian has it in does. One cargo after the other, in one folder: what two pools
# need is compiled once. What a release does not package is not made.
registry=/usr/share/cargo/registry
crate_version() {
    local crate
    for crate in "$registry/$1"-[0-9]*; do
        [ ! -d "$crate" ] || echo "${crate#"$registry/$1-"}"
    done
}
if have cargo; then
    for crate in r2d2 deadpool bb8 sqlx postgres tokio-postgres; do
        export "$(tr a-z- A-Z_ <<<"$crate")_VERSION=$(crate_version "$crate")"
    done
    rust_program() {
        (cd "$1" && CARGO_TARGET_DIR=$HOME/rust cargo --config "$from/rust/config.toml" build --release)
        cp "$HOME/rust/release/$2" "$out/"
    }
    for pool in r2d2 deadpool bb8 sqlx; do
        [ -z "$(crate_version "$pool")" ] || rust_program "$from/rust/$pool" "${pool}_subject"
    done
    for client in tokio-postgres sqlx; do
        rust_program "$probes/rust/$client" "${client//-/_}_probe"
    done
fi

tar --sort=name --owner=0 --group=0 --numeric-owner -C "$out" -cf /hangup/adapters.tar .
