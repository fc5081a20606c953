// The guest's kernel is a process of the host. It keeps each file of the host that was opened in the guest
// open itself until its memory of that file is needed for something else; so its descriptors are the list.
#include "session/host_files.h"

#include "base/path.h"
#include "lab/mount.h"

#include <jansson.h>
#include <string.h>
#include <unistd.h>

#define DESCRIPTORS_MAX 65536
#define GAP_MAX         2048 // so many in a row that are not open: there are no more

// A pipe, a socket, a device, a file that has no name any more.
static bool names_file(const char *link)
{
    static const char gone[] = " (deleted)";
    static const char *const others[] = {"/dev/", "/proc/", "/sys/"};
    const size_t length = strlen(link);
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (strncmp(link, others[i], strlen(others[i])) == 0)
            return false;
    return link[0] == '/' && (length < sizeof(gone) || strcmp(link + length - (sizeof(gone) - 1), gone) != 0);
}

static json_t *list_host_files(void)
{
    json_t *files = json_array();
    for (int fd = 0, missed = 0; fd < DESCRIPTORS_MAX && missed < GAP_MAX; fd++, missed++) {
        char path[PATH_MAX], link[PATH_MAX];
        path_format(path, LAB_MOUNT_HOST "/proc/self/fd/%d", fd);
        const ssize_t length = readlink(path, link, sizeof(link) - 1);
        if (length < 0)
            continue;
        link[length] = '\0';
        missed = -1;
        if (names_file(link))
            json_array_append_new(files, json_string(link)); // one that is not UTF-8 is left out
    }
    return files;
}

bool lab_host_files_write(const char *name, struct error *error)
{
    json_t *files = list_host_files();
    bool written = json_dump_file(files, name, 0) == 0 || error_set_errno(error, ERROR_LAB, "%s", name);
    json_decref(files);
    return written;
}
