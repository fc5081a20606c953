"""Tries to get out of the lab, and says one line of each try: "NAME: refused: REASON" or "NAME: ESCAPED: what came of it".

A subject of `hangup run`; a program of `hangup exec` with "program" as its first argument. The other arguments: the results folder
of its own lab and of another, a file that only root reads, and a folder that was given to it (--writable).
"""
import ctypes
import errno
import fcntl
import glob
import json
import os
import resource
import signal
import socket
import stat
import struct
import subprocess
import sys
import time

LIBC = ctypes.CDLL(None, use_errno=True)
SYS = dict(ptrace=101, process_vm_readv=310, process_vm_writev=311, pidfd_open=434, pidfd_getfd=438, kcmp=312, setns=308,
           unshare=272, clone=56, clone3=435, pivot_root=155, chroot=161, mount=165, umount2=166, fsopen=430, open_tree=428,
           move_mount=429, mount_setattr=442, add_key=248, keyctl=250, bpf=321, perf_event_open=298, io_uring_setup=425,
           userfaultfd=323, kexec_load=246, kexec_file_load=320, reboot=169, swapon=167, settimeofday=164, clock_settime=227,
           adjtimex=159, sethostname=170, setdomainname=171, iopl=172, ioperm=173, syslog=103, init_module=175,
           finit_module=313, delete_module=176, acct=163, quotactl=179, name_to_handle_at=303, open_by_handle_at=304,
           shmget=29, semget=64, msgget=68, mq_open=240, fanotify_init=300, vhangup=153, prlimit64=302, setresuid=117,
           setgroups=116, capset=126, lookup_dcookie=212, memfd_create=319, nfsservctl=180, pidfd_send_signal=424,
           landlock_create_ruleset=444, modify_ldt=154)
TRIES = []
PLACES = {"hidden": None, "other": None, "secret": None, "given": None}


class Refused(Exception):
    """Refused without an errno, or with more than one can say."""


class Absent(OSError):
    """What is to be attacked is not there at all."""


def attempt(name):
    def add(function):
        TRIES.append((name, function))
        return function
    return add


def many(names, prefix):
    """One try for each of the names; the function gets the name."""
    def add(function):
        for name in names:
            TRIES.append((prefix + str(name), lambda name=name: function(name)))
        return function
    return add


def call(name, *arguments):
    plain = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    ctypes.set_errno(0)
    result = LIBC.syscall(ctypes.c_long(SYS[name]), *plain)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def write(path, text="escaped"):
    fd = os.open(path, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)
    return f"written to {path}"


def read(path):
    fd = os.open(path, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
    try:
        return f"{len(os.read(fd, 64))} bytes of {path}"
    finally:
        os.close(fd)


def others():
    """Process ids that are not this program's own: all that can be named."""
    own = {os.getpid(), os.getppid()}
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) not in own]


def in_child(function):
    """What could end or change the process is tried by a child: its answer comes through a pipe."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            answer = "done " + str(function())
        except OSError as error:
            answer = f"errno {error.errno}"
        except Refused as reason:
            answer = f"refused {reason}"
        os.write(writing, answer.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    kind, _, rest = answer.partition(" ")
    if kind == "errno":
        raise OSError(int(rest), os.strerror(int(rest)))
    if kind == "refused":
        raise Refused(rest)
    if kind == "":
        raise Refused(f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else "no answer")
    return rest


# --- files of the host's, and of the lab's other worlds

@many(("/etc/shadow", "/etc/gshadow"), "read ")
def read_shadow(path):
    return read_as_root(path)


def read_as_root(path):
    found = read(path)
    if os.getuid() == 0:
        raise Refused("not to root")
    return found


@attempt("read a file that only root reads")
def read_secret():
    return read_as_root(PLACES["secret"])


@attempt("list the results folder of its own lab")
def list_hidden():
    names = os.listdir(PLACES["hidden"])
    if not names:
        raise Refused("empty")
    return names


@attempt("make a file in the results folder of its own lab")
def make_in_hidden():
    return write_new(PLACES["hidden"] + "/escaped")


@attempt("overwrite results of another lab")
def overwrite_other():
    return in_own_copy(write, PLACES["other"] + "/events.jsonl")


@attempt("make a file in the results folder of another lab")
def make_in_other():
    return in_own_copy(write_new, PLACES["other"] + "/escaped")


def in_own_copy(change, path):
    """Root's program may write to files of root's: to those that it sees. Whoever started it looks at the host's."""
    changed = change(path)
    if os.getuid() == 0:
        raise Refused("not in its own copy")
    return changed


def write_new(path):
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))
    return path


@many(("/run/results", "/run/input", "/run/template", "/run/database", "/run/server", "/run/scratch", "/run/view", "/run/data",
       "/run/terminals"), "a folder of PID 1's: ")
def find_folder(path):
    return os.stat(path).st_ino


@attempt("replace the certificate authority")
def replace_authority():
    return write("/run/hangup/ca.crt")


@attempt("rename the folder of the certificate authority")
def rename_shared():
    os.rename("/run/hangup", "/run/hangup.old")


@attempt("a new file beside the certificate authority")
def beside_authority():
    return write_new("/run/hangup/escaped")


@attempt("rewrite /etc/hosts")
def rewrite_hosts():
    return write("/etc/hosts", "192.0.2.66 db\n")


@attempt("rename over /etc/hosts")
def rename_hosts():
    os.rename("/etc/hosts", "/etc/hosts.old")


@attempt("a file of PID 1's by its handle")
def open_by_handle():
    handle = ctypes.create_string_buffer(struct.pack("Ii", 128, 0) + bytes(128))
    mount = ctypes.c_int()
    call("name_to_handle_at", -100, b"/run/hangup", handle, ctypes.byref(mount), 0)
    size, kind = struct.unpack_from("Ii", handle)
    if os.stat("/run/hangup").st_ino != 1:
        return "the folder is one of a larger file system"
    generation, low, high = struct.unpack_from("III", handle, 8)
    found, top = [], os.open("/run/hangup", os.O_RDONLY)
    inside = {entry.inode() for entry in os.scandir("/run/hangup")} | {1}
    for number in range(1, 200):
        struct.pack_into("IiIII", handle, 0, size, kind, generation, number, high)
        try:
            fd = call("open_by_handle_at", top, handle, os.O_RDONLY)
            if os.fstat(fd).st_ino not in inside:
                found.append(number)
        except OSError as error:
            if error.errno == errno.EPERM:
                raise
    if not found:
        raise Refused("nothing but its own")
    return found


FILES_OF_THE_LAB = ("/etc/hosts", "/etc/resolv.conf", "/etc/ssl/certs/java/cacerts")


@attempt("a mount that shows a part of something larger")
def partial_mounts():
    parts = []
    with open("/proc/self/mountinfo") as mounts:
        for line in mounts:
            root, target = line.split()[3:5]
            kind = line.split(" - ")[1].split()[0]
            if root != "/" and kind not in ("proc", "hostfs") and target not in FILES_OF_THE_LAB:
                parts.append(target)
    if not parts:
        raise Refused("none")
    return parts


@attempt("a mount with devices or set-id programs")
def loose_mounts():
    loose = []
    with open("/proc/self/mountinfo") as mounts:
        for line in mounts:
            target, flags = line.split()[4:6]
            if "nosuid" not in flags or ("nodev" not in flags and not target.startswith("/dev")):
                loose.append(f"{target} {flags}")
    if not loose:
        raise Refused("none")
    return loose


@attempt("its input is written to")
def write_input():
    return write("/proc/self/fd/0")


@attempt("its input gets another mode")
def mode_of_input():
    if not stat.S_ISREG(os.fstat(0).st_mode):
        raise Refused("no file")
    os.fchmod(0, 0o6755)


@attempt("descriptors that it inherits")
def inherited():
    more = [fd for fd in STARTED_WITH if fd > 2]
    if not more:
        raise Refused("none but its streams")
    return more


@attempt("a set-id program")
def set_id():
    folder = PLACES["given"] or "/tmp"
    path = folder + "/set-id"
    with open("/bin/true", "rb") as source, open(path, "wb") as copy:
        copy.write(source.read())
    os.chmod(path, 0o6755)
    if os.statvfs(folder).f_flag & os.ST_NOSUID:
        os.chmod(path, 0o755)
        raise Refused("nosuid")
    return path


@many(("su", "mount", "passwd", "newgrp"), "root by ")
def set_id_program(name):
    def become():
        path = next((f"{folder}/{name}" for folder in ("/usr/bin", "/bin") if os.path.exists(f"{folder}/{name}")), None)
        if path is None:
            raise Refused("not there")
        with open("/proc/self/status") as status:
            if "NoNewPrivs:\t1" not in status.read():
                return "new privileges"
        if not os.statvfs(path).f_flag & os.ST_NOSUID:
            return "a set-id program counts"
        raise Refused("no new privileges")
    return in_child(become)


# --- devices

@many(("console", "tty0", "tty1", "ttyS0", "mem", "kmem", "port", "kmsg", "ubda", "ubd/0", "random_device", "hw_random", "net/tun",
       "fuse", "loop0", "mqueue", "vsock", "uml", "rtc0", "snapshot"), "/dev/")
def device(name):
    return read("/dev/" + name)


@many(("c 5 1", "c 4 0", "c 4 1", "c 1 1", "c 1 4", "c 1 11", "c 10 200", "b 98 0", "b 7 0"), "make a device ")
def make_device(text):
    kind, major, minor = text.split()
    path = f"/tmp/device-{os.getpid()}"
    mode = stat.S_IFCHR if kind == "c" else stat.S_IFBLK
    os.mknod(path, mode | 0o666, os.makedev(int(major), int(minor)))
    os.unlink(path)


@attempt("every device in /dev")
def devices_there():
    known = {"null", "zero", "full", "random", "urandom", "tty", "ptmx"}
    found = []
    for folder, _, names in os.walk("/dev"):
        for name in names:
            kind = os.lstat(f"{folder}/{name}").st_mode
            terminal = folder == "/dev/pts"
            if (stat.S_ISCHR(kind) or stat.S_ISBLK(kind)) and name not in known and not terminal:
                found.append(name)
    if not found:
        raise Refused("the harmless ones")
    return found


@attempt("characters into the terminal of another")
def push_characters():
    fd = os.open("/dev/tty", os.O_RDWR)
    fcntl.ioctl(fd, 0x5412, b"x")


@attempt("the console's output to itself")
def take_console():
    master = os.open("/dev/ptmx", os.O_RDWR | os.O_NOCTTY)
    try:
        fcntl.ioctl(master, 0x541D, 0)
    finally:
        os.close(master)


# --- the kernel's files

@many(("/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname", "/proc/sys/kernel/modprobe", "/proc/sys/kernel/sysrq",
       "/proc/sys/kernel/dmesg_restrict", "/proc/sys/kernel/panic", "/proc/sys/user/max_user_namespaces", "/proc/sys/vm/overcommit_memory",
       "/proc/sys/vm/drop_caches", "/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/ipv4/tcp_keepalive_time", "/proc/sys/fs/suid_dumpable",
       "/proc/sysrq-trigger", "/proc/exitcode", "/proc/mconsole", "/proc/irq/default_smp_affinity", "/proc/kmsg", "/proc/fork_guest",
       "/sys/kernel/uevent_helper", "/sys/kernel/mm/ksm/run", "/sys/power/state", "/sys/class/net/eth0/mtu",
       "/sys/module/kernel/parameters/panic"), "write ")
def write_kernel_file(path):
    return write(path, "1")


@many(("/proc/kcore", "/proc/kmsg", "/proc/kpagecount", "/sys/kernel/debug/sched/debug"), "read ")
def read_kernel_file(path):
    return read(path)


@attempt("any writable file of /proc or /sys that is not its own")
def writable_kernel_files():
    found = []
    for top in ("/proc", "/sys"):
        for folder, folders, names in os.walk(top):
            if top == "/proc" and folder == "/proc":
                folders[:] = [name for name in folders if not name.isdigit() and name not in ("self", "thread-self", "net")]
            for name in names:
                path = f"{folder}/{name}"
                if not os.path.islink(path) and os.lstat(path).st_mode & 0o222:
                    try:
                        os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))
                        found.append(path)
                    except OSError:
                        pass
    if not found:
        raise Refused("none")
    return found


# --- other processes

@attempt("a process of PID 1's, the server's or the keeper's is seen")
def seen_processes():
    seen = []
    for pid in others():
        with open(f"/proc/{pid}/comm") as name:
            seen.append(f"{pid} {name.read().strip()}")
    if seen == ["1 init"]:
        raise Refused("its keeper alone")
    return seen


@many((9, 19, 15), "signal to 1: ")
def signal_keeper(number):
    os.kill(1, number)
    time.sleep(0.1)
    with open("/proc/1/stat") as state:
        if state.read().split()[2] == "T":
            return "stopped"
    raise Refused("no effect")


@attempt("signal to everybody")
def signal_everybody():
    def everybody():
        signal.signal(signal.SIGURG, signal.SIG_IGN)
        os.kill(-1, signal.SIGURG)
        raise Refused("its own alone")
    return in_child(everybody)


@attempt("signal to any of the first 400 process ids")
def signal_others():
    reached = []
    own = {int(name) for name in os.listdir("/proc") if name.isdigit()}
    for pid in range(2, 400):
        if pid in own:
            continue
        try:
            os.kill(pid, 0)
            reached.append(pid)
        except OSError as error:
            if error.errno != errno.ESRCH:
                reached.append(pid)
    if not reached:
        raise OSError(errno.ESRCH, "")
    return reached


@many(("root", "cwd", "exe", "fd", "mem", "environ", "maps", "ns/mnt", "ns/pid", "ns/net", "map_files", "stack", "auxv"), "/proc/1/")
def look_into_keeper(name):
    path = f"/proc/1/{name}"
    if name in ("root", "cwd", "fd", "map_files"):
        names = os.listdir(path + "/")
        if not names:
            raise Refused("empty")
        return names
    if name == "exe":
        return os.readlink(path)
    if name.startswith("ns/"):
        return os.open(path, os.O_RDONLY)
    return read(path)


@attempt("trace 1")
def trace_keeper():
    return call("ptrace", 16, 1, 0, 0)


@attempt("seize 1")
def seize_keeper():
    return call("ptrace", 0x4206, 1, 0, 0)


@attempt("read the memory of 1")
def read_memory():
    buffer = ctypes.create_string_buffer(8)
    local, remote = (ctypes.c_ulong * 2)(ctypes.addressof(buffer), 8), (ctypes.c_ulong * 2)(0x400000, 8)
    return call("process_vm_readv", 1, local, 1, remote, 1, 0)


@attempt("write the memory of 1")
def write_memory():
    buffer = ctypes.create_string_buffer(8)
    local, remote = (ctypes.c_ulong * 2)(ctypes.addressof(buffer), 8), (ctypes.c_ulong * 2)(0x400000, 8)
    return call("process_vm_writev", 1, local, 1, remote, 1, 0)


@attempt("a descriptor of 1")
def take_descriptor():
    pidfd = call("pidfd_open", 1, 0)
    try:
        return call("pidfd_getfd", pidfd, 1, 0)
    finally:
        os.close(pidfd)


@attempt("compare with 1")
def compare():
    return call("kcmp", os.getpid(), 1, 0, 0, 0)


@attempt("the namespaces of 1")
def enter_keeper():
    pidfd = call("pidfd_open", 1, 0)
    try:
        return in_child(lambda: call("setns", pidfd, 0x00020000 | 0x40000000))
    finally:
        os.close(pidfd)


# --- memory of others

@attempt("shared memory of System V that is not its own")
def sysv_memory():
    with open("/proc/sysvipc/shm") as table:
        segments = table.read().splitlines()[1:]
    if not segments:
        raise Refused("none")
    return segments


@attempt("semaphores and queues of System V that are not its own")
def sysv_others():
    found = [line for kind in ("sem", "msg") for line in open(f"/proc/sysvipc/{kind}").read().splitlines()[1:]]
    if not found:
        raise Refused("none")
    return found


@attempt("files in /dev/shm that are not its own")
def shared_files():
    found = [name for name in os.listdir("/dev/shm") if not name.startswith("sem.")]
    if not found:
        raise Refused("none")
    return found


@attempt("a message queue")
def message_queue():
    return call("mq_open", b"/escape", os.O_RDWR, 0, 0)


# --- the network

@many(("/run/server/.s.PGSQL.5432", "/var/run/postgresql/.s.PGSQL.5432", "/tmp/.s.PGSQL.5432", "/run/server/notify",
       "/run/dbus/system_bus_socket", "/run/systemd/private"), "local socket ")
def local_socket(path):
    socket.socket(socket.AF_UNIX).connect(path)


@attempt("a server's socket by /proc/1/root")
def socket_by_root():
    socket.socket(socket.AF_UNIX).connect("/proc/1/root/run/server/.s.PGSQL.5432")


@attempt("sockets without a name in the file system")
def abstract_sockets():
    with open("/proc/net/unix") as table:
        named = [line.split()[-1] for line in table.read().splitlines()[1:] if line.split()[-1].startswith("@")]
    if not named:
        raise Refused("none")
    return named


@many(("AF_PACKET", "AF_INET raw", "AF_VSOCK", "AF_INET6", "AF_ALG", "AF_BLUETOOTH", "AF_KEY", "AF_CAN"), "a socket of ")
def odd_socket(name):
    families = {"AF_PACKET": (17, 3), "AF_INET raw": (2, 3), "AF_VSOCK": (40, 1), "AF_INET6": (10, 1), "AF_ALG": (38, 5),
                "AF_BLUETOOTH": (31, 3), "AF_KEY": (15, 3), "AF_CAN": (29, 3)}
    socket.socket(*families[name], 1 if name == "AF_INET raw" else 0).close()


def netlink(protocol, kind, flags, payload):
    """Sends one message; the answer's error number is raised."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol) as link:
        message = struct.pack("IHHII", 16 + len(payload), kind, flags | 5, 1, 0) + payload
        link.send(message)
        answer = link.recv(65536)
        _, answered, _, _, _ = struct.unpack_from("IHHII", answer)
        if answered == 2:
            code = -struct.unpack_from("i", answer, 16)[0]
            if code:
                raise OSError(code, os.strerror(code))
        return f"message {answered}"


@attempt("bring its interface down")
def link_down():
    return netlink(0, 16, 0, struct.pack("BxHiII", 0, 0, socket.if_nametoindex("eth0"), 0, 1))


@attempt("move its interface elsewhere")
def move_link():
    return netlink(0, 16, 0, struct.pack("BxHiII", 0, 0, socket.if_nametoindex("eth0"), 0, 0) + struct.pack("HHI", 8, 19, 1))


@attempt("an address more")
def add_address():
    return netlink(0, 20, 0x400, struct.pack("BBBBi", 2, 24, 0, 0, socket.if_nametoindex("eth0")) +
                   struct.pack("HH4s", 8, 2, bytes((192, 0, 2, 77))))


@attempt("a route more")
def add_route():
    return netlink(0, 24, 0x400, struct.pack("BBBBBBBBI", 2, 0, 0, 0, 254, 4, 253, 1, 0) +
                   struct.pack("HHi", 8, 4, socket.if_nametoindex("eth0")))


@attempt("a queueing discipline")
def add_queue():
    return netlink(0, 36, 0x400, struct.pack("BxxxiIII", 0, socket.if_nametoindex("eth0"), 0x10000, 0xFFFFFFFF, 0) +
                   struct.pack("HH", 4 + 6, 1) + b"netem\0\0\0")


@attempt("a table of nftables")
def add_table():
    batch = struct.pack("BBH", 0, 0, socket.htons(10))
    return netlink(12, 16, 0, batch)


@attempt("the flow table")
def flow_table():
    return netlink(12, (1 << 8) | 2, 0, struct.pack("BBH", 2, 0, 0))


@attempt("end a connection of another")
def destroy_connection():
    return netlink(4, 21, 0, struct.pack("BBBBI", 2, 6, 0, 0, 0xFFFFFFFF) + bytes(48))


@many(("127.0.0.1 22", "127.0.0.1 5432", "169.254.169.254 80"), "reach ")
def reach(text):
    address, port = text.split()
    with socket.socket() as client:
        client.settimeout(5)
        client.connect((address, int(port)))


@attempt("an option that needs the network's administrator")
def mark_packets():
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, 36, 1)


@attempt("packets with another's address")
def foreign_address():
    with socket.socket() as client:
        client.setsockopt(socket.IPPROTO_IP, 19, 1)


# --- mounts and namespaces

@many(("user", "mount", "network", "process", "host name", "IPC", "cgroup", "time"), "a namespace of its own: ")
def namespace(name):
    flags = {"user": 0x10000000, "mount": 0x00020000, "network": 0x40000000, "process": 0x20000000, "host name": 0x04000000,
             "IPC": 0x08000000, "cgroup": 0x02000000, "time": 0x00000080}
    return in_child(lambda: call("unshare", flags[name]))


@attempt("a user namespace by clone")
def clone_user():
    return in_child(lambda: call("clone", 0x10000000 | signal.SIGCHLD, 0, 0, 0, 0) and "a child")


@attempt("a user namespace by clone3")
def clone3_user():
    arguments = struct.pack("QQQQQQQQ", 0x10000000, 0, 0, 0, signal.SIGCHLD, 0, 0, 0)
    return in_child(lambda: call("clone3", arguments, len(arguments)) and "a child")


@attempt("a map of users")
def map_users():
    return write("/proc/self/uid_map", f"0 {os.getuid()} 1")


@many(("hostfs", "proc", "sysfs", "devtmpfs", "tmpfs", "overlay", "devpts", "nfs", "erofs"), "mount ")
def mount(kind):
    os.makedirs("/tmp/mounted", exist_ok=True)
    return call("mount", b"none", b"/tmp/mounted", kind.encode(), 0, b"/" if kind == "hostfs" else None)


@attempt("a folder in another place")
def bind():
    os.makedirs("/tmp/mounted", exist_ok=True)
    return call("mount", b"/", b"/tmp/mounted", None, 0x1000, None)


@many(("/proc", "/sys", "/run", "/run/hangup", "/proc/sys", "/proc/sysrq-trigger"), "writable again: ")
def remount(path):
    return call("mount", None, path.encode(), None, 0x20 | 0x1000, None)


@many(("/dev", "/proc", "/proc/sys", "/run", "/etc/hosts", "/"), "unmount ")
def unmount(path):
    return call("umount2", path.encode(), 2)


@attempt("pivot_root")
def pivot_root():
    return call("pivot_root", b"/tmp", b"/tmp")


@attempt("chroot")
def chroot():
    return in_child(lambda: call("chroot", b"/tmp"))


@attempt("fsopen")
def fsopen():
    return call("fsopen", b"hostfs", 0)


@attempt("open_tree")
def open_tree():
    return call("open_tree", -100, b"/", 1)


@attempt("move_mount")
def move_mount():
    return call("move_mount", -100, b"/dev", -100, b"/tmp", 0)


@attempt("mount_setattr")
def mount_setattr():
    return call("mount_setattr", -100, b"/proc", 0, struct.pack("QQQQ", 0, 1, 0, 0), 32)


# --- the kernel

@attempt("keys of others")
def keys():
    with open("/proc/keys") as table:
        foreign = [line for line in table.read().splitlines() if "_ses" not in line and "_uid" not in line]
    if not foreign:
        raise Refused("none")
    return foreign


def plain(name, *arguments):
    TRIES.append((name, lambda: call(name, *arguments)))


plain("bpf", 5, bytes(128), 128)
plain("perf_event_open", bytes(128), -1, 0, -1, 0)
plain("io_uring_setup", 1, bytes(128))
plain("userfaultfd", 0)
plain("kexec_load", 0, 0, 0, 0)
plain("kexec_file_load", 0, 0, 0, 0, 0)
plain("reboot", 0xFEE1DEAD - (1 << 32), 672274793, 0x4321FEDC, 0)
plain("swapon", b"/tmp/swap", 0)
plain("settimeofday", struct.pack("qq", 1, 0), 0)
plain("clock_settime", 0, struct.pack("qq", 1, 0))
plain("adjtimex", struct.pack("I", 0x4000) + bytes(252))
plain("sethostname", b"escaped", 7)
plain("setdomainname", b"escaped", 7)
plain("iopl", 3)
plain("ioperm", 0, 8, 1)
plain("syslog", 3, bytes(64), 64)
plain("init_module", 0, 0, b"")
plain("finit_module", 0, b"", 0)
plain("acct", b"/tmp/acct")
plain("quotactl", 0x800002 << 8, 0, 0, 0)
plain("fanotify_init", 0, 0)
plain("vhangup")
plain("setgroups", 0, 0)
plain("landlock_create_ruleset", 0, 0, 1)


@attempt("become root")
def become_root():
    if os.getuid() == 0:
        raise Refused("is root already, without root's powers")
    return call("setresuid", 0, 0, 0)


@attempt("become the server's user")
def become_server():
    return in_child(lambda: call("setresuid", 64070, 64070, 64070))


@attempt("powers that it has")
def powers():
    with open("/proc/self/status") as status:
        held = {line.split()[0]: int(line.split()[1], 16) for line in status if line.startswith("Cap")}
    most = 1 << 2 if os.getuid() == 0 else 0  # CAP_DAC_READ_SEARCH
    if all(value & ~most == 0 for key, value in held.items() if key != "CapBnd:" or os.getuid() == 0):
        raise Refused("reading only" if most else "none")
    return held


@attempt("powers by capset")
def more_powers():
    header, data = struct.pack("Ii", 0x20080522, 0), struct.pack("IIIIII", 1 << 21, 1 << 21, 0, 0, 0, 0)
    return call("capset", header, data)


@attempt("limits of 1")
def limits():
    return call("prlimit64", 1, resource.RLIMIT_NOFILE, 0, bytes(16))


@attempt("core files")
def core_files():
    def crash():
        folder = f"/tmp/core-{os.getpid()}"
        os.mkdir(folder)
        os.chdir(folder)
        child = os.fork()
        if child == 0:
            os.abort()
        os.waitpid(child, 0)
        if not os.listdir(folder):
            raise Refused("none")
        return os.listdir(folder)
    return in_child(crash)


@attempt("the host's clock by the vsyscall page")
def vsyscall():
    def ask():
        page = ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_void_p)(0xFFFFFFFFFF600400)
        seconds = page(None)
        if seconds < 0:
            raise OSError(-seconds, "")
        if abs(seconds - time.time()) < 60:
            raise Refused("the lab's own time")
        return seconds
    return in_child(ask)


@attempt("executable memory at the page of zero")
def map_zero():
    LIBC.mmap.restype = ctypes.c_void_p
    LIBC.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
    address = LIBC.mmap(None, 4096, 7, 0x32, -1, 0)
    if address == ctypes.c_void_p(-1).value:
        raise OSError(ctypes.get_errno(), "")
    return hex(address or 0)


# --- the database

STATEMENTS = {
    "sql: a superuser": "ALTER ROLE app SUPERUSER",
    "sql: another superuser": "CREATE ROLE other SUPERUSER",
    "sql: the role of the superuser": "SET ROLE hangup",
    "sql: the session of the superuser": "SET SESSION AUTHORIZATION hangup",
    "sql: the writer of the ledger": "SET ROLE hangup_ledger",
    "sql: a file by pg_read_file": "SELECT pg_read_file('/etc/passwd')",
    "sql: a folder by pg_ls_dir": "SELECT pg_ls_dir('/')",
    "sql: a file by lo_import": "SELECT lo_import('/etc/passwd')",
    "sql: a file by lo_export": "SELECT lo_export(1, '/run/database/x')",
    "sql: COPY from a file": "COPY blog_posts FROM '/etc/passwd'",
    "sql: COPY to a file": "COPY blog_posts TO '/run/database/x'",
    "sql: COPY from a program": "COPY blog_posts FROM PROGRAM 'id'",
    "sql: COPY to a program": "COPY blog_posts TO PROGRAM 'id'",
    "sql: a function in C": "CREATE FUNCTION c() RETURNS int LANGUAGE c AS '/lib/x86_64-linux-gnu/libc.so.6', 'getpid'",
    "sql: an internal function": "CREATE FUNCTION i() RETURNS int LANGUAGE internal AS 'pg_backend_pid'",
    "sql: file_fdw": "CREATE EXTENSION file_fdw",
    "sql: dblink": "CREATE EXTENSION dblink",
    "sql: a library": "LOAD '/lib/x86_64-linux-gnu/libc.so.6'",
    "sql: a setting of the server": "ALTER SYSTEM SET archive_command = 'id'",
    "sql: libraries of sessions": "ALTER DATABASE app SET session_preload_libraries = 'x'",
    "sql: no triggers": "SET session_replication_role = replica",
    "sql: no log": "SET log_statement = 'none'",
    "sql: an event trigger": "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "sql: a row for the ledger": "INSERT INTO hangup.ledger (key) VALUES ('op-0001')",
    "sql: what is in the ledger": "SELECT * FROM hangup.ledger",
    "sql: no ledger": "DROP TABLE hangup.ledger",
    "sql: no schema of the ledger": "DROP SCHEMA hangup CASCADE",
    "sql: a schema with the name of the superuser": "CREATE SCHEMA hangup",
    "sql: a view beside the ledger": "CREATE VIEW hangup.escaped AS SELECT 1",
    "sql: the trigger of the ledger on a table of its own":
        "CREATE TABLE own (key text); CREATE TRIGGER own AFTER INSERT ON own FOR EACH ROW EXECUTE FUNCTION hangup.note()",
    "sql: the function of the ledger": "CREATE OR REPLACE FUNCTION hangup.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
    "sql: end a process of the server":
        "SELECT 1 / count(*) FROM pg_stat_activity"
        " WHERE CASE WHEN pid = pg_backend_pid() THEN false ELSE pg_terminate_backend(pid) END",
    # A conversion of the application's own runs where the ledger's trigger takes the key.
    "sql: a superuser by the conversion of a type":
        "BEGIN; CREATE TYPE evil AS (x text);"
        " CREATE FUNCTION convert_evil(evil) RETURNS text LANGUAGE plpgsql AS"
        " $$BEGIN EXECUTE 'ALTER ROLE app SUPERUSER'; RETURN 'x'; END$$;"
        " CREATE CAST (evil AS text) WITH FUNCTION convert_evil(evil) AS ASSIGNMENT;"
        " ALTER TABLE blog_posts ALTER key TYPE evil USING ROW(key)::evil;"
        " INSERT INTO blog_posts (key) VALUES (ROW('x'));",
}


def psql(conninfo, script):
    program = sorted(glob.glob("/usr/lib/postgresql/*/bin/psql"))[-1]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return subprocess.run([program, "-X", "-q", "-A", "-t", "-v", "VERBOSITY=sqlstate", conninfo], input=script, text=True,
                          env=environment, capture_output=True)


def try_statements(conninfo):
    """All in one session: names go where errors go, so that they stay in order."""
    script = "".join(f"\\warn @{name}\n{statement};\nROLLBACK;\n" for name, statement in STATEMENTS.items())
    said = psql(conninfo, "SET client_min_messages = error;\n" + script).stderr
    found = {}
    name = None
    for line in said.splitlines():
        if line.startswith("@"):
            name = line[1:]
        elif name is not None and "ERROR:" in line:
            found.setdefault(name, line.split("ERROR:")[1].strip())
    for name in STATEMENTS:
        tell(name, f"refused: {found[name]}" if name in found else "ESCAPED: done")
    # What is no escape by itself: PID 1 must not read these in the ledger's place.
    psql(conninfo, "CREATE FUNCTION forge() RETURNS text LANGUAGE plpgsql AS $$BEGIN EXECUTE 'ALTER ROLE app SUPERUSER';"
                   " RETURN 'op-0001'; END$$; CREATE VIEW public.ledger AS SELECT forge() AS key;"
                   " ALTER DATABASE app SET search_path = public; ALTER DATABASE app SET role = 'app';"
                   " ALTER DATABASE app SET statement_timeout = '1ms';")


def try_superuser(conninfo):
    outside = psql(conninfo + " user=hangup", "SELECT 1;")
    rejected = "rejects connection" in outside.stderr
    tell("superuser by password", "refused: rejected" if rejected else f"ESCAPED: {outside.stdout}{outside.stderr!r}")
    for path in ("/run/server", "/var/run/postgresql", "/proc/1/root/run/server"):
        inside = psql(f"host={path} user=hangup dbname=app connect_timeout=5", "SELECT 1;")
        reason = next((word for word in ("No such file or directory", "Permission denied") if word in inside.stderr), None)
        tell(f"superuser by {path}", f"refused: {reason}" if reason else f"ESCAPED: {inside.stdout}{inside.stderr!r}")


# --- what ends with the cell

def leave_daemons(conninfo):
    """They outlive the program, if anything does, and write as soon as it is gone."""
    for key in ("daemon-1", "daemon-2"):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                    signal.signal(number, signal.SIG_IGN)
                LIBC.prctl(15, b"postgres", 0, 0, 0)
                parent = PARENT
                while os.path.exists(f"/proc/{parent}"):
                    time.sleep(0.01)
                psql(conninfo, f"INSERT INTO blog_posts (key) VALUES ('{key}')")
            os._exit(0)


def tell(name, answer):
    print(f"{name}: {answer}", file=OUTPUT, flush=True)


def try_all():
    for name, function in TRIES:
        try:
            tell(name, f"ESCAPED: {function()}")
        except OSError as error:
            tell(name, f"refused: {errno.errorcode.get(error.errno, error.errno)}")
        except Refused as reason:
            tell(name, f"refused: {reason}")
        except Exception as error:  # a try that is broken is one that was not made
            tell(name, f"BROKEN: {error!r}")


def say(**message):
    os.write(1, json.dumps(message).encode() + b"\n")


def set_places(arguments):
    PLACES.update(zip(PLACES, arguments))


def run_as_program():
    names = {"host": "PGHOST", "port": "PGPORT", "dbname": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD",
             "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}
    conninfo = " ".join(f"{word}='{os.environ[name]}'" for word, name in names.items())
    set_places(sys.argv[2:])
    try_all()
    try_superuser(conninfo)
    try_statements(conninfo)
    leave_daemons(conninfo)
    tell("all", "tried")


def run_as_subject():
    conninfo = json.loads(sys.stdin.readline())["open"]["conninfo"]
    set_places(sys.argv[1:])
    try_all()
    try_superuser(conninfo)
    try_statements(conninfo)
    leave_daemons(conninfo)
    tell("all", "tried")
    say(ready=True, name="escape", version="1", driver="none")
    for line in sys.stdin:
        say(id=json.loads(line)["id"], ok=True, backend=1)


STARTED_WITH = [int(name) for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")]
PARENT = os.getpid()
OUTPUT = sys.stderr
if sys.argv[1:2] == ["program"]:
    OUTPUT = sys.stdout
    run_as_program()
else:
    run_as_subject()
