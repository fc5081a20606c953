// Reads a subject's manifest: how the adapter is started, what it needs, which strategies it has.
#include "base/array.h"
#include "subject/subject.h"

#include "base/path.h"
#include "base/yaml.h"
#include "scenario/expectation.h"
#include "scenario/strategy_class.h"
#include "subject/notes.h"

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME_CHARACTERS WORD_CHARACTERS "_."

struct reading {
    struct subject *subject;
    const char *root;   // absolute
    const char *folder; // of the manifest, absolute
};

// "./adapter.py" lies beside the manifest, "pool/adapter.py" below the project.
static bool make_absolute(struct yaml_source *source, const struct reading *reading, char **path)
{
    char *absolute;
    bool beside = strncmp(*path, "./", 2) == 0;
    if (asprintf(&absolute, "%s/%s", beside ? reading->folder : reading->root, beside ? *path + 2 : *path) <
        0)
        return error_set(source->error, ERROR_LAB, "%s: out of memory", source->path);
    free(*path);
    *path = absolute;
    return true;
}

// Words and options are left alone; what has a '/' is a path below the project.
static bool read_command(struct yaml_source *source, const yaml_node_t *node, void *target)
{
    struct reading *reading = target;
    if (!subject_read_texts(source, node, &reading->subject->command))
        return false;
    char **words = reading->subject->command;
    if (strchr(words[0], '/') == NULL)
        return node_value_error(
            source, node_item(source, node, 0), "expected the program's path: PATH is not searched");
    for (; *words != NULL; words++) {
        bool relative = **words != '/' && **words != '-' && strchr(*words, '/') != NULL;
        if (relative && !make_absolute(source, reading, words))
            return false;
    }
    return true;
}

static bool read_requires(struct yaml_source *source, const yaml_node_t *node, void *target)
{
    struct reading *reading = target;
    if (!subject_read_texts(source, node, &reading->subject->requires))
        return false;
    for (char **path = reading->subject->requires; *path != NULL; path++) {
        if (**path != '/' && !make_absolute(source, reading, path))
            return false;
    }
    return true;
}

static bool read_packages(struct yaml_source *source, const yaml_node_t *node, void *target)
{
    return subject_read_texts(source, node, &((struct reading *)target)->subject->packages);
}

static bool read_conninfo_words(struct yaml_source *source, const yaml_node_t *node, void *target)
{
    return subject_read_texts(source, node, &((struct reading *)target)->subject->conninfo);
}

static bool refuse_difference(struct yaml_source *source, const yaml_node_t *node)
{
    const char *words[EXPECTATION_KINDS];
    size_t count = expectation_words(words), used = 0;
    char why[WORDS_TEXT_SIZE] = "";
    for (size_t i = 0; i < count && used < sizeof(why); i++)
        used += (size_t)snprintf(
            why + used, sizeof(why) - used, "%s%s,", i == 0 ? "expected " : " ", words[i]);
    if (used < sizeof(why))
        snprintf(why + used, sizeof(why) - used, " or a metric, as median");
    return node_value_error(source, node, why);
}

// Names of metrics, and words.
static bool read_differs(struct yaml_source *source, const yaml_node_t *node, void *target)
{
    char ***differs = &((struct reading *)target)->subject->differs;
    if (!subject_read_texts(source, node, differs))
        return false;
    for (size_t i = 0; (*differs)[i] != NULL; i++) {
        enum metric metric;
        enum expectation_kind word;
        if (!metric_by_name((*differs)[i], &metric) && !expectation_by_word((*differs)[i], &word))
            return refuse_difference(source, node_item(source, node, i));
    }
    return true;
}

static bool read_summary(struct yaml_source *source, const yaml_node_t *node, void *target)
{
    return node_read_text(source, node, &((struct reading *)target)->subject->summary);
}

static bool read_manifest_strategy(
    struct yaml_source *source, const yaml_node_t *key, const yaml_node_t *value, void *target)
{
    struct subject *subject = ((struct reading *)target)->subject;
    struct subject_strategy *strategies = array_grow(
        subject->strategies, subject->strategies_count, sizeof(*strategies));
    if (strategies == NULL)
        return error_set(source->error, ERROR_LAB, "%s: out of memory", source->path);
    subject->strategies = strategies;
    struct subject_strategy *strategy = &strategies[subject->strategies_count++];
    *strategy = (struct subject_strategy){.line = node_line(key)};
    if (!node_read_word(source, key, &strategy->name) || !node_read_word(source, value, &strategy->class))
        return false;
    if (strcmp(strategy->class, "any") == 0)
        return node_value_error(
            source, value, "expected a class: 'any' stands for all of them in expectations");
    return strategy_class_is_none(strategy->class) || strategy_class_is_known(strategy->class) ||
           strategy_class_unknown(source, value, false);
}

static bool read_manifest_strategies(struct yaml_source *source, const yaml_node_t *node, void *target)
{
    static const struct node_field none[] = {{NULL, NULL, 0, false}};
    return node_read_mapping(source, node, none, read_manifest_strategy, target);
}

// Behind the strategies, whose names it has.
static bool read_strategy_code(
    struct yaml_source *source, const yaml_node_t *key, const yaml_node_t *value, void *target)
{
    struct subject *subject = ((struct reading *)target)->subject;
    for (size_t i = 0; i < subject->strategies_count; i++)
        if (strcmp(subject->strategies[i].name, node_text(source, key)) == 0)
            return node_read_lines(source, value, &subject->strategies[i].code);
    return node_value_error(source, key, "expected one of this manifest's strategies, which stand above");
}

static bool read_code(struct yaml_source *source, const yaml_node_t *node, void *target)
{
    static const struct node_field none[] = {{NULL, NULL, 0, false}};
    return node_read_mapping(source, node, none, read_strategy_code, target);
}

static bool read_findings(struct yaml_source *source, const yaml_node_t *node, void *target)
{
    return subject_read_findings(source, node, ((struct reading *)target)->subject);
}

static bool read_differences(struct yaml_source *source, const yaml_node_t *node, void *target)
{
    return subject_read_differences(source, node, ((struct reading *)target)->subject);
}

// A list that was not written is an empty one.
static bool fill_absent(struct yaml_source *source, char ***texts)
{
    if (*texts == NULL)
        *texts = calloc(1, sizeof(char *));
    return *texts != NULL || error_set(source->error, ERROR_LAB, "%s: out of memory", source->path);
}

static bool read_manifest(struct yaml_source *source, struct reading *reading)
{
    static const struct node_field fields[] = {
        {"summary", read_summary, 0, true},
        {"command", read_command, 0, true},
        {"requires", read_requires, 0, false},
        {"packages", read_packages, 0, false},
        {"differs", read_differs, 0, false},
        {"conninfo", read_conninfo_words, 0, false},
        {"strategies", read_manifest_strategies, 0, true},
        {"code", read_code, 0, false},
        {"findings", read_findings, 0, false},
        {"explains", read_differences, 0, false},
        {NULL, NULL, 0, false},
    };
    return node_read_mapping(source, source->root, fields, NULL, reading) &&
           fill_absent(source, &reading->subject->requires) &&
           fill_absent(source, &reading->subject->packages) &&
           fill_absent(source, &reading->subject->differs) &&
           fill_absent(source, &reading->subject->conninfo) && subject_check_notes(source, reading->subject);
}

static bool name_subject(struct subject *subject, const char *path, struct error *error)
{
    const char *slash = strrchr(path, '/'), *base = slash != NULL ? slash + 1 : path;
    const char *suffix = strstr(base, ".yaml");
    subject->path = strdup(path);
    subject->name = suffix != NULL ? strndup(base, (size_t)(suffix - base)) : strdup(base);
    if (subject->path == NULL || subject->name == NULL)
        return error_set(error, ERROR_LAB, "%s: out of memory", path);
    if (words_consist_of(subject->name, NAME_CHARACTERS))
        return true;
    return error_set(
        error, ERROR_INPUT, "%s: a subject's file name consists of a-z, 0-9, '-', '_' and '.'", path);
}

static struct subject *subject_new(const char *path, struct error *error)
{
    struct subject *subject = calloc(1, sizeof(*subject));
    if (subject == NULL)
        error_set(error, ERROR_LAB, "%s: out of memory", path);
    else if (name_subject(subject, path, error))
        return subject;
    subject_free(subject);
    return NULL;
}

// `folder` is the manifest's: where its path is a link, the one that this leads to.
static bool fill_subject(struct subject *subject, const char *folder, const char *root, const char *yaml,
    size_t length, struct error *error)
{
    struct yaml_source source;
    subject->folder = strdup(folder);
    subject->root = strdup(root);
    if (subject->folder == NULL || subject->root == NULL)
        return error_set(error, ERROR_LAB, "%s: out of memory", subject->path);
    if (!yaml_source_open(&source, subject->path, yaml, length, error))
        return false;
    bool good = read_manifest(&source, &(struct reading){subject, root, folder});
    yaml_source_close(&source);
    return good;
}

struct subject *subject_parse(
    const char *path, const char *root, const char *yaml, size_t length, struct error *error)
{
    char folder[PATH_MAX];
    struct subject *subject = subject_new(path, error);
    path_format(folder, "%s", path);
    if (subject == NULL || fill_subject(subject, dirname(folder), root, yaml, length, error))
        return subject;
    subject_free(subject);
    return NULL;
}

static bool read_subject(struct subject *subject, const char *root, struct error *error)
{
    size_t length;
    char absolute_root[PATH_MAX], folder[PATH_MAX];
    if (realpath(root, absolute_root) == NULL)
        return error_set_errno(error, ERROR_INPUT, "%s", root);
    if (realpath(subject->path, folder) == NULL) // of the manifest yet; a link leads to where it was written
        return error_set_errno(error, ERROR_INPUT, "%s", subject->path);
    char *yaml = yaml_file_read(subject->path, &length, error);
    bool good = yaml != NULL && fill_subject(subject, dirname(folder), absolute_root, yaml, length, error);
    free(yaml);
    return good;
}

struct subject *subject_read(const char *path, const char *root, struct error *error)
{
    struct subject *subject = subject_new(path, error);
    if (subject == NULL || read_subject(subject, root, error))
        return subject;
    subject_free(subject);
    return NULL;
}

void subject_free(struct subject *subject)
{
    if (subject == NULL)
        return;
    for (size_t i = 0; i < subject->strategies_count; i++) {
        free(subject->strategies[i].name);
        free(subject->strategies[i].class);
        free(subject->strategies[i].code);
    }
    free(subject->strategies);
    subject_notes_free(subject);
    subject_texts_free(subject->command);
    subject_texts_free(subject->requires);
    subject_texts_free(subject->packages);
    subject_texts_free(subject->differs);
    subject_texts_free(subject->conninfo);
    free(subject->name);
    free(subject->path);
    free(subject->folder);
    free(subject->root);
    free(subject->summary);
    free(subject);
}

// "FILE (Debian: libpq5 ...)"
static void describe_missing(const struct subject *subject, const char *path, char *missing, size_t size)
{
    size_t used = (size_t)snprintf(missing, size, "%s", path);
    for (char **package = subject->packages; *package != NULL && used < size; package++) {
        const char *before = package == subject->packages ? "(Debian: " : "";
        used += (size_t)snprintf(missing + used, size - used, " %s%s", before, *package);
    }
    if (subject->packages[0] != NULL && used < size)
        snprintf(missing + used, size - used, ")");
}

static bool lies_below(const char *path, const char *folder)
{
    const size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && path[length] == '/';
}

bool subject_brings(const struct subject *subject, const char *path)
{
    return lies_below(path, subject->root) || lies_below(path, subject->folder);
}

static bool is_there(const struct subject *subject, const struct erofs *image, const char *path, int mode)
{
    return image != NULL && !subject_brings(subject, path) ? erofs_has(image, path) : access(path, mode) == 0;
}

const char *subject_missing_file(const struct subject *subject, const struct erofs *image)
{
    for (char **path = subject->requires; *path != NULL; path++)
        if (!is_there(subject, image, *path, F_OK))
            return *path;
    return is_there(subject, image, subject->command[0], X_OK) ? NULL : subject->command[0];
}

bool subject_is_ready(const struct subject *subject, const struct erofs *image, char *missing, size_t size)
{
    const char *path = subject_missing_file(subject, image);
    if (path == NULL)
        return true;
    if (image != NULL && !subject_brings(subject, path))
        snprintf(missing, size, "not in this image: %s", path);
    else if (path == subject->command[0])
        snprintf(missing, size, "%s", path);
    else
        describe_missing(subject, path, missing, size);
    return false;
}
