// What the filter on a guest's process refuses, and what it lets pass. Breaks with: a set-id bit, a device, a
// foreign socket, the host's clock.
#include "host/guest_filter.h"

#include "base/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

// Runs in a child, in a folder of its own, and says by its exit status whether all went as expected: a line
// number where not.
typedef int try_function(void);

static int behind_filter(const struct guest_filter *filter, try_function *try)
{
    char folder[] = "/tmp/hangup-filter-XXXXXX";
    int status;
    assert_non_null(mkdtemp(folder));
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct error error;
        umask(0);
        if (chdir(folder) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
            !guest_filter_enter(filter, &error))
            _exit(255);
        _exit(try());
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    folder_remove(folder);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

#define REFUSED(call, number)                                                                                \
    do {                                                                                                     \
        errno = 0;                                                                                           \
        if ((call) != -1 || errno != (number))                                                               \
            return __LINE__ % 250 + 1;                                                                       \
    } while (false)
#define PASSES(call)                                                                                         \
    do {                                                                                                     \
        if ((call) < 0)                                                                                      \
            return __LINE__ % 250 + 1;                                                                       \
    } while (false)

static int make_files(void)
{
    PASSES(close(open("plain", O_RDWR | O_CREAT, 0755)));
    REFUSED(open("set-uid", O_RDWR | O_CREAT, 04755), EPERM);
    REFUSED(open("set-gid", O_RDWR | O_CREAT, 02755), EPERM);
    REFUSED(open(".", O_RDWR | O_TMPFILE, 04755), EPERM);
    REFUSED(syscall(SYS_open, "set-uid", O_RDWR | O_CREAT, 04755), EPERM);
    REFUSED(syscall(SYS_creat, "set-uid", 06755), EPERM);
    PASSES(open("plain", O_RDONLY, 07777)); // a mode that nobody looks at
    REFUSED(syscall(SYS_openat2, AT_FDCWD, "plain", NULL, 0), ENOSYS);
    PASSES(mkdir("folder", 0755));
    REFUSED(mkdir("set-gid", 02755), EPERM);
    REFUSED(mkdirat(AT_FDCWD, "set-gid", 02755), EPERM);
    PASSES(mkfifo("fifo", 0600));
    REFUSED(mknod("set-uid", S_IFREG | 04755, 0), EPERM);
    REFUSED(mknod("null", S_IFCHR | 0666, makedev(1, 3)), EPERM);
    REFUSED(mknodat(AT_FDCWD, "disk", S_IFBLK | 0666, makedev(8, 0)), EPERM);
    return 0;
}

static int set_attributes(void)
{
    const struct timespec times[2] = {{1, 0}, {1, 0}};
    int fd = open("plain", O_RDWR | O_CREAT, 0600);
    PASSES(fd);
    PASSES(chmod("plain", 0755));
    PASSES(fchmod(fd, 0755));
    PASSES(utimensat(AT_FDCWD, "plain", times, 0));
    REFUSED(chmod("plain", 04755), EPERM);
    REFUSED(fchmod(fd, 02755), EPERM);
    REFUSED(fchmodat(AT_FDCWD, "plain", 06755, 0), EPERM);
    REFUSED(syscall(452, AT_FDCWD, "plain", 04755, 0), EPERM); // fchmodat2
    REFUSED(syscall(SYS_setxattr, "plain", "security.capability", "", 0, 0), ENOSYS);
    REFUSED(syscall(SYS_fsetxattr, fd, "security.capability", "", 0, 0), ENOSYS);
    return 0;
}

static int leave_attributes(void)
{
    const struct timespec times[2] = {{1, 0}, {1, 0}};
    int fd = open("plain", O_RDWR | O_CREAT, 0600);
    PASSES(fd);
    REFUSED(chmod("plain", 0755), EPERM);
    REFUSED(fchmod(fd, 0755), EPERM);
    REFUSED(fchmodat(AT_FDCWD, "plain", 0755, 0), EPERM);
    REFUSED(chown("plain", getuid(), getgid()), EPERM);
    REFUSED(fchown(fd, getuid(), getgid()), EPERM);
    REFUSED(lchown("plain", getuid(), getgid()), EPERM);
    REFUSED(utimensat(AT_FDCWD, "plain", times, 0), EPERM);
    REFUSED(ioctl(fd, 0x40086602, 0), EPERM); // FS_IOC_SETFLAGS
    REFUSED(truncate("plain", 0), EPERM);
    PASSES(ftruncate(fd, 0));
    return 0;
}

static int reach_out(void)
{
    const struct sockaddr_un log = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
    const struct sockaddr *address = (const struct sockaddr *)&log;
    struct msghdr message = {.msg_name = (void *)(uintptr_t)&log, .msg_namelen = sizeof(log)};
    int pair[2], local = socket(AF_UNIX, SOCK_STREAM, 0);
    PASSES(local);
    REFUSED(connect(local, address, sizeof(log)), EPERM);
    REFUSED(sendto(local, "x", 1, 0, address, sizeof(log)), EPERM);
    REFUSED(sendmsg(local, &message, 0), EOPNOTSUPP);
    REFUSED(socket(AF_UNIX, SOCK_DGRAM, 0), EPERM);
    REFUSED(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), EPERM);
    REFUSED(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), EPERM);
    PASSES(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair));
    PASSES(send(pair[0], "x", 1, 0));
    REFUSED(sendmsg(pair[0], &message, 0), EISCONN);
    REFUSED(socket(AF_INET, SOCK_STREAM, 0), EPERM);
    REFUSED(socket(AF_NETLINK, SOCK_RAW, 0), EPERM);
    REFUSED(socket(AF_PACKET, SOCK_RAW, 0), EPERM);
    REFUSED(ioctl(0, TIOCSTI, "x"), EPERM);
    REFUSED(kill(-1, 0), EPERM);
    PASSES(kill(getpid(), 0));
    return 0;
}

static int use_rare_calls(void)
{
    static const int calls[] = {SYS_mount, SYS_umount2, SYS_unshare, SYS_setns, SYS_reboot, SYS_swapon,
        SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_bpf, SYS_perf_event_open, SYS_keyctl,
        SYS_add_key, SYS_io_uring_setup, SYS_userfaultfd, SYS_process_vm_readv, SYS_process_vm_writev,
        SYS_pidfd_getfd, SYS_pidfd_send_signal, SYS_chroot, SYS_pivot_root, SYS_quotactl, SYS_settimeofday,
        SYS_clock_settime, SYS_adjtimex, SYS_sethostname, SYS_kexec_load, SYS_iopl, SYS_ioperm, SYS_syslog,
        SYS_acct, SYS_name_to_handle_at, SYS_open_by_handle_at, SYS_fanotify_init, SYS_setuid, SYS_setgid,
        SYS_setgroups, SYS_capset, SYS_shmget, SYS_msgget, SYS_semget, SYS_mq_open, SYS_setpriority,
        SYS_sched_setaffinity, SYS_sched_setscheduler, SYS_rt_sigqueueinfo, SYS_move_pages, SYS_migrate_pages,
        SYS_clone3, SYS_open_tree, SYS_move_mount, SYS_fsopen};
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        if (syscall(calls[i], 0, 0, 0, 0, 0) != -1 || errno != ENOSYS)
            return (int)i + 1;
    REFUSED(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0), EPERM);
    REFUSED(syscall(SYS_clone, CLONE_NEWNET | SIGCHLD, 0, 0, 0, 0), EPERM);
    return 0;
}

static int change_limits(void)
{
    struct rlimit limit;
    PASSES(getrlimit(RLIMIT_FSIZE, &limit));
    REFUSED(setrlimit(RLIMIT_FSIZE, &limit), EPERM);
    REFUSED(prlimit(getppid(), RLIMIT_STACK, NULL, &limit), EPERM);
    PASSES(getrlimit(RLIMIT_STACK, &limit));
    PASSES(setrlimit(RLIMIT_STACK, &limit));
    return 0;
}

// Where the page is not mapped (vsyscall=none) a call of it ends the process, and tells it nothing.
typedef long clock_call(long *);

static int ask_the_page_for_the_time(void)
{
    clock_call *page_time = (clock_call *)(uintptr_t)0xffffffffff600400;
    clock_call *page_timeofday = (clock_call *)(uintptr_t)0xffffffffff600000;
    long value[2] = {0, 0};
    PASSES(syscall(SYS_time, NULL)); // not from the page
    PASSES(syscall(SYS_gettimeofday, value, NULL));
    value[0] = 0;
    if (page_time(value) != -ENOSYS || value[0] != 0)
        return 1;
    if (page_timeofday(value) != -ENOSYS || value[0] != 0)
        return 2;
    return 0;
}

static const struct guest_filter strict = {.may_set_attributes = false};
static const struct guest_filter attributes = {.may_set_attributes = true, .may_truncate = true};

static void files(void **state)
{
    (void)state;
    assert_int_equal(behind_filter(&strict, make_files), 0);
    assert_int_equal(behind_filter(&attributes, make_files), 0);
}

static void modes_owners_times(void **state)
{
    (void)state;
    assert_int_equal(behind_filter(&attributes, set_attributes), 0);
    assert_int_equal(behind_filter(&strict, leave_attributes), 0);
}

static void sockets_and_signals(void **state)
{
    (void)state;
    assert_int_equal(behind_filter(&strict, reach_out), 0);
}

static void what_a_guest_never_needs(void **state)
{
    (void)state;
    assert_int_equal(behind_filter(&strict, use_rare_calls), 0);
    assert_int_equal(behind_filter(&strict, change_limits), 0);
}

static void vsyscall_page(void **state)
{
    (void)state;
    int result = behind_filter(&strict, ask_the_page_for_the_time);
    assert_true(result == 0 || result == -SIGSEGV);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files),
        cmocka_unit_test(modes_owners_times),
        cmocka_unit_test(sockets_and_signals),
        cmocka_unit_test(what_a_guest_never_needs),
        cmocka_unit_test(vsyscall_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
