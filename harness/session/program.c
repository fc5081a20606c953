// Becoming the user's program.
#include "session/program.h"

#include "lab/mount.h"
#include "lab/truststore.h"

#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

bool lab_program_open_view(
    const struct lab *lab, const struct exec_program *program, struct lab_view *view, struct error *error)
{
    *view = (struct lab_view)LAB_VIEW_NONE;
    if (program->user == LAB_SERVER_USER)
        return error_set(
            error, ERROR_LAB, "user %d is the lab's server: run hangup as another", LAB_SERVER_USER);
    if (!lab_truststore_write(EXEC_AUTHORITY, LAB_MOUNT_CACERTS, error))
        return false;
    const struct lab_app_view wanted = {.task = lab->task,
        .hidden = lab->folder,
        .writable = program->writable,
        .namespace_fd = lab->namespace_fd[HOST_APP]};
    return lab_view_open_app(view, &wanted, error);
}

// Its user is root outside, so it is root's user here: root's files are its own. But it has none of root's
// powers: it may read what is somebody else's, and that is all; no program that it starts gets more.
static bool give_up_program_powers(void)
{
    static const unsigned kept = 1U << CAP_DAC_READ_SEARCH;
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};
    data[0].permitted = data[0].effective = data[0].inheritable = kept;
    for (unsigned long capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
        if (capability != CAP_DAC_READ_SEARCH && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0)
            return false;
    return prctl(PR_SET_SECUREBITS,
               SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP | SECBIT_NO_SETUID_FIXUP_LOCKED |
                   SECBIT_KEEP_CAPS_LOCKED,
               0, 0, 0) == 0 &&
           syscall(SYS_capset, &header, data) == 0 &&
           prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_READ_SEARCH, 0, 0) == 0;
}

static bool take_terminal(const bool terminal[EXEC_STREAMS])
{
    for (int stream = 0; stream < EXEC_STREAMS; stream++)
        if (terminal[stream])
            return ioctl(stream, TIOCSCTTY, 0) == 0;
    return true;
}

static bool become_program_user(const void *context)
{
    const struct exec_program *program = context;
    gid_t *groups = calloc(program->groups_count + 1, sizeof(*groups));
    for (size_t i = 0; groups != NULL && i < program->groups_count; i++)
        groups[i] = (gid_t)program->groups[i];
    umask((mode_t)program->umask);
    bool done = groups != NULL && take_terminal(program->terminal) &&
                prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                setgroups(program->groups_count, groups) == 0 && setgid((gid_t)program->group) == 0 &&
                setuid((uid_t)program->user) == 0 && (program->user != 0 || give_up_program_powers());
    free(groups);
    return done;
}

bool lab_program_start(struct lab *lab, const struct exec_program *program, const struct lab_view *view,
    const int streams[EXEC_STREAMS], struct lab_process *process, struct error *error)
{
    const struct lab_process_options options = {.argv = (const char *const *)program->argv,
        .environment = (const char *const *)program->environment,
        .folder = program->folder,
        .namespace_fd = lab->namespace_fd[HOST_APP],
        .view = view,
        .stdin_fd = streams[0],
        .stdout_fd = streams[1],
        .stderr_fd = streams[2],
        .become = become_program_user,
        .context = program};
    return lab_process_start(process, &options, error);
}
