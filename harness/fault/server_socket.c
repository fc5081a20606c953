// The connections of sessions are ended below them: their processes live, and learn of it like the client
// does.
#include "fault/server.h"
#include "lab/sock_diag.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <unistd.h>

// The port of the client at its other end, or 0: it is no TCP connection.
static uint16_t client_port(int fd)
{
    struct sockaddr_in peer = {0};
    socklen_t length = sizeof(peer);
    if (getpeername(fd, (struct sockaddr *)&peer, &length) != 0 || peer.sin_family != AF_INET)
        return 0;
    return ntohs(peer.sin_port);
}

// A copy of the descriptor that the session talks through; -1: it has none any more.
static int connection_of(const struct server_process *session, uint16_t *port)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%d/fd", (int)session->pid);
    DIR *folder = opendir(path);
    int found = -1;
    for (struct dirent *entry; folder != NULL && found < 0 && (entry = readdir(folder)) != NULL;) {
        char *end;
        int number = (int)strtol(entry->d_name, &end, 10);
        found = *end == '\0' ? pidfd_getfd(session->pidfd, number, 0) : -1;
        *port = found >= 0 ? client_port(found) : 0;
        if (found >= 0 && *port == 0) {
            close(found);
            found = -1;
        }
    }
    if (folder != NULL)
        closedir(folder);
    return found;
}

// close-sockets: FIN without close_notify, and for each session alone: the server lives on and takes new
// ones.
static bool close_sockets(struct lab *lab, struct server_fault *fault, struct error *error)
{
    for (size_t i = 0; i < fault->targets_count; i++) {
        uint16_t port;
        int fd = connection_of(&fault->targets[i], &port);
        if (fd < 0)
            continue;
        bool shut = shutdown(fd, SHUT_RDWR) == 0;
        close(fd);
        if (!shut)
            return error_set_errno(error, ERROR_LAB, "cannot shut a connection down");
        fault->hits++;
        server_fault_note(lab, fault, "socket-closed", fault->targets[i].pid);
    }
    return true;
}

const struct server_action server_close_sockets = {
    .name = "close-sockets",
    .targets = TARGET_SESSIONS,
    .apply = close_sockets,
};

// destroy-sockets: `ss --kill`: the server's kernel forgets the connection. It says so with one RST, and
// answers with another to whatever still comes for it: so also when the first was lost on a silent path.
static bool destroy_sockets(struct lab *lab, struct server_fault *fault, struct error *error)
{
    for (size_t i = 0; i < fault->targets_count; i++) {
        uint16_t port;
        int fd = connection_of(&fault->targets[i], &port);
        if (fd < 0)
            continue;
        close(fd);
        if (!lab_sockets_destroy(lab, HOST_DB, LAB_SOCKETS_ESTABLISHED, port, &fault->hits, error))
            return false;
        server_fault_note(lab, fault, "socket-destroyed", fault->targets[i].pid);
    }
    return true;
}

const struct server_action server_destroy_sockets = {
    .name = "destroy-sockets",
    .targets = TARGET_SESSIONS,
    .apply = destroy_sockets,
};
