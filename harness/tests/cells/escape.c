// In the place of a guest's kernel: what it can do to the host when everything inside has fallen. Says one
// line for each try on standard output, which is the cell's console: "held", "ESCAPED" or, for what this
// machine has not, "absent", and what. VICTIMS: a folder outside that everybody may write to.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static const char *victim(const char *name)
{
    static char path[2][4096];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof(path[turn]), VICTIMS "/%s", name);
    return path[turn];
}

static void tell(int result, const char *what)
{
    const char *how = result >= 0 ? "ESCAPED"
                      : errno == EACCES || errno == EPERM || errno == ENOSYS || errno == EXDEV ||
                              errno == EROFS
                          ? "held"
                          : "absent";
    printf("%s %s: %s\n", how, what, result < 0 ? strerror(errno) : "no error");
    fflush(stdout);
}

static void try_files(void)
{
    tell(open(victim("file"), O_WRONLY), "open a file to write");
    tell(open(victim("file"), O_RDONLY | O_TRUNC), "truncate by open");
    tell(truncate(victim("file"), 0), "truncate by path");
    tell(open(victim("new"), O_WRONLY | O_CREAT, 0644), "make a file");
    tell(mkdir(victim("folder"), 0755), "make a folder");
    tell(unlink(victim("file")), "remove a file");
    tell(rename(victim("file"), victim("moved")), "rename a file");
    tell(rename(victim("file"), "stolen"), "move a file into the own folder");
    tell(link(victim("file"), "linked"), "link a file into the own folder");
    tell(symlink("/", victim("link")), "make a link");
    tell(mkfifo(victim("fifo"), 0644), "make a FIFO");
    tell(chmod(victim("file"), 0777), "change a mode");
    tell(fchmod(open(victim("file"), O_RDONLY), 0777), "change a mode by descriptor");
    tell(chown(victim("file"), 1234, 1234), "change an owner");
    tell(syscall(SYS_utimensat, AT_FDCWD, victim("file"), NULL, 0), "change a time");
    tell(syscall(SYS_setxattr, victim("file"), "user.x", "x", 1, 0), "set an attribute");
    tell(open(victim("."), O_TMPFILE | O_RDWR, 0600), "make a nameless file");
    tell(open("/dev/shm/hangup-escape", O_CREAT | O_RDWR, 0600), "make a file in /dev/shm");
    tell(open("set-uid", O_CREAT | O_RDWR, 04755), "make a set-uid file in the own folder");
    tell(mknod("device", S_IFCHR | 0666, 0x0103), "make a device in the own folder");
}

static void try_devices(void)
{
    static const char *const paths[] = {"/dev/tty", "/dev/ptmx", "/dev/kmsg", "/dev/mem", "/dev/fuse",
        "/dev/kvm", "/dev/net/tun", "/dev/vda", "/dev/sda", "/proc/sysrq-trigger",
        "/proc/sys/kernel/hostname", "/proc/1/environ", "/proc/self/environ", "/sys/power/state",
        "/sys/kernel/uevent_helper"};
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
        tell(open(paths[i], O_RDONLY), paths[i]);
        tell(open(paths[i], O_WRONLY), paths[i]);
    }
}

static void try_processes(void)
{
    char path[64];
    pid_t parent = getppid(); // hangup
    tell(kill(parent, 0), "signal hangup");
    tell(kill(-1, 0), "signal everybody");
    tell((int)ptrace(PTRACE_ATTACH, parent, 0, 0), "trace hangup");
    snprintf(path, sizeof(path), "/proc/%d/mem", (int)parent);
    tell(open(path, O_RDWR), "hangup's memory");
    snprintf(path, sizeof(path), "/proc/%d/fd/1", (int)parent);
    tell(open(path, O_WRONLY), "hangup's standard output");
    tell((int)syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, parent, 0), 1, 0), "hangup's descriptors");
    tell((int)syscall(SYS_process_vm_readv, parent, 0, 0, 0, 0, 0), "read hangup's memory");
    tell(prlimit(parent, RLIMIT_NOFILE, &(struct rlimit){0, 0}, NULL), "set hangup's limits");
    tell(setrlimit(RLIMIT_FSIZE, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY}), "lift the own limit");
    tell((int)syscall(SYS_setpriority, 0, parent, 19), "slow hangup down");
}

static void try_network(void)
{
    struct sockaddr_in web = {
        .sin_family = AF_INET, .sin_port = htons(80), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un local = {.sun_family = AF_UNIX, .sun_path = "/run/dbus/system_bus_socket"};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    tell(socket(AF_INET, SOCK_STREAM, 0), "a TCP socket");
    tell(socket(AF_INET6, SOCK_DGRAM, 0), "a UDP socket");
    tell(socket(AF_NETLINK, SOCK_RAW, 0), "a netlink socket");
    tell(socket(AF_PACKET, SOCK_RAW, 0), "a packet socket");
    tell(socket(AF_VSOCK, SOCK_STREAM, 0), "a VM socket");
    tell(connect(fd, (struct sockaddr *)&local, sizeof(local)), "connect to a local socket");
    tell(connect(fd, (struct sockaddr *)&web, sizeof(web)), "connect to the loopback");
    tell((int)sendto(socket(AF_UNIX, SOCK_DGRAM, 0), "x", 1, 0, (struct sockaddr *)&local, sizeof(local)),
        "a datagram");
}

static void try_kernel(void)
{
    static const long calls[] = {SYS_mount, SYS_unshare, SYS_setns, SYS_bpf, SYS_perf_event_open, SYS_keyctl,
        SYS_io_uring_setup, SYS_reboot, SYS_swapon, SYS_init_module, SYS_kexec_load, SYS_settimeofday,
        SYS_sethostname, SYS_syslog, SYS_shmget, SYS_userfaultfd, SYS_open_by_handle_at, SYS_setuid};
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        char what[32];
        snprintf(what, sizeof(what), "system call %ld", calls[i]);
        tell((int)syscall(calls[i], 0, 0, 0, 0, 0), what);
    }
    tell((int)syscall(SYS_clone, 0x10000000 | SIGCHLD, 0, 0, 0, 0), "a user namespace");
}

int main(void)
{
    if (open("own", O_CREAT | O_WRONLY, 0644) < 0)
        return perror("own folder"), 1;
    try_files();
    try_devices();
    try_processes();
    try_network();
    try_kernel();
    puts("tried everything");
    return 0;
}
