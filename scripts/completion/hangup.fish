# Completion of hangup for fish. The program itself says what may come next: `hangup complete`. Where it says nothing, fish
# completes files.
function __hangup_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] complete -- $words[2..-1] "$current" 2>/dev/null)
    if set -q lines[1]
        printf '%s\n' $lines
    else
        __fish_complete_path "$current"
    end
end
complete -c hangup -f -a '(__hangup_complete)'
