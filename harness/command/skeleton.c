// Copies a skeleton (pool/subjects/skeletons), with the user's name for it in place of its own.
#include "command/skeleton.h"

#include "base/path.h"
#include "base/suggest.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SKELETONS     "pool/subjects/skeletons"
#define NAME          "mypool" // of the skeletons
#define SUFFIX        "_subject"
#define SKELETON_SIZE ((size_t)64 * 1024)

static const struct language {
    const char *name, *extension, *build, *needs;
} languages[] = {
    {"python", ".py", NULL, NULL},
    {"node", ".js", NULL, "npm install pg"},
    {"java", ".java", NULL, NULL},
    {"go", ".go", "GO111MODULE=off GOPATH=/usr/share/gocode go build -o " NAME SUFFIX " " NAME SUFFIX ".go",
        NULL},
    {"ruby", ".rb", NULL, NULL},
    {"c", ".c", "cc -O2 -o " NAME SUFFIX " " NAME SUFFIX ".c $(pkg-config --cflags --libs libpq jansson)",
        NULL},
};
#define LANGUAGES (sizeof(languages) / sizeof(languages[0]))

const char *init_subject_language(size_t index)
{
    return index < LANGUAGES ? languages[index].name : NULL;
}

static const struct language *find_language(const char *name, struct error *error)
{
    const char *names[LANGUAGES];
    char text[WORDS_TEXT_SIZE];
    for (size_t i = 0; i < LANGUAGES; i++) {
        if (strcmp(languages[i].name, name) == 0)
            return &languages[i];
        names[i] = languages[i].name;
    }
    error_set(error, ERROR_INPUT, "%s", words_unknown("language", name, names, LANGUAGES, text));
    return NULL;
}

static bool ends_in(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);
    return length > end_length && strcmp(text + length - end_length, end) == 0;
}

// "src/fast_subject.py" is the adapter of `fast`, whose manifest is src/fast.yaml.
static bool choose_files(
    const struct language *language, const char *file, struct init_subject_files *files, struct error *error)
{
    char path[PATH_MAX], base[PATH_MAX];
    if (file != NULL && !ends_in(file, language->extension))
        return error_set(
            error, ERROR_INPUT, "%s: expected a name that ends in %s", file, language->extension);
    path_format(path, "%s", file != NULL ? file : NAME SUFFIX);
    path_format(base, "%s", basename(path));
    if (file != NULL)
        base[strlen(base) - strlen(language->extension)] = '\0';
    if (ends_in(base, SUFFIX))
        base[strlen(base) - strlen(SUFFIX)] = '\0';
    if (!words_consist_of(base, "abcdefghijklmnopqrstuvwxyz0123456789_") ||
        strlen(base) >= sizeof(files->name))
        return error_set(error, ERROR_INPUT, "%s: a subject's name consists of a-z, 0-9 and '_'", base);
    snprintf(files->name, sizeof(files->name), "%s", base);
    path_format(path, "%s", file != NULL ? file : "./");
    const char *folder = file != NULL ? dirname(path) : ".";
    path_format(files->source, "%s/%s" SUFFIX "%s", folder, base, language->extension);
    path_format(files->manifest, "%s/%s.yaml", folder, base);
    return true;
}

void init_subject_put(FILE *out, const char *text, const char *name)
{
    for (const char *found; (found = strstr(text, NAME)) != NULL; text = found + strlen(NAME))
        fprintf(out, "%.*s%s", (int)(found - text), text, name);
    fputs(text, out);
}

static char *read_skeleton(const char *root, const char *file, struct error *error)
{
    char path[PATH_MAX];
    FILE *in = fopen(path_format(path, "%s/" SKELETONS "/%s", root, file), "re");
    char *text = calloc(1, SKELETON_SIZE);
    size_t length = in == NULL || text == NULL ? 0 : fread(text, 1, SKELETON_SIZE - 1, in);
    if (in != NULL)
        fclose(in);
    if (length > 0)
        return text;
    error_set_errno(error, ERROR_LAB, "%s", path);
    free(text);
    return NULL;
}

// Never over something that is there.
static bool write_skeleton_file(const char *path, const char *text, const char *name, struct error *error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (out == NULL)
        return error_set_errno(error, ERROR_INPUT, "%s", path);
    init_subject_put(out, text, name);
    return fclose(out) == 0 || error_set_errno(error, ERROR_INPUT, "%s", path);
}

static bool check_absent(const char *path, struct error *error)
{
    if (access(path, F_OK) != 0)
        return true;
    return error_set(error, ERROR_INPUT, "%s exists: name another file, or take it away", path);
}

static bool write_both(const char *root, const struct language *language,
    const struct init_subject_files *files, struct error *error)
{
    char file[PATH_MAX];
    char *source = read_skeleton(root, path_format(file, NAME SUFFIX "%s", language->extension), error);
    char *manifest = source == NULL
                         ? NULL
                         : read_skeleton(root, path_format(file, "%s.yaml", language->name), error);
    bool written = manifest != NULL && write_skeleton_file(files->source, source, files->name, error) &&
                   write_skeleton_file(files->manifest, manifest, files->name, error);
    free(source);
    free(manifest);
    return written;
}

bool init_subject_write(const char *root, const char *language_name, const char *file,
    struct init_subject_files *files, struct error *error)
{
    const struct language *language = find_language(language_name, error);
    if (language == NULL || !choose_files(language, file, files, error))
        return false;
    files->build = language->build;
    files->needs = language->needs;
    return check_absent(files->source, error) && check_absent(files->manifest, error) &&
           write_both(root, language, files, error);
}
