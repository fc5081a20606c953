// program.json.
#include "contract/program.h"

#include "base/json_file.h"
#include "base/new_file.h"
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char **exec_words_copy(char *const *words)
{
    size_t count = 0;
    while (words[count] != NULL)
        count++;
    char **copy = calloc(count + 1, sizeof(*copy));
    for (size_t i = 0; copy != NULL && i < count; i++) {
        copy[i] = strdup(words[i]);
        if (copy[i] == NULL) {
            exec_words_free(copy);
            return NULL;
        }
    }
    return copy;
}

void exec_words_free(char **words)
{
    for (char **word = words; word != NULL && *word != NULL; word++)
        free(*word);
    free(words);
}

void exec_program_free(struct exec_program *program)
{
    if (program == NULL)
        return;
    exec_words_free(program->argv);
    exec_words_free(program->environment);
    exec_words_free(program->writable);
    free(program->folder);
    free(program->groups);
    free(program);
}

// NULL: one of them is not UTF-8, which JSON cannot hold; `what` names the list in the error.
static json_t *words_to_json(char *const *words, const char *what, struct error *error)
{
    json_t *json = json_array();
    for (size_t i = 0; words[i] != NULL; i++)
        if (json_array_append_new(json, json_string(words[i])) != 0) {
            error_set(error, ERROR_INPUT, "%s: the text at %zu is not UTF-8", what, i + 1);
            json_decref(json);
            return NULL;
        }
    return json;
}

static json_t *groups_to_json(const struct exec_program *program)
{
    json_t *json = json_array();
    for (size_t i = 0; i < program->groups_count; i++)
        json_array_append_new(json, json_integer(program->groups[i]));
    return json;
}

json_t *exec_program_to_json(const struct exec_program *program, struct error *error)
{
    json_t *argv = words_to_json(program->argv, "the command", error), *environment = NULL, *writable = NULL;
    if (argv != NULL)
        environment = words_to_json(program->environment, "the environment", error);
    if (environment != NULL)
        writable = words_to_json(program->writable, "--writable", error);
    json_t *folder = writable == NULL ? NULL : json_string(program->folder);
    if (writable != NULL && folder == NULL)
        error_set(error, ERROR_INPUT, "the working directory's name is not UTF-8");
    if (folder == NULL) {
        json_decref(argv);
        json_decref(environment);
        json_decref(writable);
        return NULL;
    }
    return json_pack("{s:o, s:o, s:o, s:o, s:I, s:I, s:o, s:i, s:[b, b, b], s:b, s:b, s:i, s:i, s:I}", "argv",
        argv, "environment", environment, "writable", writable, "folder", folder, "user",
        (json_int_t)program->user, "group", (json_int_t)program->group, "groups", groups_to_json(program),
        "umask", program->umask, "terminal", program->terminal[0], program->terminal[1], program->terminal[2],
        "one_output", program->one_output, "raw", program->raw, "rows", program->rows, "columns",
        program->columns, "timeout_us", (json_int_t)program->timeout_us);
}

bool exec_program_write(const char *folder, const struct exec_program *program, struct error *error)
{
    char path[PATH_MAX];
    json_t *json = exec_program_to_json(program, error);
    if (json == NULL)
        return false;
    path_format(path, "%s/" EXEC_PROGRAM_FILE, folder);
    int fd = new_file_open(path, O_WRONLY, 0600, error); // an environment holds secrets
    bool written = fd >= 0 && json_dumpfd(json, fd, 0) == 0;
    if (fd >= 0 && !written)
        error_set_errno(error, ERROR_LAB, "%s", path);
    if (fd >= 0)
        close(fd);
    json_decref(json);
    return written;
}

static char **words_from_json(const json_t *json)
{
    size_t count = json_array_size(json);
    char **words = calloc(count + 1, sizeof(*words));
    for (size_t i = 0; words != NULL && i < count; i++) {
        const char *text = json_string_value(json_array_get(json, i));
        words[i] = text == NULL ? NULL : strdup(text);
        if (words[i] == NULL) {
            exec_words_free(words);
            return NULL;
        }
    }
    return words;
}

static bool from_json(const json_t *json, struct exec_program *program)
{
    json_t *argv, *environment, *writable, *groups;
    json_int_t user, group, timeout_us;
    const char *folder;
    int terminal[EXEC_STREAMS], one_output, raw;
    if (json_unpack((json_t *)json,
            "{s:o, s:o, s:o, s:s, s:I, s:I, s:o, s:i, s:[b, b, b], s:b, s:b, s:i, s:i, s:I}", "argv", &argv,
            "environment", &environment, "writable", &writable, "folder", &folder, "user", &user, "group",
            &group, "groups", &groups, "umask", &program->umask, "terminal", &terminal[0], &terminal[1],
            &terminal[2], "one_output", &one_output, "raw", &raw, "rows", &program->rows, "columns",
            &program->columns, "timeout_us", &timeout_us) != 0)
        return false;
    program->user = user;
    program->group = group;
    program->timeout_us = timeout_us;
    program->one_output = one_output;
    program->raw = raw;
    for (int i = 0; i < EXEC_STREAMS; i++)
        program->terminal[i] = terminal[i];
    program->argv = words_from_json(argv);
    program->environment = words_from_json(environment);
    program->writable = words_from_json(writable);
    program->folder = strdup(folder);
    program->groups_count = json_array_size(groups);
    program->groups = calloc(program->groups_count + 1, sizeof(*program->groups));
    for (size_t i = 0; program->groups != NULL && i < program->groups_count; i++)
        program->groups[i] = json_integer_value(json_array_get(groups, i));
    return program->argv != NULL && program->argv[0] != NULL && program->environment != NULL &&
           program->writable != NULL && program->folder != NULL && program->groups != NULL;
}

struct exec_program *exec_program_from_json(const json_t *json)
{
    struct exec_program *program = calloc(1, sizeof(*program));
    if (program != NULL && from_json(json, program))
        return program;
    exec_program_free(program);
    return NULL;
}

struct exec_program *exec_program_read(const char *folder, struct error *error)
{
    char path[PATH_MAX];
    json_t *json = json_file_read(path_format(path, "%s/" EXEC_PROGRAM_FILE, folder), ERROR_LAB, error);
    if (json == NULL)
        return NULL;
    struct exec_program *program = exec_program_from_json(json);
    json_decref(json);
    if (program == NULL)
        error_set(error, ERROR_LAB, "%s: not as hangup writes it", path);
    return program;
}
