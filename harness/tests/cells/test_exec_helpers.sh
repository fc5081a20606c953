#!/bin/bash
# Faults at the line of a test: the helpers for node:test, JUnit 5 and Go's testing, run by the image's Node and Java, and what
# leads the clients of each language to the database.
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/lab.sh"

helpers=$(realpath harness/exec_helpers)
examples=$(realpath harness/tests/apps/helpers)
cp "$examples"/* "$work"
cd "$work" || exit 1

# skips NAME REASON: a test that this machine cannot do.
skips() {
    report 0 "$1 # SKIP $2"
}

lab programs --inside -- sh -c 'for program in node java ruby php perl; do command -v $program; done' </dev/null

# has PROGRAM: the image does.
has() {
    grep -q "/$1\$" "$work/programs.out"
}

# --- Node. Breaks with: an authority that Node does not know, a helper that is not found, a fault of one test that reaches the next.
if has node; then
    export NODE_PATH=/usr/lib/hangup/subjects/node/node_modules # the image's node-postgres
    lab node --inside -- node --test app.test.js </dev/null
    exits 0 'node:test, and new Pool() with nothing but the environment'
    check 'all its tests pass' grep -qE '^# pass [45]$' "$work/node.out"
    check 'none is skipped' grep -qx '# skipped 0' "$work/node.out"
    check 'the silence is told with its end' told node 'silence both for 30s, until [0-9.]+ s: [1-9]'
else
    skips 'node:test' 'the image has no node: make peers'
fi
if command -v node >/dev/null; then
    cp "$helpers/hangup.js" "$work"
    status=0
    NODE_PATH="$work" node --test app.test.js >"$work/outside.out" 2>&1 || status=$?
    exits 0 'node:test outside of the lab'
    check 'skips what needs the lab' grep -qx '# skipped 3' "$work/outside.out"
else
    skips 'node:test outside of the lab' 'nodejs is not installed'
fi

# --- Java. Breaks with: a helper that does not compile, an answer that it does not understand.
jars=${JUNIT_JARS:-/usr/share/java}
if ! has java; then
    skips 'JUnit 5' 'the image has no java: make peers'
elif ! command -v javac >/dev/null || [ ! -e "$jars/junit-jupiter-engine.jar" ]; then
    skips 'JUnit 5' 'a compiler and its jars are missing here: apt-get install default-jdk-headless junit5'
else
    mkdir jars
    cp "$jars"/junit-{jupiter,platform}*.jar "$jars"/{opentest4j,apiguardian-api,picocli,univocity-parsers}.jar jars
    cp "$helpers/Hangup.java" "$work"
    check 'the helper and its test compile' javac --release 17 -cp 'jars/*' -d classes Hangup.java AppTest.java
    lab java --inside -- java -cp 'classes:jars/*' org.junit.platform.console.ConsoleLauncher -c AppTest </dev/null
    exits 0 'JUnit 5'
    check 'all its tests pass' grep -q '3 tests successful' "$work/java.out"
    java -cp 'classes:jars/*' org.junit.platform.console.ConsoleLauncher -c AppTest >outside.out 2>&1
    check 'outside of the lab they are skipped' grep -q '3 tests aborted' outside.out
fi

# --- Go. Breaks with: the same.
if command -v go >/dev/null; then
    mkdir -p go/hangup
    cp "$helpers/go/hangup.go" go/hangup
    cp "$examples/app_test.go" go
    (cd go && go mod init app) >init.out 2>&1
    check 'the helper and its test compile' env -C go CGO_ENABLED=0 GOCACHE="$work/cache" go test -c -o ../app.test
    lab golang --inside -- ./app.test -test.v </dev/null
    exits 0 "Go's testing"
    check 'all its tests pass' test "$(grep -c '^--- PASS' golang.out)" = 3
    ./app.test -test.v >outside.out 2>&1
    check 'outside of the lab they are skipped' grep -q '^--- SKIP: TestASilenceIsWaitedOut' outside.out
else
    skips "Go's testing" 'a compiler is missing here: apt-get install golang-go'
fi

# --- who vouches for the server. Breaks with: a variable that one of them does not look at.
if has ruby; then
    lab ruby --inside -- ruby -rpg -e 'puts PG.connect.exec("SELECT 40+2").getvalue(0, 0)' </dev/null
    check 'ruby-pg needs nothing but the environment' said ruby 42
    lab ruby-openssl --inside -- ruby -ropenssl -rsocket -e '
        plain = TCPSocket.new(ENV["PGHOST"], ENV["PGPORT"]); plain.write([8, 80877103].pack("NN")); plain.read(1)
        context = OpenSSL::SSL::SSLContext.new; context.set_params
        tls = OpenSSL::SSL::SSLSocket.new(plain, context); tls.connect; tls.post_connection_check(ENV["PGHOST"]); puts "verified"' </dev/null
    check 'what verifies with OpenSSL itself knows the authority' said ruby-openssl verified
fi
if has java; then
    lab truststore --inside -- keytool -list -cacerts -storepass changeit </dev/null
    exits 0 "Java's truststore"
    check "holds the lab's authority and no other" grep -q 'contains 1 entry' "$work/truststore.out"
fi
# Breaks with: a mount over the host's file that is then looked for below itself; every exec failed where Java was installed.
if [ -f /etc/ssl/certs/java/cacerts ]; then
    lab host-truststore -- sh -c 'stat -c "%s bytes" /etc/ssl/certs/java/cacerts; : >>/etc/ssl/certs/java/cacerts' </dev/null
    check "this machine's truststore is covered by the lab's" grep -qE '^[0-9]{3} bytes$' "$work/host-truststore.out"
    check 'and closed to writers' told host-truststore 'Read-only file system'
fi
no_guest_is_left 'helpers'
finish
