// Which strategies of which subjects a run is about: "pqpool", "pqpool:pre-ping", "all", or a manifest's
// file.
#include "base/array.h"
#include "base/name_list.h"
#include "base/suggest.h"
#include "plan/internal.h"
#include "scenario/strategy_class.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "pool/subjects"

static bool add_choice(struct plan_choices *choices, const struct subject *subject,
    const struct subject_strategy *strategy, struct error *error)
{
    for (size_t i = 0; i < choices->count; i++) {
        if (choices->choices[i].strategy == strategy)
            return true;
    }
    struct plan_choice *grown = array_grow(choices->choices, choices->count, sizeof(*grown));
    if (grown == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    choices->choices = grown;
    grown[choices->count++] = (struct plan_choice){subject, strategy};
    return true;
}

static bool unknown_strategy(const struct subject *subject, const char *name, struct error *error)
{
    char text[WORDS_TEXT_SIZE];
    const char **names = calloc(subject->strategies_count, sizeof(*names));
    if (names == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    for (size_t i = 0; i < subject->strategies_count; i++)
        names[i] = subject->strategies[i].name;
    words_unknown("strategy", name, names, subject->strategies_count, text);
    free(names);
    return error_set(error, ERROR_INPUT, "subject %s: %s", subject->name, text);
}

// NULL for all of them.
static bool choose_strategy(
    struct plan_choices *choices, const struct subject *subject, const char *name, struct error *error)
{
    if (name != NULL) {
        const struct subject_strategy *strategy = subject_strategy_by_name(subject, name);
        return strategy != NULL ? add_choice(choices, subject, strategy, error)
                                : unknown_strategy(subject, name, error);
    }
    for (size_t i = 0; i < subject->strategies_count; i++) {
        if (!add_choice(choices, subject, &subject->strategies[i], error))
            return false;
    }
    return true;
}

// Each manifest is read once.
static const struct subject *load_subject(
    struct plan_choices *choices, const char *path, const char *root, struct error *error)
{
    for (size_t i = 0; i < choices->subjects_count; i++) {
        if (strcmp(choices->subjects[i]->path, path) == 0)
            return choices->subjects[i];
    }
    struct subject *subject = subject_read(path, root, error);
    if (subject == NULL)
        return NULL;
    struct subject **subjects = array_grow(choices->subjects, choices->subjects_count, sizeof(*subjects));
    if (subjects == NULL) {
        subject_free(subject);
        error_set(error, ERROR_LAB, "out of memory");
        return NULL;
    }
    choices->subjects = subjects;
    subjects[choices->subjects_count++] = subject;
    return subject;
}

static bool choose_named(struct plan_choices *choices, const char *root, const char *name,
    const char *strategy, struct error *error)
{
    char *path;
    if (asprintf(&path, "%s/" FOLDER "/%s.yaml", root, name) < 0)
        return error_set(error, ERROR_LAB, "out of memory");
    const struct subject *subject = load_subject(choices, path, root, error);
    free(path);
    return subject != NULL && choose_strategy(choices, subject, strategy, error);
}

static bool choose_every(
    struct plan_choices *choices, const char *root, const struct name_list *list, struct error *error)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!choose_named(choices, root, list->names[i], NULL, error))
            return false;
    }
    return list->count > 0 || error_set(error, ERROR_INPUT, "%s/" FOLDER ": there is no manifest", root);
}

static bool has_name(const struct name_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->names[i], name) == 0)
            return true;
    }
    return false;
}

// `name` is a manifest's file, or a subject's name.
static bool choose_subject(struct plan_choices *choices, const char *root, const struct name_list *list,
    const char *name, const char *strategy, struct error *error)
{
    if (is_yaml_file(name)) {
        const struct subject *subject = load_subject(choices, name, root, error);
        return subject != NULL && choose_strategy(choices, subject, strategy, error);
    }
    if (has_name(list, name))
        return choose_named(choices, root, name, strategy, error);
    char text[WORDS_TEXT_SIZE];
    const char *const *names = (const char *const *)list->names;
    return error_set(error, ERROR_INPUT, "%s", words_unknown("subject", name, names, list->count, text));
}

static bool choose_matching_strategies(
    struct plan_choices *choices, const struct subject *subject, const char *pattern, struct error *error)
{
    for (size_t i = 0; i < subject->strategies_count; i++)
        if (fnmatch(pattern, subject->strategies[i].name, 0) == 0 &&
            !add_choice(choices, subject, &subject->strategies[i], error))
            return false;
    return true;
}

// "hikari*", "pqpool:pre-*", "*:pre-ping".
static bool choose_matching(struct plan_choices *choices, const char *root, const struct name_list *list,
    const char *word, struct error *error)
{
    const char *colon = strrchr(word, ':'), *strategies = colon != NULL ? colon + 1 : "*";
    char *name = colon != NULL ? strndup(word, (size_t)(colon - word)) : strdup(word);
    const size_t before = choices->count;
    bool good = name != NULL || error_set(error, ERROR_LAB, "out of memory");
    for (size_t i = 0; good && i < list->count; i++) {
        char *path = NULL;
        if (fnmatch(name, list->names[i], 0) != 0)
            continue;
        good = asprintf(&path, "%s/" FOLDER "/%s.yaml", root, list->names[i]) >= 0 ||
               error_set(error, ERROR_LAB, "out of memory");
        const struct subject *subject = good ? load_subject(choices, path, root, error) : NULL;
        good = subject != NULL && choose_matching_strategies(choices, subject, strategies, error);
        free(path);
    }
    free(name);
    return good && (choices->count > before || error_set(error, ERROR_INPUT,
                                                   "no subject matches '%s'; `hangup list subjects`", word));
}

// "NAME", "NAME:STRATEGY", a pattern of them, or "all".
static bool choose_word(struct plan_choices *choices, const char *root, const struct name_list *list,
    const char *word, struct error *error)
{
    if (strcmp(word, "all") == 0)
        return choose_every(choices, root, list, error);
    if (!is_yaml_file(word) && strpbrk(word, "*?[") != NULL)
        return choose_matching(choices, root, list, word, error);
    const char *colon = is_yaml_file(word) ? NULL : strrchr(word, ':');
    char *name = colon != NULL ? strndup(word, (size_t)(colon - word)) : strdup(word);
    if (name == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    bool good = choose_subject(choices, root, list, name, colon != NULL ? colon + 1 : NULL, error);
    free(name);
    return good;
}

bool plan_choose_subjects(
    const struct plan_request *request, struct plan_choices *choices, struct error *error)
{
    struct name_list list;
    *choices = (struct plan_choices){0};
    if (!name_list_read(&list, request->root, FOLDER, 1, error))
        return false;
    bool good = request->subjects_count > 0 || choose_every(choices, request->root, &list, error);
    for (size_t i = 0; good && i < request->subjects_count; i++)
        good = choose_word(choices, request->root, &list, request->subjects[i], error);
    name_list_free(&list);
    return good;
}

void plan_choices_free(struct plan_choices *choices)
{
    for (size_t i = 0; i < choices->subjects_count; i++)
        subject_free(choices->subjects[i]);
    free(choices->subjects);
    free(choices->choices);
}

bool plan_runs(const struct scenario *scenario, const struct subject_strategy *strategy)
{
    if (strategy_class_is_none(strategy->class))
        return true;
    for (size_t i = 0; i < scenario->expectations_count; i++) {
        const char *class = scenario->expectations[i].strategy;
        if (strcmp(class, "any") == 0 || strcmp(class, strategy->class) == 0)
            return true;
    }
    return false;
}
