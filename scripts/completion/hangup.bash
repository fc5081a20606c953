# Completion of hangup for bash. The program itself says what may come next: `hangup complete`. Where it says nothing, bash
# completes files.
# shellcheck shell=bash
_hangup() {
    local line=${COMP_LINE:0:COMP_POINT} current strip words
    # bash breaks words at ':' and '=', and pqpool:none is one word.
    read -ra words <<<"$line"
    [[ $line != *[[:space:]] ]] || words+=('')
    current=${words[-1]}
    strip=${current%"${current##*[:=]}"}
    mapfile -t COMPREPLY < <("$1" complete -- "${words[@]:1}" 2>/dev/null)
    COMPREPLY=("${COMPREPLY[@]%%$'\t'*}")
    COMPREPLY=("${COMPREPLY[@]#"$strip"}")
}
complete -o default -F _hangup hangup
