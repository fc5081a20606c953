// pidfd_getfd: a socket belongs to whoever has a descriptor of it.
#include "lab/steal_socket.h"

#include "base/path.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <unistd.h>

static bool is_end(const struct sockaddr_in *address, uint32_t host, uint16_t port)
{
    return address->sin_family == AF_INET && ntohl(address->sin_addr.s_addr) == host &&
           ntohs(address->sin_port) == port;
}

static bool is_server_end(int fd, const struct trace_flow *flow)
{
    struct sockaddr_in local = {0}, peer = {0};
    socklen_t local_size = sizeof(local), peer_size = sizeof(peer);
    return getsockname(fd, (struct sockaddr *)&local, &local_size) == 0 &&
           getpeername(fd, (struct sockaddr *)&peer, &peer_size) == 0 &&
           is_end(&local, flow->server_address, flow->server_port) &&
           is_end(&peer, flow->client_address, flow->client_port);
}

static bool is_socket(int folder_fd, const char *name)
{
    char target[64];
    ssize_t length = readlinkat(folder_fd, name, target, sizeof(target));
    return length > 7 && strncmp(target, "socket:", 7) == 0;
}

// The process's descriptor of the socket, as one of ours. -1: it has none.
static int search_process(pid_t pid, const struct trace_flow *flow)
{
    char path[PATH_MAX];
    path_format(path, "/proc/%d/fd", (int)pid);
    DIR *folder = opendir(path);
    int pidfd = folder == NULL ? -1 : pidfd_open(pid, 0), found = -1;
    for (struct dirent *entry; pidfd >= 0 && found < 0 && (entry = readdir(folder)) != NULL;) {
        if (!is_socket(dirfd(folder), entry->d_name))
            continue;
        found = pidfd_getfd(pidfd, (int)strtol(entry->d_name, NULL, 10), 0);
        if (found >= 0 && !is_server_end(found, flow)) {
            close(found);
            found = -1;
        }
    }
    if (pidfd >= 0)
        close(pidfd);
    if (folder != NULL)
        closedir(folder);
    return found;
}

bool lab_socket_take(const struct trace_flow *flow, struct lab_socket *taken, struct error *error)
{
    *taken = (struct lab_socket){.fd = -1, .pid = -1};
    DIR *proc = opendir("/proc");
    if (proc == NULL)
        return error_set_errno(error, ERROR_LAB, "/proc");
    for (struct dirent *entry; taken->fd < 0 && (entry = readdir(proc)) != NULL;) {
        taken->pid = isdigit((unsigned char)entry->d_name[0]) ? (pid_t)strtol(entry->d_name, NULL, 10) : -1;
        if (taken->pid > 0 && taken->pid != getpid())
            taken->fd = search_process(taken->pid, flow);
    }
    closedir(proc);
    return taken->fd >= 0 ||
           error_set(error, ERROR_LAB, "no process of the server holds the connection of port %d",
               flow->client_port);
}

// Dissolving an association (connect to AF_UNSPEC) aborts what is open.
bool lab_socket_reset(int fd, struct error *error)
{
    const struct sockaddr none = {.sa_family = AF_UNSPEC};
    if (connect(fd, &none, sizeof(none)) != 0)
        return error_set_errno(error, ERROR_LAB, "cannot reset a connection of the server");
    return true;
}
