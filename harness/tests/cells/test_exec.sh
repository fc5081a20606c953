#!/bin/bash
# hangup exec: any program, unchanged, in host app. What it says, what it exits with and what it may touch is as outside; what
# happens to its connections is not.
. "$(dirname "$0")/tap.sh"
. "$(dirname "$0")/lab.sh"

apps=$(realpath harness/tests/apps)
PATH=/usr/local/bin:/usr/bin:/bin # Debian's Python, not one of the user's

digests() {
    sha256sum <"$work/$1/events.jsonl"
    sha256sum <"$work/$1/capture.pcap"
}

same_bytes() {
    diff <(digests "$1") <(digests "$2")
}

# --- an ordinary script on SQLAlchemy: the reason why exec exists. Breaks with: a scenario's fault that is not applied, or not
# at its time; an environment that does not lead to the database.
lab plain idle/hung-up -- python3 "$apps/app.py" </dev/null
exits 1 'without pre-ping'
check 'without pre-ping it sees the end of file' told plain 'psycopg2.OperationalError: SSL SYSCALL error: EOF detected'
check 'the report names the fault, its time and its hits' told plain '^ +60\.000 s  server kill-backend: 1 hit$'
lab pinged idle/hung-up -- python3 "$apps/app.py" --pre-ping </dev/null
exits 0 'with pre-ping'
check 'with pre-ping it writes both rows' said pinged 'wrote after lunch'
check 'with pre-ping it sees no error' test -z "$(grep Error "$work/pinged.err")"
check 'waiting two minutes costs no two minutes' "${python[@]}" -c \
    'import json, sys; r = json.load(open(sys.argv[1])); sys.exit(not (r["lab_s"] > 120 and r["wall_s"] < 100))' "$work/pinged/exec.json"
lab again idle/hung-up -- python3 "$apps/app.py" --pre-ping </dev/null
check 'the same program and seed give the same bytes' same_bytes pinged again
(cd "$work" && env -i HOME="$HOME" PATH="$PATH" TERM=dumb SSH_TTY=/dev/pts/9 SHLVL=5 ${HANGUP_CACHE:+HANGUP_CACHE="$HANGUP_CACHE"} \
    "$hangup" exec idle/hung-up --seed 8 --out other -- python3 "$apps/app.py" --pre-ping </dev/null >other.out 2>other.err)
check 'another seed gives others' test "$(digests pinged)" != "$(digests other)"

# --- afterwards. Breaks with: a report that the trace does not give again, a report that names another folder.
cp "$work/plain/exec.json" "$work/exec.json"
status=0
"$hangup" report "$work/plain" >"$work/later.out" 2>"$work/later.err" || status=$?
exits 0 'hangup report of its folder'
check 'tells the same report, byte for byte' cmp "$work/later.out" <(sed -n '/^hangup: idle/,$p' "$work/plain.err")
check 'prints exec.json' cmp "$work/exec.json" <("$hangup" report --format json "$work/plain")
check 'and writes it as it was' cmp "$work/exec.json" "$work/plain/exec.json"
mkdir "$work/damaged"
cp "$work/plain/"*.json* "$work/plain/postgres.log" "$work/damaged"
status=0
"$hangup" report "$work/damaged" >"$work/damaged.out" 2>"$work/damaged.err" || status=$?
exits 3 'hangup report of a damaged one'
check 'names what is missing' grep -q "$work/damaged/capture.pcap: No such file" "$work/damaged.out"
check 'and leaves what was known' cmp "$work/exec.json" "$work/damaged/exec.json"

# --- replay. Breaks with: a secret that is written down, an input or a file that is not, a difference that is passed over, a
# program that a stored folder lets write to this machine.
again() {
    status=0
    TMPDIR=$work "$hangup" replay "$work/$1" >"$work/replay.out" 2>"$work/replay.err" </dev/null || status=$?
}
cp "$apps/app.py" "$work/mine.py"
printf 'from stdin\n' >"$work/asked"
TOKEN=hunter2 lab given idle/hung-up -- sh -c 'cat; env | sort; exec python3 "$0" --pre-ping' "$work/mine.py" <"$work/asked"
exits 0 'a program with an input'
check 'no secret is written down' test -z "$(grep -rl hunter2 "$work/given" --exclude stdout.log)"
check 'only its owner reads what it was given' test "$(stat -c %a "$work/given/given.json" "$work/given/given.stdin" | tr '\n' ' ')" = '600 600 '
check 'the files that it read are named with their digests' grep -q "\"$work/mine.py\": \"$(sha256sum <"$work/mine.py" | cut -c 1-64)\"" "$work/given/given.json"
check 'the program itself, and its libraries' test "$(grep -cE '"/usr/[^"]*(python3|libpq\.so|sqlalchemy)[^"]*": "[0-9a-f]{64}"' "$work/given/given.json")" -gt 10
TOKEN=hunter2 again given
exits 0 'hangup replay of its folder'
check 'the same bytes, and the same output' test "$(grep -cE '^(events.jsonl|capture.pcap|stdout.log|stderr.log) +same' "$work/replay.out")" = 4
check 'says whose value was not kept' told replay '^hangup: variables whose values were not kept, taken as they are now: .*TOKEN'
again given
exits 1 'without that variable'
check 'says that it is not set' told replay '^hangup: variables that are not set any more: .*TOKEN'
sed -i 's/before lunch/before tea/' "$work/mine.py"
TOKEN=hunter2 again given
exits 1 'another program'
check 'the changed file is named first' told replay "files that were opened are others now: $work/mine.py"
check 'and the output is another' grep -qE '^stdout.log +different' "$work/replay.out"
mkdir "$work/gift"
lab writes steady/price --writable "$work/gift" -- sh -c 'echo x >>"$0/file"' "$work/gift" </dev/null
again writes
check 'a replay writes nothing' test "$(cat "$work/gift/file")" = x
check 'and says so' told replay 'its --writable folders are not written to now'
lab silent steady/price --no-replay -- true </dev/null
again silent
exits 2 '--no-replay'
check 'says that nothing was kept' told replay 'what the program was given was not kept'
check 'and nothing was' test ! -e "$work/silent/given.json"

# --- streams. Breaks with: a stream that is a file inside (`>/dev/stderr` would cut it), output that hangup adds to, input that
# comes late or not at all, two streams that lose their order.
printf 'one\ntwo\n\0three' >"$work/input"
lab streams steady/price -- sh -c 'cat; echo error >/dev/stderr; printf "\\377\\000end" >/dev/stdout; echo more >&2' <"$work/input"
exits 0 'cat'
check 'standard output is what the program wrote, byte for byte' cmp "$work/streams.out" <(cat "$work/input" && printf '\377\0end')
check 'standard error has its lines first, then the report' test "$(head -n 2 "$work/streams.err" | tr '\n' ' ')" = 'error more '
status=0
echo piped | "$hangup" exec steady/price --quiet --out "$work/both" -- \
    sh -c 'read x; for i in 1 2 3; do echo "$x $i"; echo "error $i" >&2; done' >"$work/both.out" 2>&1 || status=$?
check 'output and errors into one pipe keep their order' test \
    "$(tr '\n' ' ' <"$work/both.out")" = 'piped 1 error 1 piped 2 error 2 piped 3 error 3 '
lab closed steady/price -- sh -c 'cat; exit 9' <&-
exits 9 'standard input is closed'
status=0
"$hangup" exec steady/price --quiet --out "$work/pipe" -- yes </dev/null 2>"$work/pipe.err" | head -n 1 >"$work/pipe.out"
status=${PIPESTATUS[0]}
exits 141 'who reads the output goes away'
check 'what only the guest needed does not stay in the results' test -z "$(find "$work" -name stdin -o -name program.json)"

# --- exit status. Breaks with: a signal that becomes a plain status, hangup's own failures among the program's.
lab killed steady/price -- sh -c 'kill -KILL $$' </dev/null
exits 137 'killed by SIGKILL'
lab missing steady/price -- no-such-program </dev/null
exits 127 'a program that is not there'
check 'it is named' told missing 'no-such-program: No such file or directory'
touch "$work/no-program" && chmod 644 "$work/no-program"
lab refused steady/price -- "$work/no-program" </dev/null
exits 126 'a file that is no program'
lab late steady/price --timeout 30s -- sh -c 'trap "echo told; exit 5" TERM; sleep 1000 & wait' </dev/null
exits 124 '--timeout'
check 'the program is told first' said late told
HANGUP_STUCK_CPU_S=2 lab spins steady/price -- sh -c 'while :; do :; done' </dev/null
exits 125 'a program that spins'
check 'is told from one that waits' told spins '^hangup: watchdog: .* a process in the guest spins'
lab nothing idle/reset --strict -- true </dev/null
exits 3 '--strict: a fault whose time did not come'
check 'the report says so' told nothing 'rst to-app: its time did not come'

# bad NAME PATTERN ARGUMENTS…: a command line that is wrong: 125, and said in one line.
bad() {
    local name=$1 pattern=$2
    shift 2
    status=0
    "$hangup" "$@" >"$work/bad.out" 2>"$work/bad.err" </dev/null || status=$?
    exits 125 "$name"
    check "$name: says why" told bad "$pattern"
    check "$name: in one line, nothing on standard output" test "$(wc -l <"$work/bad.err")$(wc -c <"$work/bad.out")" = 10
}
bad 'no command' 'a command is missing: .*hangup exec idle/reset -- COMMAND' exec idle/reset --
bad 'no --' 'behind `--`' exec idle/reset true
bad 'no -- and options of the command' 'behind `--`' exec psql -c 'SELECT 1'
bad 'a fault without a time' "--fault 'silence': 'silence' is no time: .*60s silence both for 30s" exec --fault silence -- true
bad 'a fault with a typo' "--fault '60s silense': .*did you mean 'silence'" exec --fault '1s silence' --fault '60s silense' -- true
bad 'an unknown scenario' "did you mean 'idle/reset'" exec idle/resett -- true
bad 'a folder of scenarios' 'idle stands for .* scenarios: expected one' exec idle -- true
bad 'no duration' '--timeout 30: the unit is missing' exec idle/reset --timeout 30 -- true
bad 'nothing to write to' '--writable /nowhere: No such file' exec idle/reset --writable /nowhere -- true
mkdir -p "$work/elsewhere"
bad 'results below what is writable' 'one lies in the other' exec idle/reset --writable "$work" --out "$work/below/results" -- true
bad 'what is writable below the results' 'one lies in the other' exec idle/reset --writable "$work/elsewhere" --out "$work" -- true
bad 'a folder of the kernel' 'the lab has a /proc of its own' exec idle/reset --writable /proc -- true
bad 'a shell with a command' 'a shell takes no command' shell -- true

# --- signals from outside. Breaks with: a hangup that dies of the signal and leaves the program alone, or the guest behind.
"$hangup" exec steady/price --lab realtime --out "$work/signal" -- \
    sh -c 'trap "echo got TERM; exit 7" TERM; echo ready; while :; do sleep 0.1; done' >"$work/signal.out" 2>"$work/signal.err" </dev/null &
pid=$!
for _ in {1..300}; do
    ! grep -q ready "$work/signal.out" || break
    sleep 0.1
done
kill -TERM "$pid"
status=0
wait "$pid" || status=$?
exits 7 'SIGTERM is passed on'
check 'the program caught it' said signal 'got TERM'
no_guest_is_left 'SIGTERM'

# --- files. Breaks with: a lab that is not sealed, a trace that the program can reach.
mkdir -p "$work/files/results" "$work/elsewhere"
echo old >"$work/elsewhere/file"
lab files-out steady/price --writable "$work/files" -- sh -c "
    pwd; cd '$work' && cat elsewhere/file
    echo new >elsewhere/file && cat elsewhere/file
    mkdir files/results/deep && echo kept >files/results/deep/file && chmod 640 files/results/deep/file
    echo x >>files-out/events.jsonl || echo 'the trace is out of reach'" </dev/null
check 'it runs where it was started' said files-out "$PWD"
check 'it reads what is there' said files-out old
check 'it may write anywhere' said files-out new
check 'outside nothing has changed' test "$(cat "$work/elsewhere/file")" = old
check 'but for what is writable' test "$(cat "$work/files/results/deep/file")" = kept
check 'with its permissions' test "$(stat -c %a "$work/files/results/deep/file")" = 640
check 'the trace is out of reach' said files-out 'the trace is out of reach'
check 'and whole' test -z "$(grep -x x "$work/files-out/events.jsonl")"

# --- a fault at a line. Breaks with: a request that is answered before the fault is in place, a fault that never ends.
lab line steady/price -- sh -c '
    hangup fault silence --for 1s --wait; echo "nothing $?"
    psql -Atc "SELECT 1"
    hangup fault silence --for 30s; psql -Atc "SELECT 2"
    hangup fault server kill-backend; hangup fault silence to-db; hangup fault clear 3; hangup fault clear
    hangup fault silence --for 1s --wait; echo "wait $?"
    hangup fault silense; echo "unknown $?"
    hangup fault server; echo "which $?"
    hangup fault silence --for 3; echo "unit $?"
    hangup fault flow_table; echo "table $?"
    hangup fault clear foo; echo "word $?"
    hangup fault clear 99; echo "number $?"
    hangup fault clear 3; echo "ended $?"; hangup fault clear 1' </dev/null
check 'psql, unchanged, works through a silence' said line 2
check 'each fault has a number' said line 'fault 3: silence to-db'
check 'clear ends it' said line 'fault 3: over, 0 hits'
check '--wait: it hit nothing' said line 'nothing 1'
check '--wait: it hit something' said line 'wait 0'
check 'the silence has hit' told line 'silence both for 30s, until [0-9.]* s: [1-9][0-9]* hits'
for word in unknown which unit table word number; do
    check "a wrong fault is refused: $word" said line "$word 2"
done
check 'and told as in a scenario' told line "^hangup: fault: unknown key or fault 'silense' \(did you mean 'silence'\?\)"
check 'to clear what has ended already is no error' said line 'ended 0'
check 'and tells what it hit' grep -qx 'fault 1: over, [1-9][0-9]* hits' "$work/line.out"
status=0
"$hangup" fault silence >"$work/outside.out" 2>"$work/outside.err" || status=$?
exits 2 'outside the lab there is no fault'
check 'and that is said' told outside 'not inside the lab'

# --- pytest. Breaks with: a fixture that is not found, a fault of one test that reaches the next.
if python3 -c 'import pytest' 2>/dev/null; then
    lab pytest steady/price -- python3 -m pytest -q "$apps/check_app.py" </dev/null
    exits 0 'pytest with the fixture'
    check 'all its tests pass' grep -q '5 passed' "$work/pytest.out"
    status=0
    PYTHONPATH=harness/exec_helpers python3 -m pytest -q -rs -p no:cacheprovider -p hangup_pytest "$apps/check_app.py" >"$work/skips" 2>&1 || status=$?
    exits 0 'outside the lab'
    check 'the tests that need the lab are skipped there, with the reason' test "$(grep -c "^SKIPPED.*not in hangup's lab" "$work/skips")" = 4
    mkdir "$work/bare"
    cp "$apps/check_app.py" "$apps/helpers/conftest.py" "$work/bare"
    status=0
    (cd "$work/bare" && python3 -m pytest -q -rs -p no:cacheprovider check_app.py) >"$work/skips" 2>&1 || status=$?
    exits 0 'where nothing of hangup is installed, with what conftest.py says'
    check 'the tests that need the lab are skipped as well' test "$(grep -c "^SKIPPED.*not in hangup's lab" "$work/skips")" = 4
    lab conftest -- sh -c "cd '$work/bare' && exec python3 -m pytest -q check_app.py" </dev/null
    check 'and none is in the lab' grep -q '5 passed' "$work/conftest.out"
else
    report 0 'pytest with the fixture # SKIP python3-pytest is not installed'
fi

# --- a terminal. Breaks with: a program that sees none, keys that do not arrive, a terminal that is left raw.
terminal() {
    local name=$1
    shift
    status=0
    "${python[@]}" harness/tests/cells/terminal.py "$work/$name.out" "$@" || status=$?
}
terminal shell '$ ' 'tty; stty size; psql -Atc "SELECT 40+2"\n' 42 'sleep 100\n' 'sleep 100' '\x03' '$ ' 'exit 3\n' -- \
    env PS1='$ ' SHELL=/bin/sh "$hangup" shell --out "$work/shell"
exits 3 'hangup shell'
check 'the program has a terminal' grep -q '^/dev/pts/0' "$work/shell.out"
check 'of the size of ours' grep -q '^24 80\|^0 0' "$work/shell.out"
check 'Ctrl-C reached the program only' grep -q '\^C' "$work/shell.out"
check 'the terminal is as it was' grep -qx 'terminal as it was' "$work/shell.out"
terminal crash '$ ' 'echo typed\n' -- env PS1='$ ' SHELL=/bin/sh "$hangup" shell --out "$work/crash" &
pid=$!
for _ in {1..300}; do
    ! grep -q typed "$work/crash/terminal.log" 2>/dev/null || break
    sleep 0.1
done
# Not its guardian, which has the same command line: hangup is the child of terminal.py, and that of this shell's.
kill -KILL "$(pgrep -P "$(pgrep -P "$pid")")"
wait "$pid"
check 'after SIGKILL to hangup the terminal is as it was' grep -qx 'terminal as it was' "$work/crash.out"
no_guest_is_left 'terminals'
status=0
"$hangup" report "$work/crash" >"$work/killed.out" 2>"$work/killed.err" || status=$?
exits 3 'hangup report of what was killed'
check 'says how far it came' grep -q 'the guest ended before the program did' "$work/killed.out"

# --- somebody else. Breaks with: a step that needs root, files of the caller that the program cannot read.
if [ "$(id -u)" = 0 ]; then
    mkdir -p "$work/user/home"
    cache_for "$work/user/cache" 1234:1234
    echo secret >"$work/user/home/mine" && chmod 600 "$work/user/home/mine"
    chown -R 1234:1234 "$work/user/home"
    chown 1234:1234 "$work/user"
    as=(setpriv --reuid 1234 --regid 1234 --clear-groups env HOME="$work/user/home" HANGUP_CACHE="$work/user/cache")
    if "${as[@]}" test -x "$hangup" -a -r "$apps/app.py"; then
        lab user/out steady/price --writable "$work/user/home" -- sh -c \
            'id -u; cat ~/mine; psql -Atc "SELECT current_user"; echo new >~/new; cat /etc/shadow || echo refused; echo again >/dev/stdout' </dev/null
        exits 0 'an ordinary user'
        check 'is himself' said user/out 1234
        check 'reads his files' said user/out secret
        check 'has the database' said user/out app
        check 'owns what was written' test "$(stat -c %u "$work/user/home/new")" = 1234
        check 'reads nothing that is not his' said user/out refused
        check 'may open his streams once more' said user/out again
    else
        report 0 'an ordinary user # SKIP he cannot read this project'
    fi
    as=()
fi
no_guest_is_left 'exec'
finish
