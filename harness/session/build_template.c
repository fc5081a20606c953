// Makes the database template inside a guest: there its bytes depend on nothing but the packages installed.
#include "session/build_template.h"
#include "base/duration.h"
#include "contract/addresses.h"
#include "contract/database.h"
#include "contract/postgres_programs.h"
#include "contract/template.h"
#include "lab/certificate.h"
#include "lab/mount.h"
#include "lab/process.h"
#include "lab/view.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SERVER_UID LAB_SERVER_USER
#define BUILD      LAB_MOUNT_DATABASE
#define BUILD_DATA BUILD "/" TEMPLATE_DATA

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
    const char *const argv[] = {
        POSTGRES, "--single", "-D", BUILD_DATA, "-c", "exit_on_error=on", database, NULL};
    return write_template_file(file, sql, O_TRUNC, error) && run_template_program(view, argv, file, error);
}

static bool make_cluster(const struct lab_view *view, struct error *error)
{
    const char *const argv[] = {POSTGRES_INITDB, "-D", BUILD_DATA, "--username=" DATABASE_SUPERUSER,
        "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--wal-segsize=1", "--no-sync",
        "--no-instructions", NULL};
    const struct lab_certificate_paths certificates = {
        .authority = BUILD "/" TEMPLATE_AUTHORITY,
        .certificate = BUILD_DATA "/" DATABASE_CERTIFICATE,
        .expired = BUILD_DATA "/" DATABASE_CERTIFICATE_EXPIRED,
        .wrong_name = BUILD_DATA "/" DATABASE_CERTIFICATE_WRONG_NAME,
        .key = BUILD_DATA "/server.key",
    };
    return run_template_program(view, argv, NULL, error) &&
           write_template_file(BUILD_DATA "/postgresql.conf", database_postgresql_conf, O_TRUNC, error) &&
           write_template_file(BUILD_DATA "/pg_hba.conf", database_pg_hba_conf, O_TRUNC, error) &&
           write_template_file(BUILD_DATA "/pg_ident.conf", database_pg_ident_conf, O_TRUNC, error) &&
           lab_certificate_make(&certificates, LAB_DB_NAME, DATABASE_WRONG_NAME, error) &&
           run_sql(view, "postgres", database_create_sql, error) &&
           run_sql(view, DATABASE_NAME, database_schema_sql, error);
}

// The working directory belongs to the host. Where the host's user is not root it cannot give files away and
// keeps them.
static bool copy_template_file(const char *from, const char *to, const struct stat *attributes)
{
    int input = open(from, O_RDONLY | O_CLOEXEC),
        output = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    char block[1 << 16];
    ssize_t length = -1;
    while (input >= 0 && output >= 0 && (length = read(input, block, sizeof(block))) > 0)
        if (write(output, block, (size_t)length) != length)
            break;
    bool copied = length == 0 && fchmod(output, attributes->st_mode & 07777) == 0;
    if (copied && fchown(output, SERVER_UID, SERVER_UID) != 0)
        copied = errno == EPERM;
    if (input >= 0)
        close(input);
    if (output >= 0)
        close(output);
    return copied;
}

static int copy_entry(const char *path, const struct stat *attributes, int type, struct FTW *position)
{
    (void)position;
    const char *to = path + strlen(BUILD "/");
    if (type == FTW_D)
        return mkdir(to, 0700) == 0 && (chown(to, SERVER_UID, SERVER_UID) == 0 || errno == EPERM) ? 0 : -1;
    return type == FTW_F && copy_template_file(path, to, attributes) ? 0 : -1;
}

static bool make_folder(const char *folder, struct error *error)
{
    return lab_mount_folder(folder, 0700, error) &&
           (chown(folder, SERVER_UID, SERVER_UID) == 0 || error_set_errno(error, ERROR_LAB, "%s", folder));
}

bool database_template_make(struct error *error)
{
    const struct stat readable = {.st_mode = 0644};
    struct lab_view view = LAB_VIEW_NONE;
    bool made = make_folder(BUILD, error) && make_folder(LAB_MOUNT_SOCKETS, error) &&
                lab_view_open_server(&view, error) && make_cluster(&view, error);
    lab_view_close(&view);
    if (!made)
        return false;
    if (chown(BUILD_DATA "/" DATABASE_CERTIFICATE, SERVER_UID, SERVER_UID) != 0 ||
        chown(BUILD_DATA "/server.key", SERVER_UID, SERVER_UID) != 0)
        return error_set_errno(error, ERROR_LAB, "the server's certificate");
    if (nftw(BUILD_DATA, copy_entry, 16, FTW_PHYS) != 0 ||
        !copy_template_file(BUILD "/" TEMPLATE_AUTHORITY, TEMPLATE_AUTHORITY, &readable))
        return error_set_errno(error, ERROR_LAB, "cannot copy the template");
    return true;
}
