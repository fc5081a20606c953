// Questions to this machine that only trying answers. Each is tried in a child, and nothing of it stays.
#ifndef HANGUP_HOST_DOCTOR_PROBE_H
#define HANGUP_HOST_DOCTOR_PROBE_H

#include <stdbool.h>
#include <stdint.h>

// A process may trace its child, as User-mode Linux does with all that runs in the guest.
bool probe_ptrace(void);

// A user may have namespaces of their own: user, mount, pid, net, ipc and uts.
bool probe_namespaces(void);

// This user has numbers of others (/etc/subuid, /etc/subgid) and the program that maps them: with them and
// namespaces who is not root makes an image.
bool probe_subordinate_numbers(void);

// The kernel has sch_netem: asked in a network namespace of its own (this may load the module).
bool probe_netem(void);

// The program at `path` starts, and says its version.
bool probe_program(const char *path);

// Files in `folder` can be mapped executable, as the guest's memory is. `free_bytes`: the room for it.
bool probe_executable_memory(const char *folder, uint64_t *free_bytes);

// The nearest folder above `path` that exists can be written to.
bool probe_writable(const char *path);

#endif
