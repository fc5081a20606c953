// The server's processes, from the process table: that works on a frozen server too.
#include "contract/addresses.h"
#include "lab/server.h"

#include "base/array.h"
#include "lab/view.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TITLE_SIZE 256

static void read_file(const char *pid, const char *name, char text[static TITLE_SIZE])
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%.20s/%s", pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, text, TITLE_SIZE - 1) : 0;
    text[length > 0 ? length : 0] = '\0';
    if (fd >= 0)
        close(fd);
}

// The application may call itself what it likes; it is not the server's user.
static bool is_servers(const char *pid)
{
    char path[64];
    struct stat process;
    snprintf(path, sizeof(path), "/proc/%.20s", pid);
    return stat(path, &process) == 0 && process.st_uid == LAB_SERVER_USER;
}

static bool is_process(const char *pid)
{
    char name[TITLE_SIZE];
    read_file(pid, "comm", name);
    return strcmp(name, "postgres\n") == 0 && is_servers(pid);
}

// A backend calls itself "postgres: app app 192.0.2.2(40000) idle".
static bool is_backend(const char *pid)
{
    char title[TITLE_SIZE];
    read_file(pid, "cmdline", title);
    return strncmp(title, "postgres: ", 10) == 0 && is_servers(pid) &&
           (strstr(title, " " LAB_APP_ADDRESS "(") != NULL ||
               strstr(title, " " LAB_APP_OTHER_ADDRESS "(") != NULL ||
               strstr(title, " " LAB_PROXY_ADDRESS "(") != NULL);
}

static int compare_pids(const void *left, const void *right)
{
    pid_t a = *(const pid_t *)left, b = *(const pid_t *)right;
    return (a > b) - (a < b);
}

static bool find_server_process(
    bool (*wanted)(const char *pid), pid_t **pids, size_t *count, struct error *error)
{
    *pids = NULL;
    *count = 0;
    DIR *proc = opendir("/proc");
    if (proc == NULL)
        return error_set_errno(error, ERROR_LAB, "/proc");
    bool whole = true;
    for (struct dirent *entry; whole && (entry = readdir(proc)) != NULL;) {
        if (!isdigit((unsigned char)entry->d_name[0]) || !wanted(entry->d_name))
            continue;
        pid_t *more = array_grow(*pids, *count, sizeof(**pids));
        whole = more != NULL;
        if (whole) {
            *pids = more;
            (*pids)[(*count)++] = (pid_t)strtol(entry->d_name, NULL, 10);
        }
    }
    closedir(proc);
    if (*count > 0)
        qsort(*pids, *count, sizeof(**pids), compare_pids);
    return whole ? true : error_set(error, ERROR_LAB, "out of memory");
}

bool lab_server_backends(pid_t **pids, size_t *count, struct error *error)
{
    return find_server_process(is_backend, pids, count, error);
}

bool lab_server_processes(pid_t **pids, size_t *count, struct error *error)
{
    return find_server_process(is_process, pids, count, error);
}
