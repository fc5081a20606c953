// Asked before the first guest starts: one that finds no room later dies of it in the middle of a cell.
#include "host/guest_memory.h"

#include "host/advice.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MORE                                                                                                 \
    "this makes more: %smount -o remount,size=2g " GUEST_MEMORY_FOLDER                                       \
    " (a container must be started with: docker run --shm-size=2g)"

int guest_memory_folder(void)
{
    char path[] = GUEST_MEMORY_FOLDER "/hangup-XXXXXX";
    if (mkdtemp(path) == NULL)
        return -1;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    rmdir(path);
    return fd;
}

unsigned guest_memory_fits_in(uint64_t free_mb, unsigned wanted, FILE *notes, struct error *error)
{
    uint64_t fits = free_mb / GUEST_MEMORY_MB;
    if (fits == 0)
        error_set(error, ERROR_LAB,
            GUEST_MEMORY_FOLDER " has %" PRIu64 " MB of room, and a guest can fill %d (mem=%dM); " MORE,
            free_mb, GUEST_MEMORY_MB, GUEST_MEMORY_MB, advice_sudo());
    else if (fits < wanted && notes != NULL)
        fprintf(notes,
            "hangup: " GUEST_MEMORY_FOLDER " has room for %" PRIu64
            " of %u guests at once (%d MB each); " MORE "\n",
            fits, wanted, GUEST_MEMORY_MB, advice_sudo());
    return fits < wanted ? (unsigned)fits : wanted;
}

unsigned guest_memory_fits(unsigned wanted, FILE *notes, struct error *error)
{
    struct statvfs room;
    if (statvfs(GUEST_MEMORY_FOLDER, &room) != 0) {
        error_set_errno(error, ERROR_LAB, GUEST_MEMORY_FOLDER ", where guests have their memory");
        return 0;
    }
    return guest_memory_fits_in(((uint64_t)room.f_bavail * room.f_frsize) >> 20, wanted, notes, error);
}
