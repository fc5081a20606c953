// What a confined process can open. Breaks with: a folder, a device or a foreign process within its reach.
#include "host/guest_confine.h"

#include "base/directory.h"
#include "host/guest_landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define REFUSED(call)                                                                                        \
    do {                                                                                                     \
        errno = 0;                                                                                           \
        if ((call) != -1 || (errno != EACCES && errno != EPERM && errno != EXDEV))                           \
            return __LINE__ % 250 + 1;                                                                       \
    } while (false)
#define PASSES(call)                                                                                         \
    do {                                                                                                     \
        if ((call) < 0)                                                                                      \
            return __LINE__ % 250 + 1;                                                                       \
    } while (false)

static pid_t bystander; // a process of the same user, outside

static int reach(void)
{
    struct rlimit core;
    PASSES(open("mine/file", O_RDWR | O_CREAT, 0600));
    PASSES(mkdir("mine/folder", 0700));
    PASSES(symlink("/", "mine/link"));
    PASSES(open("shown/file", O_RDONLY));
    REFUSED(open("shown/file", O_RDWR));
    REFUSED(open("shown/new", O_RDWR | O_CREAT, 0600));
    REFUSED(unlink("shown/file"));
    REFUSED(rename("shown/file", "mine/moved"));
    REFUSED(link("shown/file", "mine/linked"));
    REFUSED(open("hidden/file", O_RDONLY));
    REFUSED(open("mine/../hidden/file", O_RDONLY));
    REFUSED(open("hidden", O_RDONLY | O_DIRECTORY));
    REFUSED(open("mine/link/etc/hostname", O_RDWR));
    REFUSED(open("new", O_RDWR | O_CREAT, 0600));
    PASSES(open("/dev/null", O_RDWR));
    REFUSED(open("/dev/tty", O_RDWR));
    REFUSED(open("/dev/ptmx", O_RDWR));
    REFUSED(open("/proc/self/mem", O_RDWR));
    if (guest_landlock_abi() >= 6)
        REFUSED(kill(bystander, SIGTERM));
    PASSES(getrlimit(RLIMIT_CORE, &core));
    return core.rlim_max == 0 ? 0 : 254;
}

// The host's root as the guest's: files, but not what is alive.
static int reach_root(void)
{
    PASSES(open("/", O_RDONLY | O_DIRECTORY));
    PASSES(open("/etc/passwd", O_RDONLY));
    PASSES(open("shown/file", O_RDONLY));
    REFUSED(open("/etc/passwd", O_RDWR));
    REFUSED(open("shown/file", O_RDWR));
    PASSES(open("/proc/cpuinfo", O_RDONLY));
    REFUSED(open("/proc/1/status", O_RDONLY));
    REFUSED(open("/proc/self/maps", O_RDONLY));
    PASSES(open("/dev/urandom", O_RDONLY));
    REFUSED(open("/dev/urandom", O_RDWR));
    REFUSED(open("/dev/ptmx", O_RDONLY));
    return 0;
}

// A copy of its memory is an unnamed file.
static int reach_memory(void)
{
    int file = open("memory", O_RDWR | O_TMPFILE | O_EXCL, 0700);
    PASSES(file);
    PASSES(ftruncate(file, 4096));
    PASSES(pwrite(file, "x", 1, 4000));
    REFUSED(open("memory/file", O_RDWR | O_CREAT, 0600));
    REFUSED(mkdir("memory/folder", 0700));
    REFUSED(open("memory", O_RDONLY | O_DIRECTORY));
    return 0;
}

static int reach_no_memory(void)
{
    REFUSED(open("memory", O_RDWR | O_TMPFILE | O_EXCL, 0700));
    return 0;
}

static int confined_with(const char *readable, const char *memory, int (*try)(void))
{
    const char *const readables[] = {readable, NULL}, *const writables[] = {"mine", NULL};
    const struct guest_confinement confinement = {
        .readable = readables, .writable = writables, .memory = memory};
    int status;
    pid_t child = fork();
    if (child == 0) {
        struct error error;
        _exit(guest_confine(&confinement, &error) ? try() : 255);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int confined(const char *readable, int (*try)(void))
{
    return confined_with(readable, NULL, try);
}

static void make(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT, 0666);
    assert_true(fd >= 0);
    close(fd);
}

static void nothing_but_what_was_given(void **state)
{
    (void)state;
    if (guest_landlock_abi() == 0)
        skip();
    char folder[] = "/tmp/hangup-confine-XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    assert_true(mkdir("mine", 0700) == 0 && mkdir("shown", 0777) == 0 && mkdir("hidden", 0777) == 0 &&
                mkdir("memory", 0700) == 0);
    make("shown/file");
    make("hidden/file");
    bystander = fork();
    if (bystander == 0)
        for (;;)
            pause();
    assert_int_equal(confined("shown", reach), 0);
    assert_int_equal(confined("/", reach_root), 0);
    assert_int_equal(confined_with("shown", "memory", reach_memory), 0);
    assert_int_equal(confined("shown", reach_no_memory), 0);
    kill(bystander, SIGKILL);
    assert_int_equal(waitpid(bystander, NULL, 0), bystander);
    assert_int_equal(chdir("/"), 0);
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_but_what_was_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
