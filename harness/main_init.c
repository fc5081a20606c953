// hangup-init: the first program of a guest. It makes the image the guest's root and becomes hangup-lab,
// which needs the image's libraries. It is static, because there are none before; what it opens, the process
// that is the guest has open already (contract/guest_files.h).
#include "contract/guest_files.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *enter_image(void)
{
    // Any folder that each host has would do.
    if (mount(GUEST_IMAGE_FILE, "/proc", "erofs", MS_RDONLY, NULL) != 0)
        return "cannot mount the image";
    if (chdir("/proc") != 0 || syscall(SYS_pivot_root, ".", ".") != 0 || umount2(".", MNT_DETACH) != 0 ||
        chdir("/") != 0)
        return "cannot enter the image";
    return NULL;
}

int main(void)
{
    static char name[] = "hangup-lab";
    char *const arguments[] = {name, NULL}, *const environment[] = {NULL};
    int lab = open(GUEST_LAB_FILE, O_RDONLY | O_CLOEXEC);
    const char *failed = lab < 0 ? "cannot open hangup-lab" : enter_image();
    if (failed == NULL) {
        syscall(SYS_execveat, lab, "", arguments, environment, AT_EMPTY_PATH);
        failed = "cannot start hangup-lab in the image";
    }
    printf("hangup: %s: %m\n", failed);
    fflush(stdout);
    reboot(RB_POWER_OFF);
    return 1;
}
