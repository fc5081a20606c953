#!/bin/bash
#SBATCH --job-name=hangup
#SBATCH --cpus-per-task=1
#SBATCH --mem-per-cpu=1G
# One part of a run, as a task of a Slurm array; then, when all are done, the whole:
#   sbatch --wait --array=1-16 scripts/ci/slurm.sh DIR idle commit --subject sqlalchemy
#   hangup merge DIR/part-* --out DIR/whole
# A part that was killed is gone on with when it is submitted again (--array=7). HANGUP: the program (default: hangup).
set -euo pipefail
folder=$1
shift
status=0
"${HANGUP:-hangup}" run "$@" --jobs 1 --resume --quiet --shard "$SLURM_ARRAY_TASK_ID/${PARTS:-$SLURM_ARRAY_TASK_MAX}" \
    --out "$folder/part-$SLURM_ARRAY_TASK_ID" || status=$?
# A verdict that fails is no failure of the task, nor is a part without a cell: merge says what the whole is.
[ "$status" = 1 ] || [ "$status" = 4 ] || exit "$status"
