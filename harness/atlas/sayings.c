// Reading sayings.yaml.
#include "atlas/sayings.h"

#include "atlas/diagnose.h"
#include "base/yaml.h"

#include <stdlib.h>
#include <string.h>

static const char *const kinds[] = {
    "wire", "told", "answer", "log", "deadline", "misuse", "closed", "pool", "name", "setting", NULL};

static bool read_condition_kind(struct yaml_source *source, const yaml_node_t *node, void *kind)
{
    return node_read_choice(source, node, "kind", kinds, kind);
}

static bool read_words(struct yaml_source *source, const yaml_node_t *node, void *target)
{
    char ***words = target;
    size_t count;
    *words = node_list_new(source, node, sizeof(**words), 1, &count);
    for (size_t i = 0; *words != NULL && i < count; i++)
        if (!node_read_text(source, node_item(source, node, i), &(*words)[i]))
            return false;
    return *words != NULL;
}

// What is looked for in a folded text must be folded, too.
static bool read_folded_words(struct yaml_source *source, const yaml_node_t *node, void *target)
{
    char ***words = target;
    if (!read_words(source, node, target))
        return false;
    for (char **word = *words; *word != NULL; word++) {
        char *folded = diagnose_fold(*word);
        if (folded == NULL)
            return error_set(source->error, ERROR_LAB, "%s: out of memory", source->path);
        free(*word);
        *word = folded;
    }
    return true;
}

static const struct node_field speaker_fields[] = {
    {"name", node_read_text, offsetof(struct speaker, name), true},
    {"on", node_read_text, offsetof(struct speaker, on), false},
    {"is", node_read_text, offsetof(struct speaker, is), true},
    {"subject", node_read_text, offsetof(struct speaker, subject), false},
    {"words", read_folded_words, offsetof(struct speaker, words), true},
    {"language", node_read_boolean, offsetof(struct speaker, language), false},
    {"foreign", node_read_boolean, offsetof(struct speaker, foreign), false},
    {NULL, NULL, 0, false},
};

static const struct node_field wrapper_fields[] = {
    {"name", node_read_text, offsetof(struct wrapper, name), true},
    {"subject", node_read_text, offsetof(struct wrapper, subject), false},
    {"client", node_read_text, offsetof(struct wrapper, client), false},
    {"joins", read_words, offsetof(struct wrapper, joins), false},
    {"words", read_folded_words, offsetof(struct wrapper, words), false},
    {NULL, NULL, 0, false},
};

static const struct node_field condition_fields[] = {
    {"name", node_read_word, offsetof(struct condition, name), true},
    {"kind", read_condition_kind, offsetof(struct condition, kind), true},
    {"title", node_read_text, offsetof(struct condition, title), true},
    {"wire", node_read_text, offsetof(struct condition, wire), true},
    {"noticed", node_read_text, offsetof(struct condition, noticed), true},
    {"earlier", node_read_text, offsetof(struct condition, earlier), true},
    {NULL, NULL, 0, false},
};

static const struct node_field saying_fields[] = {
    {"says", node_read_text, offsetof(struct saying, says), true},
    {"client", node_read_text, offsetof(struct saying, client), false},
    {"sqlstate", node_read_text, offsetof(struct saying, sqlstate), false},
    {"shared", node_read_boolean, offsetof(struct saying, shared), false},
    {"generic", node_read_boolean, offsetof(struct saying, generic), false},
    {"vague", node_read_boolean, offsetof(struct saying, vague), false},
    {"also", read_words, offsetof(struct saying, also), false},
    {"cause", read_words, offsetof(struct saying, cause), true},
    {"note", node_read_text, offsetof(struct saying, note), false},
    {"from", node_read_text, offsetof(struct saying, from), true},
    {NULL, NULL, 0, false},
};

static const struct node_field class_fields[] = {
    {"class", node_read_text, offsetof(struct sqlstate_class, code), true},
    {"is", node_read_text, offsetof(struct sqlstate_class, is), true},
    {NULL, NULL, 0, false},
};

struct list {
    const struct node_field *fields;
    size_t size, items, count; // of an item; where the array and its length are in struct sayings
};

#define LIST(fields, type, member)                                                                           \
    {fields, sizeof(struct type), offsetof(struct sayings, member), offsetof(struct sayings, member##_count)}

static const struct list lists[] = {
    LIST(speaker_fields, speaker, speakers),
    LIST(wrapper_fields, wrapper, wrappers),
    LIST(condition_fields, condition, conditions),
    LIST(saying_fields, saying, sayings),
    LIST(class_fields, sqlstate_class, classes),
};

static bool read_list(
    struct yaml_source *source, const yaml_node_t *node, const struct list *list, void *sayings)
{
    char **items = (char **)((char *)sayings + list->items);
    size_t *count = (size_t *)((char *)sayings + list->count);
    *items = node_list_new(source, node, list->size, 0, count);
    for (size_t i = 0; *items != NULL && i < *count; i++)
        if (!node_read_mapping(
                source, node_item(source, node, i), list->fields, NULL, *items + i * list->size))
            return false;
    return *items != NULL;
}

static bool read_speakers(struct yaml_source *source, const yaml_node_t *node, void *sayings)
{
    return read_list(source, node, &lists[0], sayings);
}

static bool read_wrappers(struct yaml_source *source, const yaml_node_t *node, void *sayings)
{
    return read_list(source, node, &lists[1], sayings);
}

static bool read_conditions(struct yaml_source *source, const yaml_node_t *node, void *sayings)
{
    return read_list(source, node, &lists[2], sayings);
}

static bool read_sayings(struct yaml_source *source, const yaml_node_t *node, void *sayings)
{
    return read_list(source, node, &lists[3], sayings);
}

static bool read_classes(struct yaml_source *source, const yaml_node_t *node, void *sayings)
{
    return read_list(source, node, &lists[4], sayings);
}

static const struct node_field top_fields[] = {
    {"clients", read_speakers, 0, true},
    {"pools", read_wrappers, 0, true},
    {"classes", read_classes, 0, true},
    {"conditions", read_conditions, 0, true},
    {"sayings", read_sayings, 0, true},
    {NULL, NULL, 0, false},
};

int sayings_cause(const struct sayings *sayings, const char *name)
{
    for (int i = 0; i < CAUSES; i++)
        if (strcmp(atlas_causes[i].name, name) == 0)
            return i;
    for (size_t i = 0; i < sayings->conditions_count; i++)
        if (strcmp(sayings->conditions[i].name, name) == 0)
            return CAUSES + (int)i;
    return -1;
}

int sayings_speaker(const struct sayings *sayings, const char *name)
{
    for (size_t i = 0; i < sayings->speakers_count; i++)
        if (strcmp(sayings->speakers[i].name, name) == 0)
            return (int)i;
    return -1;
}

static bool resolve_saying(
    const struct sayings *sayings, struct saying *saying, const char *path, struct error *error)
{
    saying->speaker = saying->client != NULL ? sayings_speaker(sayings, saying->client) : -1;
    if (saying->client != NULL && saying->speaker < 0)
        return error_set(error, ERROR_INPUT, "%s: unknown client '%s'", path, saying->client);
    for (char **name = saying->cause; *name != NULL; name++) {
        int cause = sayings_cause(sayings, *name);
        if (cause < 0 || saying->causes_count == SAYING_CAUSES)
            return error_set(error, ERROR_INPUT, "%s: unknown condition '%s'", path, *name);
        saying->causes[saying->causes_count++] = cause;
    }
    return true;
}

static int find_wrapper(const struct sayings *sayings, const char *name)
{
    for (size_t i = 0; i < sayings->wrappers_count; i++)
        if (strcmp(sayings->wrappers[i].name, name) == 0)
            return (int)i;
    return -1;
}

static bool resolve_wrapper(
    const struct sayings *sayings, struct wrapper *wrapper, const char *path, struct error *error)
{
    wrapper->speaker = wrapper->client != NULL ? sayings_speaker(sayings, wrapper->client) : -1;
    if (wrapper->client != NULL && wrapper->speaker < 0)
        return error_set(error, ERROR_INPUT, "%s: unknown client '%s'", path, wrapper->client);
    for (char **name = wrapper->joins; name != NULL && *name != NULL; name++) {
        int joined = find_wrapper(sayings, *name);
        if (joined < 0)
            return error_set(error, ERROR_INPUT, "%s: unknown pool '%s'", path, *name);
        wrapper->joined |= UINT64_C(1) << joined;
    }
    return (wrapper->words != NULL || wrapper->joins != NULL) ||
           error_set(error, ERROR_INPUT, "%s: pool '%s' needs 'words' or 'joins'", path, wrapper->name);
}

static bool resolve_names(struct sayings *sayings, const char *path, struct error *error)
{
    if (sayings->speakers_count > SPEAKERS_MAX || sayings->wrappers_count > WRAPPERS_MAX)
        return error_set(error, ERROR_INPUT, "%s: more than %d clients or pools", path, SPEAKERS_MAX);
    for (size_t i = 0; i < sayings->speakers_count; i++) {
        struct speaker *speaker = &sayings->speakers[i];
        speaker->parent = speaker->on != NULL ? sayings_speaker(sayings, speaker->on) : -1;
        if (speaker->on != NULL && speaker->parent < 0)
            return error_set(error, ERROR_INPUT, "%s: unknown client '%s'", path, speaker->on);
    }
    for (size_t i = 0; i < sayings->wrappers_count; i++)
        if (!resolve_wrapper(sayings, &sayings->wrappers[i], path, error))
            return false;
    for (size_t i = 0; i < sayings->sayings_count; i++)
        if (!resolve_saying(sayings, &sayings->sayings[i], path, error))
            return false;
    return true;
}

struct sayings *sayings_parse(const char *path, const char *text, size_t length, struct error *error)
{
    struct yaml_source source;
    struct sayings *sayings = calloc(1, sizeof(*sayings));
    if (sayings == NULL) {
        error_set(error, ERROR_LAB, "%s: out of memory", path);
        return NULL;
    }
    bool open = yaml_source_open(&source, path, text, length, error);
    bool good = open && node_read_mapping(&source, source.root, top_fields, NULL, sayings);
    if (open)
        yaml_source_close(&source);
    if (good && resolve_names(sayings, path, error))
        return sayings;
    sayings_free(sayings);
    return NULL;
}

static void free_saying_words(char **words)
{
    for (char **word = words; word != NULL && *word != NULL; word++)
        free(*word);
    free(words);
}

static void free_sayings(struct saying *saying, size_t count)
{
    for (size_t i = 0; saying != NULL && i < count; i++) {
        free(saying[i].says);
        free(saying[i].client);
        free(saying[i].sqlstate);
        free(saying[i].note);
        free(saying[i].from);
        free_saying_words(saying[i].cause);
        free_saying_words(saying[i].also);
    }
    free(saying);
}

void sayings_free(struct sayings *sayings)
{
    if (sayings == NULL)
        return;
    for (size_t i = 0; sayings->speakers != NULL && i < sayings->speakers_count; i++) {
        free(sayings->speakers[i].name);
        free(sayings->speakers[i].on);
        free(sayings->speakers[i].is);
        free(sayings->speakers[i].subject);
        free_saying_words(sayings->speakers[i].words);
    }
    for (size_t i = 0; sayings->wrappers != NULL && i < sayings->wrappers_count; i++) {
        free(sayings->wrappers[i].name);
        free(sayings->wrappers[i].subject);
        free(sayings->wrappers[i].client);
        free_saying_words(sayings->wrappers[i].words);
        free_saying_words(sayings->wrappers[i].joins);
    }
    for (size_t i = 0; sayings->conditions != NULL && i < sayings->conditions_count; i++) {
        free(sayings->conditions[i].name);
        free(sayings->conditions[i].title);
        free(sayings->conditions[i].wire);
        free(sayings->conditions[i].noticed);
        free(sayings->conditions[i].earlier);
    }
    for (size_t i = 0; sayings->classes != NULL && i < sayings->classes_count; i++) {
        free(sayings->classes[i].code);
        free(sayings->classes[i].is);
    }
    free_sayings(sayings->sayings, sayings->sayings_count);
    free(sayings->classes);
    free(sayings->speakers);
    free(sayings->wrappers);
    free(sayings->conditions);
    free(sayings);
}

const char *sayings_sqlstate(const struct sayings *sayings, const char *code)
{
    for (size_t i = 0; i < sayings->classes_count; i++)
        if (strncmp(sayings->classes[i].code, code, 2) == 0)
            return sayings->classes[i].is;
    return NULL;
}

struct atlas_cause_words sayings_words(const struct sayings *sayings, int cause)
{
    if (cause < CAUSES)
        return atlas_causes[cause];
    const struct condition *condition = &sayings->conditions[cause - CAUSES];
    return (struct atlas_cause_words){
        condition->name, condition->title, condition->wire, condition->noticed, condition->earlier};
}

enum condition_kind sayings_kind(const struct sayings *sayings, int cause)
{
    if (cause == CAUSE_OWN_DEADLINE)
        return KIND_DEADLINE;
    return cause < CAUSES ? KIND_WIRE : (enum condition_kind)sayings->conditions[cause - CAUSES].kind;
}

bool sayings_is_on(const struct sayings *sayings, int speaker, int base)
{
    for (int depth = 0; speaker >= 0 && depth < SPEAKERS_MAX; depth++) { // a circle would not end
        if (speaker == base)
            return true;
        speaker = sayings->speakers[speaker].parent;
    }
    return false;
}
