// The host's side of the database template: its place in the cache, and the guest that makes it.
#include "host/template.h"

#include "base/directory.h"
#include "base/path.h"
#include "contract/database.h"
#include "contract/task.h"
#include "contract/template.h"
#include "host/file_digest.h"
#include "host/guest.h"
#include "host/guest_mode.h"

#include <fcntl.h>
#include <fts.h>
#include <glob.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define UNUSED_S      (3 * 86400)
#define TEMPLATE_SEED 1 // any constant: an image makes the same template on every machine

// The template's name follows from all it is made of, so that a change makes a new one: of its keys and salts
// each byte depends on the image, and on the kernel and the program that made it.
static bool find_template_folder(
    const struct paths *paths, const struct image *image, char folder[static PATH_MAX], struct error *error)
{
    char made_of[16384], digest[DIGEST_TEXT_SIZE], kernel[DIGEST_TEXT_SIZE], lab[DIGEST_TEXT_SIZE];
    if (!file_digest(paths, paths->kernel, kernel, error) || !file_digest(paths, paths->lab, lab, error))
        return false;
    snprintf(made_of, sizeof(made_of), TEMPLATE_DATA "\n%s %s %s %d\n%s\n%s\n%s\n%s\n%s\n%s", image->sha256,
        kernel, lab, guest_mode_is_seccomp(paths),
        DATABASE_CERTIFICATE_EXPIRED " " DATABASE_CERTIFICATE_WRONG_NAME, database_postgresql_conf,
        database_pg_hba_conf, database_pg_ident_conf, database_create_sql, database_schema_sql);
    digest_text(made_of, digest);
    int length = snprintf(folder, PATH_MAX, "%s/%.16s", paths->database, digest);
    return length < PATH_MAX || error_set(error, ERROR_LAB, "%s: path too long", paths->database);
}

#define TEMPLATE_ROOM_MB 64

static bool check_room(const struct paths *paths, struct error *error)
{
    struct statvfs room;
    if (statvfs(paths->database, &room) != 0)
        return error_set_errno(error, ERROR_LAB, "%s", paths->database);
    const uint64_t free_mb = ((uint64_t)room.f_bavail * room.f_frsize) >> 20;
    return free_mb >= TEMPLATE_ROOM_MB ||
           error_set(error, ERROR_LAB,
               "%s: %llu MB of room, and the template needs up to %d: make room there, or set HANGUP_CACHE to another folder",
               paths->cache, (unsigned long long)free_mb, TEMPLATE_ROOM_MB);
}

static bool write_manifest(const char *folder, struct error *error)
{
    char path[PATH_MAX], root[PATH_MAX];
    char *const roots[] = {path_format(root, "%s/" TEMPLATE_DATA, folder), NULL};
    FILE *manifest = fopen(path_format(path, "%s/" TEMPLATE_MANIFEST, folder), "we");
    if (manifest == NULL)
        return error_set_errno(error, ERROR_LAB, "%s", path);
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    for (FTSENT *entry; tree != NULL && (entry = fts_read(tree)) != NULL;)
        if (entry->fts_info == FTS_F)
            fprintf(manifest, "%lld %s\n", (long long)entry->fts_statp->st_size,
                entry->fts_path + strlen(folder) + 1);
    bool written = tree != NULL && ferror(manifest) == 0;
    if (tree != NULL)
        fts_close(tree);
    written = fclose(manifest) == 0 && written;
    return written || error_set_errno(error, ERROR_LAB, "%s", path);
}

static bool is_as_listed(const char *folder, const char *line)
{
    char path[PATH_MAX], *name;
    struct stat attributes;
    long long size = strtoll(line, &name, 10);
    return *name == ' ' && lstat(path_format(path, "%s/%s", folder, name + 1), &attributes) == 0 &&
           S_ISREG(attributes.st_mode) && attributes.st_size == size;
}

// The time of its manifest.
static void note_use(const char *folder)
{
    char path[PATH_MAX];
    utimensat(AT_FDCWD, path_format(path, "%s/" TEMPLATE_MANIFEST, folder), NULL, 0);
}

// Whoever works on hangup-lab makes one after the other.
static void remove_unused(const char *folder)
{
    char pattern[PATH_MAX];
    glob_t found;
    struct stat newest, used;
    path_format(pattern, "%s/../*/" TEMPLATE_MANIFEST, folder);
    if (stat(folder, &newest) == 0 && glob(pattern, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++)
            if (stat(found.gl_pathv[i], &used) == 0 && used.st_mtime < newest.st_mtime - UNUSED_S)
                folder_remove(dirname(found.gl_pathv[i]));
        globfree(&found);
    }
}

bool database_template_is_whole(const char *folder)
{
    char path[PATH_MAX], line[PATH_MAX + 32];
    FILE *manifest = fopen(path_format(path, "%s/" TEMPLATE_MANIFEST, folder), "re");
    size_t files = 0;
    bool whole = manifest != NULL && access(path_format(path, "%s/" TEMPLATE_AUTHORITY, folder), R_OK) == 0;
    for (; whole && fgets(line, sizeof(line), manifest) != NULL; files++) {
        line[strcspn(line, "\n")] = '\0';
        whole = is_as_listed(folder, line);
    }
    if (manifest != NULL)
        fclose(manifest);
    return whole && files > 0;
}

static bool has_authority(const char *folder)
{
    char authority[PATH_MAX];
    path_format(authority, "%s/" TEMPLATE_AUTHORITY, folder);
    return access(authority, R_OK) == 0;
}

static bool build_in_guest(
    const struct paths *paths, const struct image *image, const char *folder, struct error *error)
{
    struct guest guest;
    if (!guest_task_write(folder, &(struct guest_task){.kind = GUEST_TASK_TEMPLATE}, error))
        return false;
    const struct guest_options options = {.paths = paths,
        .image = image->path,
        .folder = folder,
        .seed = TEMPLATE_SEED,
        .time_travel = true,
        .line_fd = -1};
    bool ran = guest_start(&guest, &options, error) && guest_wait(&guest, error);
    guest_end(&guest);
    if (!ran || has_authority(folder))
        return ran && write_manifest(folder, error);
    char words[GUEST_WORDS_SIZE];
    return error_set(error, ERROR_LAB, "the guest made none: %s", guest_last_words(folder, words));
}

// With the lock held: nobody else builds the same.
static bool build_template_once(const struct paths *paths, const struct image *image, const char *folder,
    FILE *progress, struct error *error)
{
    char unfinished[PATH_MAX], console[PATH_MAX];
    if (database_template_is_whole(folder))
        return true;
    if (progress != NULL)
        fprintf(progress, "hangup: making the database template of %s in %s (once, some seconds)\n",
            image->name, paths->database);
    path_format(unfinished, "%s.building", folder);
    folder_remove(unfinished); // what an interrupted build left
    if (!folder_make(unfinished, ERROR_LAB, error) || !build_in_guest(paths, image, unfinished, error))
        return false;
    path_format(console, "%s/console.log", unfinished);
    unlink(console);
    folder_remove(folder); // a damaged one
    if (rename(unfinished, folder) != 0)
        return error_set_errno(error, ERROR_LAB, "%s", folder);
    remove_unused(folder);
    return true;
}

bool database_template_ensure(const struct paths *paths, const struct image *image, FILE *progress,
    char folder[static PATH_MAX], struct error *error)
{
    if (!find_template_folder(paths, image, folder, error))
        return false;
    if (database_template_is_whole(folder)) {
        note_use(folder);
        return true;
    }
    char lock_path[PATH_MAX];
    path_format(lock_path, "%s/.lock", paths->database);
    if (!folder_make(paths->database, ERROR_LAB, error) || !check_room(paths, error))
        return false;
    int lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (lock < 0 || flock(lock, LOCK_EX) != 0) {
        error_set_errno(error, ERROR_LAB, "%s", lock_path);
        if (lock >= 0)
            close(lock);
        return false;
    }
    bool built = build_template_once(paths, image, folder, progress, error);
    close(lock);
    return built ? true : error_context(error, "the database template");
}
