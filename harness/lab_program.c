// Becoming the user's program.
#include "lab_program.h"

#include "database_template.h"
#include "path_format.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool copy_authority(const char *template_folder, struct error *error)
{
    char from[PATH_MAX];
    struct stat attributes = {0};
    int input = open(path_format(from, "%s/" TEMPLATE_AUTHORITY, template_folder), O_RDONLY | O_CLOEXEC);
    int output = open(EXEC_AUTHORITY, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    bool copied = input >= 0 && output >= 0 && fstat(input, &attributes) == 0 &&
                  sendfile(output, input, NULL, (size_t)attributes.st_size) == attributes.st_size;
    if (!copied)
        error_set_errno(error, ERROR_LAB, EXEC_AUTHORITY);
    if (input >= 0)
        close(input);
    if (output >= 0)
        close(output);
    return copied;
}

// `>/dev/stderr`: scripts expect what udev makes.
static bool link_streams(struct error *error)
{
    static const char *const names[EXEC_STREAMS] = {"/dev/stdin", "/dev/stdout", "/dev/stderr"};
    for (int stream = 0; stream < EXEC_STREAMS; stream++) {
        char target[] = "/proc/self/fd/0";
        target[sizeof(target) - 2] = (char)('0' + stream);
        if (symlink(target, names[stream]) != 0 && errno != EEXIST)
            return error_set_errno(error, ERROR_LAB, "%s", names[stream]);
    }
    return true;
}

bool lab_program_prepare(const struct exec_program *program, const char *template_folder, struct error *error)
{
    if (mkdir(EXEC_FOLDER, 0755) != 0 && errno != EEXIST)
        return error_set_errno(error, ERROR_LAB, EXEC_FOLDER);
    for (char **folder = program->writable; *folder != NULL; folder++)
        if (mount("none", *folder, "hostfs", MS_NOSUID | MS_NODEV, *folder) != 0)
            return error_set_errno(error, ERROR_LAB, "cannot make %s writable", *folder);
    return link_streams(error) && copy_authority(template_folder, error);
}

struct becoming {
    const struct exec_program *program;
    const char *results; // the program must not see this folder: the trace is not its to write
};

// Started by root, whose files they are: it may read and change them as root does, but is not root. Root of
// the guest could mount the host's files anew, writable.
static bool keep_file_permissions(void)
{
    static const unsigned kept = 1U << CAP_DAC_OVERRIDE | 1U << CAP_FOWNER;
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};
    data[0].permitted = data[0].effective = data[0].inheritable = kept;
    return syscall(SYS_capset, &header, data) == 0 &&
           prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0) == 0 &&
           prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_FOWNER, 0, 0) == 0;
}

// An empty folder lies over it then. (To unmount it is not enough: it may lie in a folder that is writable.)
static bool hide(const char *folder)
{
    return unshare(CLONE_NEWNS) == 0 && mount("none", folder, "tmpfs", MS_RDONLY, "size=4k,mode=000") == 0;
}

static bool take_terminal(const bool terminal[EXEC_STREAMS])
{
    for (int stream = 0; stream < EXEC_STREAMS; stream++)
        if (terminal[stream])
            return ioctl(stream, TIOCSCTTY, 0) == 0;
    return true;
}

static bool become(const void *context)
{
    const struct becoming *becoming = context;
    const struct exec_program *program = becoming->program;
    gid_t *groups = calloc(program->groups_count + 1, sizeof(*groups));
    for (size_t i = 0; groups != NULL && i < program->groups_count; i++)
        groups[i] = (gid_t)program->groups[i];
    umask((mode_t)program->umask);
    signal(SIGPIPE, SIG_DFL);
    bool done = groups != NULL && hide(becoming->results) && take_terminal(program->terminal) &&
                prctl(PR_SET_KEEPCAPS, program->owns_all_files, 0, 0, 0) == 0 &&
                prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                setgroups(program->groups_count, groups) == 0 && setgid((gid_t)program->group) == 0 &&
                setuid((uid_t)program->user) == 0 && (!program->owns_all_files || keep_file_permissions());
    free(groups);
    return done;
}

bool lab_program_start(struct lab *lab, const struct exec_program *program, const int streams[EXEC_STREAMS],
    struct lab_process *process, struct error *error)
{
    const struct becoming becoming = {program, lab->folder};
    const struct lab_process_options options = {.argv = (const char *const *)program->argv,
        .environment = (const char *const *)program->environment,
        .folder = program->folder,
        .namespace_fd = lab->namespace_fd[HOST_APP],
        .stdin_fd = streams[0],
        .stdout_fd = streams[1],
        .stderr_fd = streams[2],
        .become = become,
        .context = &becoming};
    return lab_process_start(process, &options, error);
}
