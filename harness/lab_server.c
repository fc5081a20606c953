// Starting PostgreSQL, waiting until it says that it is ready, and finding its processes.
#include "lab_server.h"

#include "clock.h"
#include "database_config.h"
#include "database_template.h"
#include "duration.h"
#include "lab_mount.h"
#include "lab_process.h"
#include "path_format.h"
#include "postgres_programs.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define NOTIFY_SOCKET    DATABASE_SOCKET_DIR "/postgresql-notify"
#define START_TIMEOUT_US (60 * US_PER_S)

struct lab_server {
    struct lab_process process;
    int notify_fd; // systemd's readiness protocol: the server says READY=1 whenever it accepts connections
};

static int open_notify_socket(uid_t user, struct error *error)
{
    const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = NOTIFY_SOCKET};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&address, sizeof(address)) != 0 ||
        chown(NOTIFY_SOCKET, user, user) != 0) {
        error_set_errno(error, ERROR_LAB, NOTIFY_SOCKET);
        if (fd >= 0)
            close(fd);
        return -1;
    }
    return fd;
}

static bool wait_until_ready(struct lab_server *server, struct error *error)
{
    struct pollfd watched[] = {
        {.fd = server->notify_fd, .events = POLLIN}, {.fd = server->process.pidfd, .events = POLLIN}};
    int64_t until_us = clock_now_us() + START_TIMEOUT_US;
    for (;;) {
        struct timespec timeout = clock_timeout(until_us);
        if (ppoll(watched, 2, &timeout, NULL) == 0)
            return error_set(error, ERROR_LAB, "PostgreSQL is not ready after 60 s: see postgres.log");
        if (watched[1].revents != 0)
            return error_set(error, ERROR_LAB, "PostgreSQL ended at its start: see postgres.log");
        char message[512];
        ssize_t length = recv(server->notify_fd, message, sizeof(message) - 1, 0);
        message[length > 0 ? length : 0] = '\0';
        if (strstr(message, "READY=1") != NULL)
            return true;
    }
}

// The user who owns the template: PostgreSQL insists on owning its data directory.
static bool find_owner(const char *data, uid_t *user, struct error *error)
{
    struct stat attributes;
    if (stat(data, &attributes) != 0)
        return error_set_errno(error, ERROR_LAB, "%s", data);
    if (attributes.st_uid == 0)
        return error_set(error, ERROR_LAB, "%s belongs to root: PostgreSQL would not start", data);
    *user = attributes.st_uid;
    return true;
}

static bool start_postmaster(struct lab *lab, struct lab_server *server, uid_t user, struct error *error)
{
    static const char *const argv[] = {POSTGRES, "-D", LAB_SERVER_DATA, NULL};
    static const char *const environment[] = {
        "PATH=/usr/bin:/bin", "LANG=C.UTF-8", "TZ=UTC", "NOTIFY_SOCKET=" NOTIFY_SOCKET, NULL};
    char log_path[PATH_MAX];
    path_format(log_path, "%s/postgres.log", lab->folder);
    int log = open(log_path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
    if (log < 0)
        return error_set_errno(error, ERROR_LAB, "%s", log_path);
    const struct lab_process_options options = {.argv = argv,
        .environment = environment,
        .namespace_fd = lab->namespace_fd[HOST_DB],
        .user = user,
        .stdin_fd = -1,
        .stdout_fd = log,
        .stderr_fd = log};
    bool started = lab_process_start(&server->process, &options, error);
    close(log);
    return started;
}

static bool start(
    struct lab *lab, struct lab_server *server, const char *template_folder, struct error *error)
{
    char data[PATH_MAX];
    uid_t user = 0;
    path_format(data, "%s/" TEMPLATE_DATA, template_folder);
    if (!find_owner(data, &user, error) || !lab_mount_overlay(data, LAB_SERVER_DATA, error))
        return false;
    if (chown(DATABASE_SOCKET_DIR, user, user) != 0)
        return error_set_errno(error, ERROR_LAB, DATABASE_SOCKET_DIR);
    server->notify_fd = open_notify_socket(user, error);
    return server->notify_fd >= 0 && start_postmaster(lab, server, user, error) &&
           wait_until_ready(server, error);
}

struct lab_server *lab_server_start(struct lab *lab, const char *template_folder, struct error *error)
{
    struct lab_server *server = calloc(1, sizeof(*server));
    if (server == NULL) {
        error_set(error, ERROR_LAB, "out of memory");
        return NULL;
    }
    server->process = (struct lab_process){.pid = -1, .pidfd = -1};
    server->notify_fd = -1;
    if (start(lab, server, template_folder, error))
        return server;
    lab_server_free(server);
    return NULL;
}

void lab_server_free(struct lab_server *server)
{
    if (server == NULL)
        return;
    lab_process_kill(&server->process);
    if (server->notify_fd >= 0)
        close(server->notify_fd);
    free(server);
}

int lab_server_pidfd(const struct lab_server *server)
{
    return server->process.pidfd;
}

pid_t lab_server_postmaster(const struct lab_server *server)
{
    return server->process.pid;
}

// A backend calls itself "postgres: app app 192.0.2.2(40000) idle".
static bool serves_app(const char *pid)
{
    char path[64], title[256] = "";
    snprintf(path, sizeof(path), "/proc/%.20s/cmdline", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t length = read(fd, title, sizeof(title) - 1);
    close(fd);
    title[length > 0 ? length : 0] = '\0';
    return strncmp(title, "postgres: ", 10) == 0 && strstr(title, " " LAB_APP_ADDRESS "(") != NULL;
}

static int compare_pids(const void *left, const void *right)
{
    pid_t a = *(const pid_t *)left, b = *(const pid_t *)right;
    return (a > b) - (a < b);
}

bool lab_server_backends(pid_t **pids, size_t *count, struct error *error)
{
    *pids = NULL;
    *count = 0;
    DIR *proc = opendir("/proc");
    if (proc == NULL)
        return error_set_errno(error, ERROR_LAB, "/proc");
    bool whole = true;
    for (struct dirent *entry; whole && (entry = readdir(proc)) != NULL;) {
        if (!isdigit((unsigned char)entry->d_name[0]) || !serves_app(entry->d_name))
            continue;
        pid_t *more = reallocarray(*pids, *count + 1, sizeof(**pids));
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
