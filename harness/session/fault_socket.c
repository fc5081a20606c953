// A Unix socket, its clients, and an epoll over all of them.
#include "session/fault_socket.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define CLIENTS_MAX  64
#define REQUEST_SIZE 4096

struct client {
    int fd; // -1: free
    char line[REQUEST_SIZE];
    size_t length;
    size_t awaited; // fault
};

struct lab_fault_socket {
    int listen_fd, epoll_fd;
    lab_fault_handler *handler;
    void *context;
    struct client clients[CLIENTS_MAX];
};

static bool watch_client(const struct lab_fault_socket *socket, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    return epoll_ctl(socket->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static bool start_listening(struct lab_fault_socket *socket_, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof(address.sun_path)) {
        errno = ENAMETOOLONG;
        return false;
    }
    memcpy(address.sun_path, path, strlen(path));
    socket_->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    socket_->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    return socket_->listen_fd >= 0 && socket_->epoll_fd >= 0 &&
           bind(socket_->listen_fd, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
           chmod(path, 0666) == 0 && listen(socket_->listen_fd, CLIENTS_MAX) == 0 &&
           watch_client(socket_, socket_->listen_fd);
}

struct lab_fault_socket *lab_fault_socket_open(
    const char *path, lab_fault_handler *handler, void *context, struct error *error)
{
    struct lab_fault_socket *socket = malloc(sizeof(*socket));
    if (socket == NULL) {
        error_set(error, ERROR_LAB, "out of memory");
        return NULL;
    }
    socket->listen_fd = socket->epoll_fd = -1;
    socket->handler = handler;
    socket->context = context;
    for (size_t i = 0; i < CLIENTS_MAX; i++)
        socket->clients[i].fd = -1;
    if (start_listening(socket, path))
        return socket;
    error_set_errno(error, ERROR_LAB, "%s", path);
    lab_fault_socket_close(socket);
    return NULL;
}

static void forget_client(struct client *client)
{
    if (client->fd >= 0)
        close(client->fd); // epoll forgets it
    client->fd = -1;
}

void lab_fault_socket_close(struct lab_fault_socket *socket)
{
    if (socket == NULL)
        return;
    for (size_t i = 0; i < CLIENTS_MAX; i++)
        forget_client(&socket->clients[i]);
    if (socket->listen_fd >= 0)
        close(socket->listen_fd);
    if (socket->epoll_fd >= 0)
        close(socket->epoll_fd);
    free(socket);
}

int lab_fault_socket_fd(const struct lab_fault_socket *socket)
{
    return socket->epoll_fd;
}

// Who does not read its answer does not get it.
static void say_to_client(const struct client *client, json_t *answer)
{
    char *text = json_dumps(answer, JSON_COMPACT), *line = NULL;
    int length = text == NULL ? -1 : asprintf(&line, "%s\n", text);
    if (length > 0) {
        (void)!send(client->fd, line, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT);
        free(line);
    }
    free(text);
    json_decref(answer);
}

static void answer_request(const struct lab_fault_socket *socket, struct client *client, const char *line)
{
    json_error_t why;
    json_t *request = json_loads(line, JSON_REJECT_DUPLICATES, &why);
    json_t *said = NULL;
    if (json_is_object(request))
        said = socket->handler(socket->context, request, &client->awaited);
    else
        said = json_pack("{s:b, s:s}", "ok", 0, "error", "a request is a line with an object of JSON");
    json_decref(request);
    say_to_client(client, said);
}

static void take_lines(const struct lab_fault_socket *socket, struct client *client)
{
    char *start = client->line, *end;
    while ((end = memchr(start, '\n', client->length - (size_t)(start - client->line))) != NULL) {
        *end = '\0';
        answer_request(socket, client, start);
        start = end + 1;
    }
    client->length -= (size_t)(start - client->line);
    memmove(client->line, start, client->length);
}

static void listen_to(const struct lab_fault_socket *socket, struct client *client)
{
    while (client->fd >= 0) {
        size_t room = sizeof(client->line) - client->length;
        ssize_t length = recv(client->fd, client->line + client->length, room, MSG_DONTWAIT);
        if (length < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (length <= 0) { // it has gone, or its line is longer than any request
            forget_client(client);
            return;
        }
        client->length += (size_t)length;
        take_lines(socket, client);
    }
}

static void accept_client(struct lab_fault_socket *socket)
{
    for (size_t i = 0; i < CLIENTS_MAX; i++) {
        struct client *client = &socket->clients[i];
        if (client->fd >= 0)
            continue;
        client->fd = accept4(socket->listen_fd, NULL, NULL, SOCK_CLOEXEC);
        client->length = 0;
        client->awaited = LAB_FAULT_NONE;
        if (client->fd < 0)
            return;
        if (!watch_client(socket, client->fd))
            forget_client(client);
    }
    int fd = accept4(socket->listen_fd, NULL, NULL, SOCK_CLOEXEC); // one too many
    if (fd >= 0)
        close(fd);
}

void lab_fault_socket_serve(struct lab_fault_socket *socket)
{
    accept_client(socket);
    for (size_t i = 0; i < CLIENTS_MAX; i++)
        listen_to(socket, &socket->clients[i]);
}

void lab_fault_socket_tell_end(struct lab_fault_socket *socket, size_t fault, int64_t hits)
{
    for (size_t i = 0; i < CLIENTS_MAX; i++) {
        struct client *client = &socket->clients[i];
        if (client->fd < 0 || client->awaited != fault)
            continue;
        client->awaited = LAB_FAULT_NONE;
        say_to_client(client,
            json_pack("{s:b, s:I, s:I}", "ended", 1, "fault", (json_int_t)fault, "hits", (json_int_t)hits));
    }
}
