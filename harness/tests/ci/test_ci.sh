#!/bin/bash
# The files of scripts/ci, taken apart and executed, step by step, in a fresh copy of this project: what a CI would do. The engines
# (GNU parallel, Slurm) run theirs for real. Breaks with: an option that hangup no longer has, a step that relies on
# the folder of another, a merge that is not what one run would have been.
. harness/tests/cells/tap.sh
. harness/tests/ci/slurm_cluster.sh

fresh=$work/fresh
mkdir "$fresh" "$work/steps" "$work/job"
git ls-files -z | xargs -0 cp --parents -t "$fresh"
for kind in github:github/action.yml gitlab:gitlab/hangup.yml kubernetes:kubernetes.yaml; do
    check "${kind%%:*}: the steps can be read" /usr/bin/python3 harness/tests/ci/steps.py "${kind%%:*}" "scripts/ci/${kind#*:}" "$work/steps"
done

# --- GitHub Actions: one job, one step after the other
# step NUMBER: with the environment that GitHub gives it; $status.
export GITHUB_ACTION_PATH=$fresh/scripts/ci/github GITHUB_OUTPUT=$work/output GITHUB_STEP_SUMMARY=$work/step-summary.md
step() {
    status=0
    (cd "$work/job" && bash "$work/steps/github-$1.sh") >"$work/github-$1.out" 2>"$work/github-$1.err" || status=$?
    [ "$status" = 0 ] || tail -n 5 "$work/github-$1".* | sed 's/^/# /'
}
step 1
exits 0 'github: builds hangup'
check 'github: and says the key of the cache' grep -qxE 'key=hangup-[0-9a-f]{16}' "$work/output"
step 2
exits 0 'github: kernel and image'
RUN="harness/tests/scenarios/steady-short.yaml harness/tests/scenarios/fails.yaml --subject pqpool:none"
RUN=${RUN//harness/$fresh/harness} IMAGE=${HANGUP_IMAGE:-debian-13} step 3
exits 1 'github: a run in which a verdict fails'
check 'github: and the command that tells the story of the cell' grep -q '^::error file=.*%0Ahangup why .*--7$' "$work/github-3.out"
check 'github: annotates the line of the scenario' grep -q '^::error file=.*fails.yaml,line=[0-9]*,title=' "$work/github-3.out"
step 4
exits 0 'github: the summary'
check 'github: which begins with the worst' grep -qm1 '^## Not as expected' "$GITHUB_STEP_SUMMARY"
check 'github: the folder that is kept has the page' test -s "$work/job/hangup-results/report.html"

# --- what all others are held against
cells=(idle/hung-up idle/reset --subject pqpool:none --subject pqpool:pre-ping)
hangup=$fresh/build/hangup
run whole "${cells[@]}"
exits 0 'one run'
same_as_whole() {
    check "$1: is what one run would have been, byte by byte" grep -qx '4 cells agree (4 byte by byte), 0 differ.' <("$hangup" compare "$work/whole" "$2")
}

# --- GitLab: a job for each part, and one that merges
export CI_PROJECT_DIR=$work/gitlab CI_NODE_TOTAL=2 HANGUP_RUN="${cells[*]}"
mkdir -p "$CI_PROJECT_DIR/.hangup/cache/hangup-of-before"
ln -s "$fresh" "$CI_PROJECT_DIR/.hangup/source"
cache=${HANGUP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/hangup}
cp -rs "$(realpath "$cache")" "$CI_PROJECT_DIR/.hangup/cache/$("$hangup" cache-key)"
for CI_NODE_INDEX in 1 2; do
    export CI_NODE_INDEX
    status=0
    (cd "$CI_PROJECT_DIR" && bash "$work/steps/gitlab-1.sh") >"$work/gitlab-$CI_NODE_INDEX.out" 2>"$work/gitlab-$CI_NODE_INDEX.err" || status=$?
    exits 0 "gitlab: part $CI_NODE_INDEX"
done
check 'gitlab: the cache of another key is gone' test ! -e "$CI_PROJECT_DIR/.hangup/cache/hangup-of-before"
status=0
(cd "$CI_PROJECT_DIR" && bash "$work/steps/gitlab-2.sh") >"$work/gitlab.out" 2>"$work/gitlab.err" || status=$?
exits 0 'gitlab: the whole'
same_as_whole gitlab "$CI_PROJECT_DIR/hangup-results"

# --- Kubernetes: the pod of each index
for JOB_COMPLETION_INDEX in 0 1; do
    export JOB_COMPLETION_INDEX
    PATH=$fresh/build:$PATH PARTS=2 RUN="${cells[*]}" RESULTS=$work/kubernetes bash "$work/steps/kubernetes-1.sh" >"$work/kubernetes-$JOB_COMPLETION_INDEX.out" 2>&1
    check "kubernetes: the pod of index $JOB_COMPLETION_INDEX" test $? = 0
done
check 'kubernetes: merged' "$hangup" merge "$work"/kubernetes/part-* --out "$work/kubernetes/whole"
same_as_whole kubernetes "$work/kubernetes/whole"

# --- GNU parallel
if command -v parallel >/dev/null; then
    check 'parallel: two parts' env HANGUP="$hangup" scripts/ci/parallel.sh 2 "$work/parallel" "${cells[@]}"
    same_as_whole parallel "$work/parallel/whole"
else
    report 0 'parallel: two parts # SKIP GNU parallel is not installed: scripts/install-packages.sh engines'
fi

# --- Slurm: the tasks of an array, by a cluster of this one machine
if command -v sbatch slurmctld slurmd munged >/dev/null; then
    export SLURM_CONF=$work/cluster/slurm.conf
    check 'slurm: a cluster of one machine' slurm_begin "$work/cluster"
    check 'slurm: an array of two tasks' env HANGUP="$hangup" sbatch --wait --array=1-2 --output="$work/slurm-%a.out" scripts/ci/slurm.sh "$work/slurm" "${cells[@]}"
    slurm_end "$work/cluster"
else
    report 0 'slurm: an array of two tasks # SKIP Slurm is not installed: scripts/install-packages.sh engines'
    for task in 1 2; do
        check "slurm: task $task, without a cluster" env HANGUP="$hangup" SLURM_ARRAY_TASK_ID=$task SLURM_ARRAY_TASK_MAX=2 scripts/ci/slurm.sh "$work/slurm" "${cells[@]}"
    done
fi
check 'slurm: merged' "$hangup" merge "$work"/slurm/part-* --out "$work/slurm/whole"
same_as_whole slurm "$work/slurm/whole"
no_guest_is_left 'all of it'
finish
