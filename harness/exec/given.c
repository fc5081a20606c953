// Taken before the guest starts, written when it has ended.
#include "exec/given.h"

#include "base/json_file.h"
#include "base/new_file.h"
#include "base/path.h"
#include "base/sha256.h"
#include "exec/environment.h"
#include "host/file_digest.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SCHEMA         "hangup-given/1"
#define INPUT_KEPT_MAX (1L << 24)
#define FILES_MAX      20000

// Takes the variables that are not kept out of the list, and their names into `not_kept`.
static void split_environment(json_t *environment, json_t *not_kept)
{
    for (size_t i = json_array_size(environment); i-- > 0;) {
        const char *variable = json_string_value(json_array_get(environment, i));
        if (exec_environment_is_kept(variable))
            continue;
        json_array_insert_new(not_kept, 0, json_stringn(variable, strcspn(variable, "=")));
        json_array_remove(environment, i);
    }
}

static bool take_input(struct exec_given *given, const char *folder, struct error *error)
{
    char path[PATH_MAX], digest[DIGEST_TEXT_SIZE];
    struct stat attributes;
    struct folder_file input;
    path_format(path, "%s/" EXEC_INPUT_FILE, folder);
    given->input_fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (given->input_fd < 0 || fstat(given->input_fd, &attributes) != 0)
        return error_set_errno(error, ERROR_LAB, "%s", path);
    if (!folder_open_path(path, &input, ERROR_LAB, error))
        return false;
    bool read = digest_file(&input, digest) || error_set_errno(error, ERROR_LAB, "%s", path);
    folder_close_file(&input);
    json_object_set_new(given->json, "input",
        json_pack("{s:I, s:s, s:b}", "bytes", (json_int_t)attributes.st_size, "sha256", digest, "kept",
            attributes.st_size <= INPUT_KEPT_MAX));
    return read;
}

bool exec_given_take(struct exec_given *given, const struct exec_program *program, bool inside,
    const char *folder, struct error *error)
{
    json_t *json = exec_program_to_json(program, error);
    if (json == NULL)
        return false;
    json_t *not_kept = json_array();
    split_environment(json_object_get(json, "environment"), not_kept);
    given->json = json_pack("{s:s, s:o, s:b, s:o, s:n}", "schema", SCHEMA, "program", json, "inside", inside,
        "not_kept", not_kept, "input");
    if (given->json == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    return program->terminal[0] || take_input(given, folder, error);
}

static bool copy_input(int from_fd, const struct folder *folder, struct error *error)
{
    char path[PATH_MAX], bytes[1 << 16];
    ssize_t length = 0;
    path_format(path, "%s/" GIVEN_INPUT_FILE, folder->path);
    int to_fd = new_file_open(path, O_WRONLY, 0600, error);
    if (to_fd < 0)
        return false;
    bool written = true;
    while (written && (length = read(from_fd, bytes, sizeof(bytes))) > 0)
        written = write(to_fd, bytes, (size_t)length) == length;
    written = written && length == 0; // a read that failed is no end
    close(to_fd);
    return written || error_set_errno(error, ERROR_LAB, "%s", path);
}

// The names come out of the lab, and may be anything: neither a device nor a kernel's file is read.
static bool is_host_file(const char *path)
{
    static const char *const others[] = {"/dev/", "/proc/", "/sys/"};
    struct stat attributes;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (strncmp(path, others[i], strlen(others[i])) == 0)
            return false;
    return path[0] == '/' && strstr(path, "/../") == NULL && lstat(path, &attributes) == 0 &&
           S_ISREG(attributes.st_mode);
}

// What hangup needs for itself: the plan knows its world by other digests.
static bool is_hangups_own(const struct paths *paths, const struct folder *folder, const char *path)
{
    const char *const ours[] = {paths->cache, folder->path, paths->init, paths->lab};
    for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
        const size_t length = strlen(ours[i]);
        if (strncmp(path, ours[i], length) == 0 && (path[length] == '/' || path[length] == '\0'))
            return true;
    }
    return strstr(path, ".erofs") != NULL;
}

// It was opened to be listed, or as a working directory.
static bool is_directory(const char *path)
{
    struct stat attributes;
    return lstat(path, &attributes) == 0 && S_ISDIR(attributes.st_mode);
}

static json_t *digest_or_null(const struct paths *paths, const char *path)
{
    char digest[DIGEST_TEXT_SIZE];
    struct error none = {0};
    return is_host_file(path) && file_digest(paths, path, digest, &none) ? json_string(digest) : json_null();
}

static bool digest_files(
    json_t *given, const struct paths *paths, const struct folder *folder, struct error *error)
{
    size_t i;
    json_t *file, *digests = json_object();
    json_t *files = json_file_read_in(folder, EXEC_HOST_FILES_FILE, ERROR_LAB, error);
    (void)unlinkat(folder->fd, EXEC_HOST_FILES_FILE, 0);
    json_object_set_new(given, "files", digests);
    json_array_foreach(files, i, file)
    {
        const char *path = json_string_value(file);
        if (path != NULL && i < FILES_MAX && !is_hangups_own(paths, folder, path) && !is_directory(path))
            json_object_set_new(digests, path, digest_or_null(paths, path));
    }
    json_decref(files);
    return files != NULL;
}

static bool write_given(const json_t *given, const struct folder *folder, struct error *error)
{
    char path[PATH_MAX];
    path_format(path, "%s/" GIVEN_FILE, folder->path);
    int fd = new_file_open(path, O_WRONLY, 0600, error);
    if (fd < 0)
        return false;
    bool written = json_dumpfd(given, fd, JSON_INDENT(1) | JSON_SORT_KEYS) == 0 ||
                   error_set_errno(error, ERROR_LAB, "%s", path);
    close(fd);
    return written;
}

bool exec_given_store(struct exec_given *given, const struct paths *paths, const struct folder *folder,
    size_t typed, struct error *error)
{
    if (given->json == NULL) {
        (void)unlinkat(folder->fd, EXEC_HOST_FILES_FILE, 0);
        return true;
    }
    const json_t *input = json_object_get(given->json, "input");
    const bool kept = json_is_true(json_object_get(input, "kept")) &&
                      json_integer_value(json_object_get(input, "bytes")) > 0;
    json_object_set_new(given->json, "typed", json_integer((json_int_t)typed));
    return (!kept || copy_input(given->input_fd, folder, error)) &&
           digest_files(given->json, paths, folder, error) && write_given(given->json, folder, error);
}

void exec_given_free(struct exec_given *given)
{
    if (given->input_fd >= 0)
        close(given->input_fd);
    json_decref(given->json);
    *given = EXEC_GIVEN_NONE;
}

json_t *exec_given_read(const struct folder *folder, struct error *error)
{
    json_t *given = json_file_read_in(folder, GIVEN_FILE, ERROR_INPUT, error);
    const char *schema = json_string_value(json_object_get(given, "schema"));
    if (given == NULL ||
        (schema != NULL && strcmp(schema, SCHEMA) == 0 && json_is_object(json_object_get(given, "program")) &&
            json_is_array(json_object_get(given, "not_kept")) &&
            json_is_object(json_object_get(given, "files"))))
        return given;
    json_decref(given);
    error_set(error, ERROR_INPUT, "%s/" GIVEN_FILE ": not as this hangup writes it", folder->path);
    return NULL;
}

size_t exec_given_compare_files(
    const json_t *given, const struct paths *paths, const char *names[static GIVEN_NAMES_MAX])
{
    size_t changed = 0;
    const char *path;
    json_t *digest;
    json_object_foreach(json_object_get(given, "files"), path, digest)
    {
        json_t *now = digest_or_null(paths, path);
        if (!json_equal(now, digest) && changed++ < GIVEN_NAMES_MAX)
            names[changed - 1] = path;
        json_decref(now);
    }
    return changed;
}

static const char *find_variable(char *const *words, const char *name)
{
    const size_t length = strlen(name);
    for (; *words != NULL; words++)
        if (strncmp(*words, name, length) == 0 && (*words)[length] == '=')
            return *words;
    return NULL;
}

static int compare_words(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

char **exec_given_environment(const json_t *given, char *const *kept, char *const *now, json_t *missing)
{
    const json_t *names = json_object_get(given, "not_kept");
    size_t count = 0, i;
    json_t *name;
    while (kept[count] != NULL)
        count++;
    const char **words = calloc(count + json_array_size(names) + 1, sizeof(*words));
    if (words == NULL)
        return NULL;
    memcpy(words, kept, count * sizeof(*words));
    json_array_foreach(names, i, name)
    {
        const char *text = json_string_value(name);
        const char *word = text != NULL ? find_variable(now, text) : NULL;
        if (word != NULL)
            words[count++] = word;
        else
            json_array_append(missing, name);
    }
    qsort(words, count, sizeof(*words), compare_words);
    char **copy = exec_words_copy((char *const *)words);
    free(words);
    return copy;
}
