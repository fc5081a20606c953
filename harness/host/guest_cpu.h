// CPU time of a guest: the processes of its group, and those that have ended, together.
#ifndef HANGUP_HOST_GUEST_CPU_H
#define HANGUP_HOST_GUEST_CPU_H

#include <stdint.h>
#include <sys/types.h>

int64_t guest_cpu_us(pid_t process_group);

#endif
