// Makes the database template inside a guest: there its bytes depend on nothing but the packages installed.
#include "session/build_template.h"
#include "base/duration.h"
#include "contract/addresses.h"
#include "contract/database.h"
#include "contract/template.h"
#include "lab/certificate.h"
#include "lab/mount.h"
#include "lab/pack.h"
#include "lab/postgres.h"
#include "lab/process.h"
#include "lab/view.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SERVER_UID LAB_SERVER_USER
#define BUILD      LAB_MOUNT_DATABASE
#define BUILD_DATA BUILD "/data"

#define STEP_TIMEOUT_US (300 * US_PER_S)

static bool write_template_file(const char *path, const char *text, int flags, struct error *error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
    size_t length = strlen(text);
    bool written = fd >= 0 && write(fd, text, length) == (ssize_t)length &&
                   fchown(fd, SERVER_UID, SERVER_UID) == 0;
    if (!written)
        error_set_errno(error, ERROR_LAB, "%s", path);
    if (fd >= 0)
        close(fd);
    return written;
}

// Runs one of PostgreSQL's programs as the server's user, with `input` (a file, or NULL) as its standard
// input.
static bool run_template_program(
    const struct lab_view *view, const char *const *argv, const char *input, struct error *error)
{
    static const char *const environment[] = {"PATH=/usr/bin:/bin", "LANG=C.UTF-8", "TZ=UTC", NULL};
    int input_fd = input == NULL ? -1 : open(input, O_RDONLY | O_CLOEXEC);
    const struct lab_process_options options = {.argv = argv,
        .environment = environment,
        .folder = BUILD,
        .namespace_fd = -1,
        .view = view,
        .user = SERVER_UID,
        .stdin_fd = input_fd,
        .stdout_fd = STDOUT_FILENO,
        .stderr_fd = STDERR_FILENO};
    struct lab_process process = {.pid = -1, .pidfd = -1};
    int status = 0;
    bool ended = lab_process_start(&process, &options, error);
    if (ended && !lab_process_wait(&process, STEP_TIMEOUT_US, &status))
        ended = error_set(error, ERROR_LAB, "%s does not end", argv[0]);
    if (ended && status != 0)
        ended = error_set(error, ERROR_LAB, "%s failed with status %d", argv[0], WEXITSTATUS(status));
    lab_process_kill(&process);
    if (input_fd >= 0)
        close(input_fd);
    return ended;
}

static bool run_sql(const struct lab_view *view, const char *database, const char *sql, struct error *error)
{
    static const char file[] = BUILD "/statements.sql";
    char postgres[PATH_MAX];
    const char *const argv[] = {
        postgres, "--single", "-D", BUILD_DATA, "-c", "exit_on_error=on", database, NULL};
    return lab_postgres_program("postgres", postgres, error) &&
           write_template_file(file, sql, O_TRUNC, error) && run_template_program(view, argv, file, error);
}

// The log of what made the database is of no use any more: one segment of 1 MB is left of nine.
static bool reset_log(const struct lab_view *view, struct error *error)
{
    char pg_resetwal[PATH_MAX];
    const char *const argv[] = {pg_resetwal, "-D", BUILD_DATA, NULL};
    return lab_postgres_program("pg_resetwal", pg_resetwal, error) &&
           run_template_program(view, argv, NULL, error);
}

static bool make_cluster(const struct lab_view *view, struct error *error)
{
    char initdb[PATH_MAX];
    const char *const argv[] = {initdb, "-D", BUILD_DATA, "--username=" DATABASE_SUPERUSER, "--auth=trust",
        "--encoding=UTF8", "--locale=C.UTF-8", "--wal-segsize=1", "--no-sync", "--no-instructions", NULL};
    const struct lab_certificate_paths certificates = {
        .authority = BUILD "/" TEMPLATE_AUTHORITY,
        .certificate = BUILD_DATA "/" DATABASE_CERTIFICATE,
        .expired = BUILD_DATA "/" DATABASE_CERTIFICATE_EXPIRED,
        .wrong_name = BUILD_DATA "/" DATABASE_CERTIFICATE_WRONG_NAME,
        .key = BUILD_DATA "/server.key",
    };
    return lab_postgres_program("initdb", initdb, error) && run_template_program(view, argv, NULL, error) &&
           write_template_file(BUILD_DATA "/postgresql.conf", database_postgresql_conf, O_TRUNC, error) &&
           write_template_file(BUILD_DATA "/pg_hba.conf", database_pg_hba_conf, O_TRUNC, error) &&
           write_template_file(BUILD_DATA "/pg_ident.conf", database_pg_ident_conf, O_TRUNC, error) &&
           lab_certificate_make(&certificates, LAB_DB_NAME, DATABASE_WRONG_NAME, error) &&
           run_sql(view, "postgres", database_create_sql, error) &&
           run_sql(view, DATABASE_NAME, database_schema_sql, error) && reset_log(view, error);
}

// The working directory belongs to the host.
static bool copy_authority(struct error *error)
{
    struct stat attributes = {0};
    int input = open(BUILD "/" TEMPLATE_AUTHORITY, O_RDONLY | O_CLOEXEC);
    int output = open(TEMPLATE_AUTHORITY, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    bool copied = input >= 0 && output >= 0 && fstat(input, &attributes) == 0 &&
                  sendfile(output, input, NULL, (size_t)attributes.st_size) == attributes.st_size;
    if (!copied)
        error_set_errno(error, ERROR_LAB, TEMPLATE_AUTHORITY);
    if (input >= 0)
        close(input);
    if (output >= 0)
        close(output);
    return copied;
}

static bool make_folder(const char *folder, struct error *error)
{
    return lab_mount_folder(folder, 0700, error) &&
           (chown(folder, SERVER_UID, SERVER_UID) == 0 || error_set_errno(error, ERROR_LAB, "%s", folder));
}

bool database_template_make(struct error *error)
{
    struct lab_view view = LAB_VIEW_NONE;
    bool made = make_folder(BUILD, error) && make_folder(LAB_MOUNT_SOCKETS, error) &&
                lab_view_open_server(&view, error) && make_cluster(&view, error);
    lab_view_close(&view);
    return made && lab_pack(BUILD_DATA, TEMPLATE_DATA, error) && copy_authority(error);
}
