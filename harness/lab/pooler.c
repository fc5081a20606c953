// Writes its settings: the pooler's own, but for what the lab makes necessary. It sees what the server sees,
// whose certificate it shows, for the application knows it by the server's name.
#include "lab/pooler.h"

#include "base/clock.h"
#include "base/duration.h"
#include "contract/addresses.h"
#include "contract/database.h"
#include "contract/pooler.h"
#include "contract/template.h"
#include "lab/mount.h"
#include "lab/network.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define SETTINGS         LAB_MOUNT_SOCKETS "/pgbouncer.ini"
#define AUTHORITY        LAB_MOUNT_SOCKETS "/ca.crt"
#define LOG              "pooler.log" // in the cell's folder
#define START_TIMEOUT_US (10 * US_PER_S)
#define LOOK_EVERY_US    (10 * US_PER_MS)

// Without client_tls_ca_file it wants the system's own authorities, which an image may not have.
static const char settings[] = //
    "[databases]\n" DATABASE_NAME " = host=" LAB_DB_ADDRESS " port=" LAB_DB_PORT_TEXT " dbname=" DATABASE_NAME
    " user=" DATABASE_USER " password=" DATABASE_PASSWORD "\n"
    "[pgbouncer]\n"
    "listen_addr = " LAB_PROXY_ADDRESS "\n"
    "listen_port = " LAB_DB_PORT_TEXT "\n"
    "unix_socket_dir =\n"
    "auth_type = any\n"
    "ignore_startup_parameters = extra_float_digits, options, search_path\n"
    "client_tls_sslmode = allow\n"
    "client_tls_key_file = " LAB_MOUNT_DATABASE "/server.key\n"
    "client_tls_cert_file = " LAB_MOUNT_DATABASE "/" DATABASE_CERTIFICATE "\n"
    "client_tls_ca_file = " AUTHORITY "\n"
    "server_tls_sslmode = verify-ca\n"
    "server_tls_ca_file = " AUTHORITY "\n"
    "pool_mode = %s\n";

static bool write_settings(const struct network *network, struct error *error)
{
    FILE *file = fopen(SETTINGS, "we");
    bool written = file != NULL &&
                   fprintf(file, settings,
                       network->pooler == POOLER_PGBOUNCER_TRANSACTION ? "transaction" : "session") > 0;
    if (file != NULL)
        written = fclose(file) == 0 && written;
    return written || error_set_errno(error, ERROR_LAB, SETTINGS);
}

static bool share_pooler_authority(struct error *error)
{
    struct stat attributes = {0};
    int input = open(LAB_MOUNT_TEMPLATE "/" TEMPLATE_AUTHORITY, O_RDONLY | O_CLOEXEC);
    int output = open(AUTHORITY, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    bool copied = input >= 0 && output >= 0 && fstat(input, &attributes) == 0 &&
                  sendfile(output, input, NULL, (size_t)attributes.st_size) == attributes.st_size;
    if (!copied)
        error_set_errno(error, ERROR_LAB, AUTHORITY);
    if (input >= 0)
        close(input);
    if (output >= 0)
        close(output);
    return copied;
}

// In host proxy.
static bool accepts(void)
{
    const struct sockaddr_in own = {.sin_family = AF_INET,
        .sin_port = htons(LAB_DB_PORT),
        .sin_addr.s_addr = inet_addr(LAB_PROXY_ADDRESS)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool accepted = fd >= 0 && connect(fd, (const struct sockaddr *)&own, sizeof(own)) == 0;
    if (fd >= 0)
        close(fd);
    return accepted;
}

static bool await_pooler(struct lab_process *process, struct error *error)
{
    int64_t until_us = clock_now_us() + START_TIMEOUT_US;
    int status;
    while (!accepts()) {
        if (clock_now_us() >= until_us || lab_process_wait(process, 0, &status))
            return error_set(error, ERROR_LAB, "PgBouncer does not accept connections: see " LOG);
        clock_wait_until(clock_now_us() + LOOK_EVERY_US);
    }
    return true;
}

static bool start_pooler(
    struct lab *lab, struct lab_process *process, const struct lab_view *view, struct error *error)
{
    static const char *const argv[] = {POOLER_PGBOUNCER_PROGRAM, SETTINGS, NULL};
    static const char *const environment[] = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "TZ=UTC", NULL};
    int log = open(LOG, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
    if (log < 0)
        return error_set_errno(error, ERROR_LAB, LOG);
    const struct lab_process_options options = {.argv = argv,
        .environment = environment,
        .namespace_fd = lab->namespace_fd[HOST_PROXY],
        .view = view,
        .user = LAB_SERVER_USER,
        .stdin_fd = -1,
        .stdout_fd = log,
        .stderr_fd = log};
    bool started = lab_process_start(process, &options, error);
    close(log);
    return started;
}

bool lab_pooler_start(
    struct lab *lab, struct lab_process *process, struct lab_view *view, struct error *error)
{
    struct error later = {0}; // the first error is the cause
    if (!write_settings(&lab->cell->scenario->network, error) || !share_pooler_authority(error) ||
        !lab_view_open_server(view, error) || !lab_network_enter(lab, HOST_PROXY, error))
        return false;
    bool started = start_pooler(lab, process, view, error) && await_pooler(process, error);
    return lab_network_enter(lab, HOST_WAN, started ? error : &later) && started;
}
