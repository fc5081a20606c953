// A list of what is allowed, in the order: plain calls, calls whose arguments are looked at, the rest. The
// host's kernel finds out once which calls are always allowed and does not run the filter for them again,
// which is why nothing but the number is looked at before them.
#include "host/guest_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452
#endif

#define INSTRUCTIONS_MAX 1024
#define SET_ID           (S_ISUID | S_ISGID)
#define DEVICE           0020000 // the bit that block and character devices have, and nothing else that mknod makes
#define NAMESPACES                                                                                           \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID |            \
        CLONE_NEWNET)

struct program {
    struct sock_filter code[INSTRUCTIONS_MAX];
    size_t count; // beyond the maximum: it did not fit
};

static const int plain_calls[] = {
    // memory, time, signals, processes
    SYS_ptrace, SYS_wait4, SYS_waitid, SYS_mmap, SYS_munmap, SYS_mprotect, SYS_mremap, SYS_madvise, SYS_brk,
    SYS_futex, SYS_sched_yield, SYS_clock_gettime, SYS_clock_getres, SYS_clock_nanosleep, SYS_nanosleep,
    SYS_timer_create, SYS_timer_settime, SYS_timer_gettime, SYS_timer_delete, SYS_setitimer, SYS_getitimer,
    SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_rt_sigsuspend, SYS_rt_sigtimedwait,
    SYS_rt_sigpending, SYS_sigaltstack, SYS_pause, SYS_restart_syscall, SYS_fork, SYS_vfork, SYS_execve,
    SYS_execveat, SYS_exit, SYS_exit_group, SYS_getpid, SYS_getppid, SYS_gettid, SYS_getpgrp, SYS_getpgid,
    SYS_getsid, SYS_setsid, SYS_setpgid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid, SYS_getrlimit,
    SYS_getrusage, SYS_uname, SYS_sysinfo, SYS_getrandom, SYS_prctl, SYS_arch_prctl, SYS_set_tid_address,
    SYS_set_robust_list, SYS_rseq, SYS_personality, SYS_sched_getaffinity, SYS_membarrier, SYS_seccomp,
    // descriptors
    SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_pread64, SYS_pwrite64, SYS_lseek, SYS_close, SYS_dup,
    SYS_dup2, SYS_dup3, SYS_fcntl, SYS_pipe, SYS_pipe2, SYS_poll, SYS_ppoll, SYS_select, SYS_pselect6,
    SYS_epoll_create, SYS_epoll_create1, SYS_epoll_ctl, SYS_epoll_wait, SYS_epoll_pwait, SYS_eventfd,
    SYS_eventfd2, SYS_fsync, SYS_fdatasync, SYS_ftruncate, SYS_fallocate, SYS_close_range, SYS_memfd_create,
    SYS_signalfd4, SYS_bind, SYS_listen, SYS_accept, SYS_accept4, SYS_recvfrom, SYS_recvmsg, SYS_sendmsg,
    SYS_shutdown, SYS_getsockopt, SYS_setsockopt, SYS_getsockname,
    // files, which Landlock sees, and what can be read of those that it hides: that they exist
    SYS_stat, SYS_fstat, SYS_lstat, SYS_newfstatat, SYS_statx, SYS_statfs, SYS_fstatfs, SYS_access,
    SYS_faccessat, SYS_faccessat2, SYS_readlink, SYS_readlinkat, SYS_getdents64, SYS_getcwd, SYS_chdir,
    SYS_fchdir, SYS_landlock_restrict_self, SYS_umask, SYS_link, SYS_linkat, SYS_symlink, SYS_symlinkat,
    SYS_unlink, SYS_unlinkat, SYS_rmdir, SYS_rename, SYS_renameat, SYS_renameat2};

// Why these are not among them: a Landlock right does not exist, and a guest reads and writes no more than
// what it opens. Attributes are refused by name, so that whoever asks hears "not permitted".
static const int attribute_calls[] = {SYS_chmod, SYS_fchmod, SYS_fchmodat, SYS_fchmodat2, SYS_chown,
    SYS_fchown, SYS_lchown, SYS_fchownat, SYS_utime, SYS_utimes, SYS_futimesat, SYS_utimensat};

static void add_instruction(struct program *program, uint16_t code, uint32_t value, uint8_t yes, uint8_t no)
{
    if (program->count < INSTRUCTIONS_MAX)
        program->code[program->count] = (struct sock_filter){code, yes, no, value};
    program->count++;
}

static void load_word(struct program *program, size_t offset)
{
    add_instruction(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void answer_with(struct program *program, uint32_t action)
{
    add_instruction(program, BPF_RET | BPF_K, action, 0, 0);
}

static uint32_t refusal(int number)
{
    return SECCOMP_RET_ERRNO | (uint32_t)number;
}

// The instructions between begin_call and end_call are for this call alone. The number is loaded at
// begin_call and may be gone afterwards.
static size_t begin_call(struct program *program, int call)
{
    load_word(program, offsetof(struct seccomp_data, nr));
    add_instruction(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 0);
    return program->count - 1;
}

static void end_call(struct program *program, size_t begin, uint32_t action)
{
    answer_with(program, action);
    if (begin < INSTRUCTIONS_MAX && program->count <= INSTRUCTIONS_MAX)
        program->code[begin].jf = (uint8_t)(program->count - begin - 1);
}

static void load_argument(struct program *program, unsigned nth) // its lower half
{
    load_word(program, offsetof(struct seccomp_data, args) + nth * sizeof(uint64_t));
}

static void load_upper_half(struct program *program, unsigned nth)
{
    load_word(program, offsetof(struct seccomp_data, args) + nth * sizeof(uint64_t) + sizeof(uint32_t));
}

static void refuse_bits(struct program *program, unsigned argument, uint32_t bits)
{
    load_argument(program, argument);
    add_instruction(program, BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1);
    answer_with(program, refusal(EPERM));
}

static void allow_without_bits(struct program *program, int call, unsigned argument, uint32_t bits)
{
    size_t begin = begin_call(program, call);
    refuse_bits(program, argument, bits);
    end_call(program, begin, SECCOMP_RET_ALLOW);
}

// The mode counts only where a file is made.
static void allow_open(struct program *program, int call, unsigned flags)
{
    size_t begin = begin_call(program, call);
    load_argument(program, flags);
    add_instruction(program, BPF_JMP | BPF_JSET | BPF_K, O_CREAT | (O_TMPFILE & ~O_DIRECTORY), 1, 0);
    answer_with(program, SECCOMP_RET_ALLOW);
    refuse_bits(program, flags + 1, SET_ID);
    end_call(program, begin, SECCOMP_RET_ALLOW);
}

static void allow_only(struct program *program, int call, unsigned argument, uint32_t value)
{
    size_t begin = begin_call(program, call);
    load_argument(program, argument);
    add_instruction(program, BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0);
    answer_with(program, refusal(EPERM));
    end_call(program, begin, SECCOMP_RET_ALLOW);
}

// A local stream. An address in a message, which cannot be looked at from here, means nothing to it: it would
// have to be connected. The kernel hands descriptors to its processes over a pair of them.
static void allow_stream(struct program *program, int call)
{
    size_t begin = begin_call(program, call);
    load_argument(program, 0);
    add_instruction(program, BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 1, 0);
    answer_with(program, refusal(EPERM));
    load_argument(program, 1);
    add_instruction(
        program, BPF_ALU | BPF_AND | BPF_K, 0xf, 0, 0); // the rest is SOCK_CLOEXEC and SOCK_NONBLOCK
    add_instruction(program, BPF_JMP | BPF_JEQ | BPF_K, SOCK_STREAM, 1, 0);
    answer_with(program, refusal(EPERM));
    end_call(program, begin, SECCOMP_RET_ALLOW);
}

static void refuse_call(struct program *program, int call, int number)
{
    end_call(program, begin_call(program, call), refusal(number));
}

// Its own limits only: to look at, and that of the stack also to set. What the host has set for a guest
// stays.
static void allow_limits(struct program *program)
{
    size_t begin = begin_call(program, SYS_prlimit64);
    load_argument(program, 0);
    add_instruction(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
    answer_with(program, refusal(EPERM));
    load_argument(program, 1);
    add_instruction(program, BPF_JMP | BPF_JEQ | BPF_K, RLIMIT_STACK, 0, 1);
    answer_with(program, SECCOMP_RET_ALLOW);
    load_argument(program, 2);
    add_instruction(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
    answer_with(program, refusal(EPERM));
    load_upper_half(program, 2);
    add_instruction(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
    answer_with(program, refusal(EPERM));
    end_call(program, begin, SECCOMP_RET_ALLOW);
    allow_only(program, SYS_setrlimit, 0, RLIMIT_STACK);
}

// To nobody in particular: an address would be another process's socket.
static void allow_sendto(struct program *program)
{
    size_t begin = begin_call(program, SYS_sendto);
    load_argument(program, 4);
    add_instruction(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
    answer_with(program, refusal(EPERM));
    load_upper_half(program, 4);
    add_instruction(program, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0);
    answer_with(program, refusal(EPERM));
    end_call(program, begin, SECCOMP_RET_ALLOW);
}

// Terminals: those that User-mode Linux tries out. On files, ioctl sets attributes, too.
static void allow_ioctl(struct program *program)
{
    static const uint32_t refused[] = {TIOCSTI, TIOCLINUX, TIOCSETD, TIOCCONS};
    size_t begin = begin_call(program, SYS_ioctl);
    load_argument(program, 1);
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        add_instruction(program, BPF_JMP | BPF_JEQ | BPF_K, refused[i], 0, 1);
        answer_with(program, refusal(EPERM));
    }
    add_instruction(program, BPF_ALU | BPF_AND | BPF_K, 0xff00, 0, 0);
    add_instruction(program, BPF_JMP | BPF_JEQ | BPF_K, 'T' << 8, 1, 0);
    answer_with(program, refusal(EPERM));
    end_call(program, begin, SECCOMP_RET_ALLOW);
}

// Programs in a guest that still call the vsyscall page reach the host's kernel, which would tell them its
// own time and processor: it is the one call of theirs that the guest's kernel does not see.
static void allow_outside_vsyscall_page(struct program *program, int call)
{
    const uint64_t page = 0xffffffffff600000;
    size_t begin = begin_call(program, call);
    load_word(program, offsetof(struct seccomp_data, instruction_pointer) + sizeof(uint32_t));
    add_instruction(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(page >> 32), 1, 0);
    answer_with(program, SECCOMP_RET_ALLOW);
    load_word(program, offsetof(struct seccomp_data, instruction_pointer));
    add_instruction(program, BPF_ALU | BPF_AND | BPF_K, 0xfffff000, 0, 0);
    add_instruction(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)page, 1, 0);
    answer_with(program, SECCOMP_RET_ALLOW);
    end_call(program, begin, refusal(ENOSYS));
}

static void allow_plain(struct program *program)
{
    load_word(program, offsetof(struct seccomp_data, arch));
    add_instruction(program, BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0);
    answer_with(program, refusal(ENOSYS));
    load_word(program, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < sizeof(plain_calls) / sizeof(plain_calls[0]); i++) {
        add_instruction(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)plain_calls[i], 0, 1);
        answer_with(program, SECCOMP_RET_ALLOW);
    }
}

static void allow_new_files(struct program *program)
{
    allow_open(program, SYS_open, 1);
    allow_open(program, SYS_openat, 2);
    allow_without_bits(program, SYS_creat, 1, SET_ID);
    allow_without_bits(program, SYS_mkdir, 1, SET_ID);
    allow_without_bits(program, SYS_mkdirat, 2, SET_ID);
    allow_without_bits(program, SYS_mknod, 1, SET_ID | DEVICE);
    allow_without_bits(program, SYS_mknodat, 2, SET_ID | DEVICE);
}

static void allow_attributes(struct program *program, const struct guest_filter *filter)
{
    if (filter->may_set_attributes) {
        allow_without_bits(program, SYS_chmod, 1, SET_ID);
        allow_without_bits(program, SYS_fchmod, 1, SET_ID);
        allow_without_bits(program, SYS_fchmodat, 2, SET_ID);
        allow_without_bits(program, SYS_fchmodat2, 2, SET_ID);
    }
    for (size_t i = 0; i < sizeof(attribute_calls) / sizeof(attribute_calls[0]); i++)
        end_call(program, begin_call(program, attribute_calls[i]),
            filter->may_set_attributes ? SECCOMP_RET_ALLOW : refusal(EPERM));
    end_call(program, begin_call(program, SYS_truncate),
        filter->may_truncate ? SECCOMP_RET_ALLOW : refusal(EPERM));
}

static void allow_processes(struct program *program)
{
    allow_without_bits(program, SYS_clone, 0, NAMESPACES);
    allow_without_bits(program, SYS_kill, 0, 1U << 31); // not to a group, nor to everybody
    allow_without_bits(program, SYS_tkill, 0, 1U << 31);
    allow_without_bits(program, SYS_tgkill, 0, 1U << 31);
    allow_limits(program);
    allow_outside_vsyscall_page(program, SYS_gettimeofday);
    allow_outside_vsyscall_page(program, SYS_time);
    allow_outside_vsyscall_page(program, SYS_getcpu);
}

static void allow_sockets(struct program *program)
{
    allow_stream(program, SYS_socket);
    allow_stream(program, SYS_socketpair);
    allow_sendto(program);
    allow_ioctl(program);
    refuse_call(program, SYS_connect, EPERM);
}

bool guest_filter_is_possible(void)
{
    uint32_t action = SECCOMP_RET_ERRNO;
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

bool guest_filter_enter(const struct guest_filter *filter, struct error *error)
{
    struct program program = {.count = 0};
    allow_plain(&program);
    allow_new_files(&program);
    allow_attributes(&program, filter);
    allow_processes(&program);
    allow_sockets(&program);
    answer_with(
        &program, refusal(ENOSYS)); // as a kernel that does not know the call: libraries have another way
    if (program.count > INSTRUCTIONS_MAX)
        return error_set(error, ERROR_LAB, "seccomp: the filter is too long");
    struct sock_fprog all = {.len = (unsigned short)program.count, .filter = program.code};
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &all) != 0)
        return error_set_errno(error, ERROR_LAB, "seccomp");
    return true;
}
