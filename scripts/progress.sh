# shellcheck shell=bash
# Sourced by scripts that take minutes: one line that says how far it is. Its user sets $log, where commands write, and
# $done_lines and $expected_lines: what a finished piece looks like in the log, and how many of them there are.
# shellcheck disable=SC2154

progress_started=$SECONDS
progress_reported=$SECONDS
step_pid=

# Rewrites one line on a terminal; in a pipe a line every 15 s.
report_progress() {
    local text
    text=$(printf '  %3d%%  %d:%02d  %s' "$2" $(((SECONDS - progress_started) / 60)) $(((SECONDS - progress_started) % 60)) "$1")
    if [ -t 1 ]; then
        printf '\r%s\033[K' "$text"
    elif [ $((SECONDS - progress_reported)) -ge 15 ]; then
        progress_reported=$SECONDS
        echo "$text"
    fi
}

# What comes next on standard output begins a line.
end_progress() {
    [ ! -t 1 ] || printf '\r\033[K'
}

# run_step TEXT COMMAND…: the command's output goes to the log, and comes up when it fails.
run_step() {
    local text=$1 pieces
    shift
    set -m # a process group of its own, so that all of it can be ended
    "$@" >>"$log" 2>&1 </dev/null &
    step_pid=$!
    set +m
    while kill -0 "$step_pid" 2>/dev/null; do
        pieces=$(grep -cE "$done_lines" "$log" || true)
        report_progress "$text" $((pieces < expected_lines ? 100 * pieces / expected_lines : 99))
        sleep 1
    done
    if ! wait "$step_pid"; then
        step_pid=
        end_progress
        tail -n 30 "$log" >&2
        fail "$text: failed, the whole output is in $log"
    fi
    step_pid=
}

end_step() {
    [ -z "$step_pid" ] || kill -- "-$step_pid" 2>/dev/null || true
}
