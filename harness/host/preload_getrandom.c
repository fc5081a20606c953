// Loaded into the guest's process: gives the guest kernel its only randomness, a stream that depends on
// nothing but the seed; lets the processes that it makes end with it; and hides the host's terminals.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <unistd.h>

static uint64_t splitmix64(uint64_t *state)
{
    uint64_t mixed = (*state += 0x9E3779B97F4A7C15u);
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
}

ssize_t getrandom(void *buffer, size_t length, unsigned flags)
{
    static uint64_t state;
    static int seeded;
    (void)flags;
    if (!seeded) {
        const char *seed = getenv("HANGUP_SEED");
        state = seed ? strtoull(seed, NULL, 10) : 0;
        seeded = 1;
    }
    unsigned char *out = buffer;
    for (size_t i = 0; i < length; i++)
        out[i] = (unsigned char)splitmix64(&state);
    return (ssize_t)length;
}

typedef long ptrace_call(enum __ptrace_request request, ...);

static ptrace_call *libc_ptrace;
static pid_t kernel;

// The descriptor it was loaded by has done its work.
__attribute__((constructor)) static void remember(void)
{
    libc_ptrace = (ptrace_call *)dlsym(RTLD_NEXT, "ptrace");
    kernel = getpid();
    const char *self = getenv("HANGUP_PRELOAD_FD");
    if (self != NULL)
        close((int)strtol(self, NULL, 10));
}

// A child of the guest kernel asks to be traced. When the kernel has been killed just before, nobody would
// ever let it go on or end it: its tracer would be init.
long ptrace(enum __ptrace_request request, ...)
{
    va_list arguments;
    va_start(arguments, request);
    pid_t pid = va_arg(arguments, pid_t);
    void *address = va_arg(arguments, void *), *data = va_arg(arguments, void *);
    va_end(arguments);
    if (request == PTRACE_TRACEME) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != kernel)
            _exit(EXIT_FAILURE);
    }
    return libc_ptrace(request, pid, address, data);
}

// The kernel would try them out at its boot, and complain that the host does not let it (guest_confine.h).
int access(const char *path, int mode) // NOLINT(readability-inconsistent-declaration-parameter-name)
{
    if (strcmp(path, "/dev/ptmx") != 0 && strcmp(path, "/dev/ptyp0") != 0)
        return faccessat(AT_FDCWD, path, mode, 0);
    errno = ENOENT;
    return -1;
}
