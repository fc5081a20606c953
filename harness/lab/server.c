// Starting and ending PostgreSQL, and waiting until it says that it is ready.
#include "lab/server.h"

#include "base/clock.h"
#include "base/duration.h"
#include "base/event_wait.h"
#include "contract/addresses.h"
#include "lab/capture.h"
#include "lab/keys.h"
#include "lab/mount.h"
#include "lab/pack.h"
#include "lab/postgres.h"
#include "lab/process.h"
#include "lab/server_internal.h"
#include "lab/view.h"
#include "scenario/scenario.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOTIFY_SOCKET    LAB_MOUNT_SOCKETS "/notify"
#define SUPERUSER_SOCKET LAB_MOUNT_SOCKETS "/.s.PGSQL." LAB_DB_PORT_TEXT
#define OTHER_DATA       LAB_MOUNT_DATABASE "/other" // PostgreSQL does not mind a folder that is not its own
#define OTHER_DATA_FILE  "/run/other-data"
#define START_TIMEOUT_US (60 * US_PER_S)
#define END_TIMEOUT_US   (60 * US_PER_S)

struct lab_server {
    struct lab_process process;
    struct lab_process old; // the one that lives on after a failover
    struct lab_view view;
    char program[PATH_MAX];
    const char *data; // its data directory
    char listen[64];  // the setting of its address; empty: it listens on all of its host's
    int notify_fd;    // systemd's readiness protocol: the server says READY=1 whenever it accepts connections
    bool starting;    // and has not said so since
};

static int open_notify_socket(struct error *error)
{
    const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = NOTIFY_SOCKET};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
        chown(NOTIFY_SOCKET, LAB_SERVER_USER, LAB_SERVER_USER) != 0) {
        error_set_errno(error, ERROR_LAB, NOTIFY_SOCKET);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    return fd;
}

// Waits for one of two descriptors, and takes in the packets that come meanwhile. False: time is over.
static bool wait_for(struct lab *lab, struct pollfd watched[static 2], int64_t until_us, struct error *error)
{
    struct pollfd all[] = {watched[0], watched[1], {.fd = trace_capture_fd(lab->capture), .events = POLLIN}};
    for (;;) {
        struct timespec timeout = clock_timeout(until_us);
        if (!event_wait(all, 3, &timeout, error) ||
            (all[2].revents != 0 && !trace_capture_drain(lab->capture, error)))
            return false;
        watched[0].revents = all[0].revents;
        watched[1].revents = all[1].revents;
        if (all[0].revents != 0 || all[1].revents != 0)
            return true;
        if (clock_now_us() >= until_us)
            return error_set(error, ERROR_LAB, "PostgreSQL does not do what it was told: see postgres.log");
    }
}

// True when it was READY=1.
static bool read_notification(const struct lab_server *server)
{
    char message[512];
    ssize_t length = recv(server->notify_fd, message, sizeof(message) - 1, MSG_DONTWAIT);
    message[length > 0 ? length : 0] = '\0';
    return strstr(message, "READY=1") != NULL;
}

bool lab_server_await(struct lab *lab, struct error *error)
{
    struct lab_server *server = lab->server;
    struct pollfd watched[] = {
        {.fd = server->notify_fd, .events = POLLIN}, {.fd = server->process.pidfd, .events = POLLIN}};
    int64_t until_us = clock_now_us() + START_TIMEOUT_US;
    while (server->starting) {
        if (!wait_for(lab, watched, until_us, error))
            return false;
        if (watched[1].revents != 0)
            return error_set(error, ERROR_LAB, "PostgreSQL ended at its start: see postgres.log");
        server->starting = !read_notification(server);
    }
    return true;
}

bool lab_server_start_again(struct lab *lab, struct error *error)
{
    struct lab_server *server = lab->server;
    const char *const argv[] = {
        server->program, "-D", server->data, server->listen[0] != '\0' ? "-c" : NULL, server->listen, NULL};
    static const char *const environment[] = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "TZ=UTC",
        "NOTIFY_SOCKET=" NOTIFY_SOCKET, "LD_PRELOAD=" LAB_KEYS_LIBRARY, NULL};
    while (recv(server->notify_fd, &(char){0}, 1, MSG_DONTWAIT) > 0)
        continue; // what the one before it had to say
    int log = open(LAB_SERVER_LOG, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (log < 0)
        return error_set_errno(error, ERROR_LAB, LAB_SERVER_LOG);
    const struct lab_process_options options = {.argv = argv,
        .environment = environment,
        .namespace_fd = lab->namespace_fd[HOST_DB],
        .view = &server->view,
        .user = LAB_SERVER_USER,
        .stdin_fd = -1,
        .stdout_fd = log,
        .stderr_fd = log};
    server->starting = lab_process_start(&server->process, &options, error);
    close(log);
    return server->starting;
}

// A second server needs an address of its own on the host, which the first must leave to it.
static bool will_live_on(const struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->faults_count; i++)
        if (strcmp(scenario->faults[i].kind->name, "failover") == 0 &&
            strcmp(fault_option_word(&scenario->faults[i], "old", "gone"), "gone") != 0)
            return true;
    return false;
}

static void listen_on(struct lab_server *server, const char *address)
{
    snprintf(server->listen, sizeof(server->listen), "listen_addresses=%s", address);
}

static bool stop_or_go_on(int signal, struct error *error)
{
    pid_t *pids = NULL;
    size_t count = 0;
    bool good = lab_server_processes(&pids, &count, error);
    for (size_t i = 0; good && i < count; i++)
        kill(pids[i], signal);
    free(pids);
    return good;
}

// Of one moment: what has been committed is in it, as after a crash.
static bool copy_data(struct error *error)
{
    struct error later = {0}; // the first error is the cause
    bool copied = stop_or_go_on(SIGSTOP, error) && lab_pack(LAB_MOUNT_DATABASE, OTHER_DATA_FILE, error);
    if (!stop_or_go_on(SIGCONT, copied ? error : &later) || !copied)
        return false;
    bool unpacked = lab_mount_folder(OTHER_DATA, 0700, error) &&
                    (chown(OTHER_DATA, LAB_SERVER_USER, LAB_SERVER_USER) == 0 ||
                        error_set_errno(error, ERROR_LAB, OTHER_DATA)) &&
                    lab_unpack(OTHER_DATA_FILE, OTHER_DATA, LAB_SERVER_USER, error);
    unlink(OTHER_DATA_FILE);
    return unpacked && (unlink(OTHER_DATA "/postmaster.pid") == 0 ||
                           error_set_errno(error, ERROR_LAB, OTHER_DATA "/postmaster.pid"));
}

bool lab_server_start_other(struct lab *lab, const char *address, struct error *error)
{
    struct lab_server *server = lab->server;
    if (!copy_data(error))
        return false;
    server->old = server->process;
    server->process = (struct lab_process){.pid = -1, .pidfd = -1};
    server->data = OTHER_DATA;
    listen_on(server, address);
    // The lab's own way in leads to the new one from now on.
    unlink(SUPERUSER_SOCKET);
    unlink(SUPERUSER_SOCKET ".lock");
    return lab_server_start_again(lab, error) && lab_server_await(lab, error);
}

static bool make_sockets_folder(struct error *error)
{
    return lab_mount_folder(LAB_MOUNT_SOCKETS, 0700, error) &&
           (chown(LAB_MOUNT_SOCKETS, LAB_SERVER_USER, LAB_SERVER_USER) == 0 ||
               error_set_errno(error, ERROR_LAB, LAB_MOUNT_SOCKETS));
}

static bool start_postgres_server(struct lab *lab, struct error *error)
{
    struct lab_server *server = lab->server;
    if (!lab_postgres_program("postgres", server->program, error) || !lab_server_make_data(error) ||
        !make_sockets_folder(error) || !lab_view_open_server(&server->view, error))
        return false;
    server->notify_fd = open_notify_socket(error);
    return server->notify_fd >= 0 && lab_server_start_again(lab, error) && lab_server_await(lab, error);
}

bool lab_server_start(struct lab *lab, struct error *error)
{
    lab->server = malloc(sizeof(*lab->server));
    if (lab->server == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    *lab->server = (struct lab_server){.process = {.pid = -1, .pidfd = -1},
        .old = {.pid = -1, .pidfd = -1},
        .view = LAB_VIEW_NONE,
        .data = LAB_MOUNT_DATABASE,
        .notify_fd = -1};
    if (will_live_on(lab->cell->scenario))
        listen_on(lab->server, LAB_DB_ADDRESS);
    return start_postgres_server(lab, error);
}

bool lab_server_signal(const struct lab *lab, int signal, struct error *error)
{
    if (lab->server->process.pid > 0 && kill(lab->server->process.pid, signal) == 0)
        return true;
    return error_set(error, ERROR_LAB, "the server has ended already");
}

bool lab_server_await_end(struct lab *lab, struct error *error)
{
    struct lab_server *server = lab->server;
    struct pollfd ended[] = {{.fd = server->process.pidfd, .events = POLLIN}, {.fd = -1}};
    if (server->process.pid < 0)
        return true;
    if (!wait_for(lab, ended, clock_now_us() + END_TIMEOUT_US, error))
        return false;
    lab_process_kill(&server->process); // it is dead; this collects it
    return true;
}

bool lab_server_crash(struct lab *lab, struct error *error)
{
    pid_t *pids;
    size_t count;
    bool good = lab_server_processes(&pids, &count, error);
    // The postmaster, the oldest, first: it must not act on the death of the others, nor they on its own.
    for (size_t i = 1; good && i < count; i++)
        kill(pids[i], SIGSTOP);
    for (size_t i = 0; good && i < count; i++)
        kill(pids[i], SIGKILL);
    lab_process_kill(&lab->server->process);
    // Its children are ours now.
    for (size_t i = 0; good && i < count; i++)
        while (waitpid(pids[i], NULL, 0) < 0 && errno == EINTR)
            continue;
    free(pids);
    return good;
}

void lab_server_free(struct lab_server *server)
{
    if (server == NULL)
        return;
    lab_process_kill(&server->process);
    lab_process_kill(&server->old);
    lab_view_close(&server->view);
    if (server->notify_fd >= 0)
        close(server->notify_fd);
    free(server);
}

pid_t lab_server_postmaster(const struct lab_server *server)
{
    return server->process.pid;
}
