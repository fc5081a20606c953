// A real PostgreSQL over TLS for the pool's tests.
#include "postgres_fixture.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define PATIENCE_MS  30000
#define PATH_SIZE    256
#define TIME_LIMIT_S 300 // a test program that hangs is ended, and its server with it

// Of the server that this Debian has; of several the newest.
static const char *server_program(const char *name, char path[static PATH_SIZE])
{
    glob_t found = {0};
    snprintf(path, PATH_SIZE, "/usr/lib/postgresql/*/bin/%s", name);
    if (glob(path, 0, NULL, &found) == 0)
        snprintf(path, PATH_SIZE, "%s", found.gl_pathv[found.gl_pathc - 1]);
    globfree(&found);
    return path;
}

// PostgreSQL refuses to run as root.
static void drop_privileges(void)
{
    const struct passwd *user = getuid() == 0 ? getpwnam("postgres") : NULL;
    if (user && (setgroups(0, NULL) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0))
        _exit(127);
}

// Starts a program in the server's folder, its output in the folder's file "log".
static pid_t start_server_program(const struct postgres *server, const char *const *arguments)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid > 0)
        return pid;
    int log = -1;
    if (chdir(server->folder) == 0)
        log = open("log", O_WRONLY | O_APPEND | O_CLOEXEC);
    drop_privileges();
    prctl(PR_SET_PDEATHSIG, SIGQUIT); // no server is left behind by a test that dies
    if (log < 0 || dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0)
        _exit(127);
    execvp(arguments[0], (char *const *)arguments);
    _exit(127);
}

static void run_program(const struct postgres *server, const char *const *arguments)
{
    int status;
    pid_t pid = start_server_program(server, arguments);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("%s failed: see %s/log", arguments[0], server->folder);
}

int postgres_count_in_log(const struct postgres *server, const char *text)
{
    char path[96], *line = NULL;
    size_t size = 0;
    int count = 0;
    snprintf(path, sizeof path, "%s/log", server->folder);
    FILE *log = fopen(path, "re");
    assert_non_null(log);
    while (getline(&line, &size, log) > 0)
        count += strstr(line, text) != NULL;
    free(line);
    fclose(log);
    return count;
}

// Waits until the log says so once more than `before` times.
static void wait_for_log(const struct postgres *server, const char *text, int before)
{
    char path[96], events[4096];
    snprintf(path, sizeof path, "%s/log", server->folder);
    int watch = inotify_init1(IN_CLOEXEC);
    assert_true(inotify_add_watch(watch, path, IN_MODIFY) >= 0);
    while (postgres_count_in_log(server, text) <= before) {
        struct pollfd log = {.fd = watch, .events = POLLIN};
        if (poll(&log, 1, PATIENCE_MS) != 1)
            fail_msg("PostgreSQL is silent: see %s", path);
        assert_true(read(watch, events, sizeof events) > 0);
    }
    close(watch);
}

static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(probe, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(probe, (struct sockaddr *)&address, &size), 0);
    close(probe);
    return ntohs(address.sin_port);
}

static void make_server_folder(struct postgres *server)
{
    char log[96];
    snprintf(server->folder, sizeof server->folder, "/tmp/pqpool-test-XXXXXX");
    assert_non_null(mkdtemp(server->folder));
    const struct passwd *user = getuid() == 0 ? getpwnam("postgres") : NULL;
    if (user)
        assert_int_equal(chown(server->folder, user->pw_uid, user->pw_gid), 0);
    snprintf(log, sizeof log, "%s/log", server->folder);
    int file = open(log, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
    assert_true(file >= 0);
    close(file);
}

static void init_server_cluster(const struct postgres *server)
{
    char initdb[PATH_SIZE];
    run_program(server, (const char *const[]){server_program("initdb", initdb), "-D", "data", "-A", "trust",
                            "-U", "app", "-E", "UTF8", "--no-locale", "--no-sync", "--wal-segsize=1", NULL});
    run_program(server,
        (const char *const[]){"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
            "subjectAltName=DNS:localhost", "-keyout", "data/server.key", "-out", "data/server.crt", NULL});
}

static void start_server(struct postgres *server, int port)
{
    char program[PATH_SIZE], port_setting[32], socket_setting[128];
    snprintf(port_setting, sizeof port_setting, "port=%d", port);
    snprintf(socket_setting, sizeof socket_setting, "unix_socket_directories=%s", server->folder);
    server->postmaster = start_server_program(
        server, (const char *const[]){server_program("postgres", program), "-D", "data", "-c", port_setting,
                    "-c", socket_setting, "-c", "listen_addresses=127.0.0.1", "-c", "ssl=on", "-c",
                    "fsync=off", "-c", "log_statement=all", "-c", "log_connections=on", "-c",
                    "log_disconnections=on", "-c", "log_line_prefix=%p ", NULL});
    wait_for_log(server, "database system is ready to accept connections", 0);
}

int postgres_set_up(void **state)
{
    struct postgres *server = calloc(1, sizeof *server);
    assert_non_null(server);
    alarm(TIME_LIMIT_S);
    *state = server;
    int port = free_port();
    make_server_folder(server);
    init_server_cluster(server);
    start_server(server, port);
    snprintf(server->conninfo, sizeof server->conninfo,
        "host=localhost hostaddr=127.0.0.1 port=%d sslmode=verify-full sslrootcert=%s/data/server.crt user=app dbname=postgres",
        port, server->folder);
    postgres_execute(
        server, "CREATE TABLE blog_posts (id serial PRIMARY KEY, key text NOT NULL, title text)");
    return 0;
}

static int remove_walked_entry(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status, (void)type, (void)walk;
    return remove(path);
}

int postgres_tear_down(void **state)
{
    struct postgres *server = *state;
    kill(server->postmaster, SIGQUIT);
    kill(server->postmaster, SIGCONT);
    assert_int_equal(waitpid(server->postmaster, NULL, 0), server->postmaster);
    int removed = nftw(server->folder, remove_walked_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(server);
    return removed;
}

static PGresult *query_server(const struct postgres *server, const char *text)
{
    PGconn *pgconn = PQconnectdb(server->conninfo);
    if (PQstatus(pgconn) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(pgconn));
    PGresult *result = PQexec(pgconn, text);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        fail_msg("%s: %s", text, PQerrorMessage(pgconn));
    PQfinish(pgconn);
    return result;
}

void postgres_execute(const struct postgres *server, const char *statement)
{
    PQclear(query_server(server, statement));
}

int postgres_query_int(const struct postgres *server, const char *text)
{
    PGresult *result = query_server(server, text);
    int value = (int)strtol(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    return value;
}

void postgres_terminate_backend(const struct postgres *server, int pid)
{
    char text[80];
    snprintf(text, sizeof text, "SELECT pg_terminate_backend(%d, %d)::int", pid, PATIENCE_MS);
    assert_int_equal(postgres_query_int(server, text), 1);
}

void postgres_crash_backend(const struct postgres *server, int pid)
{
    int status, process = pidfd_open(pid, 0);
    struct pollfd gone = {.fd = process, .events = POLLIN};
    assert_true(process >= 0);
    assert_int_equal(kill(server->postmaster, SIGSTOP), 0);
    assert_int_equal(waitpid(server->postmaster, &status, WUNTRACED), server->postmaster);
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(poll(&gone, 1, PATIENCE_MS), 1); // its sockets are closed by then
    close(process);
}

void postgres_recover(const struct postgres *server)
{
    static const char ready[] = "database system is ready to accept connections";
    int before = postgres_count_in_log(server, ready);
    assert_int_equal(kill(server->postmaster, SIGCONT), 0);
    wait_for_log(server, ready, before);
}
