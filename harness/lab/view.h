// What programs of the lab can see and reach. Three worlds share one kernel: PID 1's, which holds the results
// (lab/mount.h); the server's; and the application's. Nobody of one finds a way into another:
//
//               PID 1              server                     application
//   root        image, read-only   image, read-only           image, below a tmpfs of its own; in
//                                                             `hangup exec` this machine's files
//   the host    what the wall      nothing                    its adapter
//               leaves
//   results     yes                no                         no, not even those of the host
//   processes   all                no /proc                   its own; it ends with its keeper
//   devices     all                null, zero, urandom, shm   the same, and terminals of its own
//   /proc, /sys writable           none                       read-only, but for its own processes
//   IPC         its own            its own                    its own
//   user        root               LAB_SERVER_USER            nobody; the caller's in `hangup exec`
//   superuser   by its socket      -                          cannot see that socket
#ifndef HANGUP_LAB_VIEW_H
#define HANGUP_LAB_VIEW_H

#include "base/error.h"
#include "contract/task.h"

#include <sys/types.h>

// Nobody of Debian's, nor of the machine's: PostgreSQL only wants not to be root.
#define LAB_SERVER_USER 64070

struct lab_app_view {
    const struct guest_task *task; // what it is shown of the host
    const char *hidden;            // a folder of the host's that must not be seen: the results
    char *const *writable;         // folders of the host's that it may write to; NULL-terminated, or NULL
    char *const *command;          // whoever it is, it may pass through the folders above these files
    int namespace_fd;              // host app's network
};

// Namespaces, and who keeps them alive. All of it is made in them, nothing in PID 1's world.
struct lab_view {
    pid_t keeper;                   // PID 1 of the view's process table; -1: there is none
    int mounts_fd, ipc_fd, pids_fd; // -1: not made, or for pids_fd: it has the lab's process table
    int scratch_fd;                 // what its overlays write to, for lab/written.h; -1: it has none
};

#define LAB_VIEW_NONE {.keeper = -1, .mounts_fd = -1, .ipc_fd = -1, .pids_fd = -1, .scratch_fd = -1}

bool lab_view_open_server(struct lab_view *view, struct error *error) MUST_CHECK;
bool lab_view_open_app(
    struct lab_view *view, const struct lab_app_view *wanted, struct error *error) MUST_CHECK;

// For a process about to become a program: the mounts and IPC of the view are its own from then on.
bool lab_view_enter(const struct lab_view *view) MUST_CHECK;

// Ends what still runs there; who started it has collected it before. Safe to call twice.
void lab_view_close(struct lab_view *view);

#endif
