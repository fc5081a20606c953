#!/bin/bash
# A run in parts, by GNU parallel, here or on hosts that see this folder (PARALLEL_HOSTS=host1,host2), and merged.
# usage: parallel.sh PARTS DIR RUN-ARGUMENT…     HANGUP: the program (default: hangup)
# Exit status: as with `hangup run`.
set -euo pipefail
parts=$1 folder=$(realpath -m "$2")
shift 2
hangup=$(realpath "$(command -v "${HANGUP:-hangup}")")
mkdir -p "$folder"
# A part whose verdicts fail, or that has no cell, is a part all the same: merge says what the whole is. --resume: of a part that
# was killed only the rest is run.
seq "$parts" | parallel ${PARALLEL_HOSTS:+--sshlogin "$PARALLEL_HOSTS" --workdir .} --jobs "${JOBS:-1}" --line-buffer --quote \
    "$hangup" run "$@" --jobs 1 --resume --quiet --shard "{}/$parts" --out "$folder/part-{}" || true
exec "$hangup" merge "$folder"/part-* --out "$folder/whole"
