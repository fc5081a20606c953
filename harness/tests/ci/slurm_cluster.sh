# A Slurm cluster of this one machine, with its own key, ports of the loopback and state in a folder: for a test.
# shellcheck shell=bash

# slurm_begin FOLDER: what SLURM_CONF names is FOLDER/slurm.conf. Fails where the cluster does not come up; FOLDER/*.log says why.
slurm_begin() {
    local folder=$1 memory_mb
    mkdir -p "$folder/state" "$folder/spool"
    chmod 700 "$folder"
    dd if=/dev/urandom of="$folder/key" bs=1024 count=1 status=none
    chmod 400 "$folder/key"
    munged --foreground --force --key-file="$folder/key" --socket="$folder/munge" --pid-file="$folder/munged.pid" \
        --log-file="$folder/munged.log" --seed-file="$folder/seed" >"$folder/munged.out" 2>&1 &
    memory_mb=$(($(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo) / 1024))
    cat >"$SLURM_CONF" <<CONF
ClusterName=hangup
SlurmctldHost=localhost
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$folder/munge
CredType=cred/munge
SlurmctldPort=56817
SlurmdPort=56818
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
MailProg=/bin/true
ReturnToService=2
NodeName=localhost CPUs=$(nproc) RealMemory=$memory_mb State=UNKNOWN
PartitionName=test Nodes=localhost Default=YES State=UP
CONF
    wait_for 20 test -S "$folder/munge" || return
    slurmctld -D >"$folder/slurmctld.out" 2>&1 &
    slurmd -D -N localhost >"$folder/slurmd.out" 2>&1 &
    wait_for 60 slurm_is_idle
}

slurm_is_idle() {
    [ "$(sinfo --noheader --format=%T 2>/dev/null)" = idle ]
}

# slurm_end FOLDER: ends what slurm_begin has started.
slurm_end() {
    local name
    for name in slurmd slurmctld munged; do
        [ ! -s "$1/$name.pid" ] || kill "$(cat "$1/$name.pid")" 2>/dev/null
    done
}
