// A guest's PID 1, static: makes the image beside it the root, and runs the script beside it in it.
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

// Debian's mount(8) is not in the image: cells mount by themselves.
static int mount_folders(void)
{
    static const char *const all[][2] = {{"proc", "/proc"}, {"sysfs", "/sys"}, {"devtmpfs", "/dev"},
        {"tmpfs", "/run"}, {"tmpfs", "/tmp"}, {"tmpfs", "/dev/shm"}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (i + 1 == sizeof all / sizeof all[0] && mkdir("/dev/shm", 0755) != 0)
            return perror("/dev/shm"), 1;
        if (mount(all[i][0], all[i][1], all[i][0], 0, "") != 0)
            return perror(all[i][1]), 1;
    }
    return 0;
}

static int run(void)
{
    static char script[65536];
    int fd = open("/script", O_RDONLY);
    if (fd < 0 || read(fd, script, sizeof(script) - 1) <= 0)
        return perror("script"), 1;
    close(fd);
    if (mount("/image.erofs", "/root", "erofs", MS_RDONLY, "") != 0)
        return perror("mount the image"), 1;
    if (chdir("/root") != 0 || mount(".", "/", NULL, MS_MOVE, NULL) != 0 || chroot(".") != 0)
        return perror("enter the image"), 1;
    if (mount_folders() != 0)
        return 1;
    char *const arguments[] = {"sh", "-c", script, NULL};
    char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", NULL};
    execve("/bin/sh", arguments, environment);
    return perror("/bin/sh"), 1;
}

int main(void)
{
    pid_t child = fork();
    if (child == 0)
        _exit(run());
    while (child > 0 && waitpid(child, NULL, 0) != child)
        continue;
    reboot(RB_POWER_OFF);
    return 1;
}
