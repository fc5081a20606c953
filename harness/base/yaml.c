// A thin typed reader of YAML on libyaml's documents.
#include "base/yaml.h"

#include "base/duration.h"
#include "base/quantity.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_SIZE_MAX ((size_t)64 * 1024)
#define NAMES_MAX     32

char *yaml_file_read(const char *path, size_t *length, struct error *error)
{
    FILE *file = fopen(path, "re");
    char *text = malloc(FILE_SIZE_MAX + 1);
    if (file == NULL || text == NULL) {
        error_set_errno(error, ERROR_INPUT, "%s", path);
        goto failed;
    }
    *length = fread(text, 1, FILE_SIZE_MAX + 1, file);
    if (ferror(file)) {
        error_set_errno(error, ERROR_INPUT, "%s", path);
        goto failed;
    }
    if (*length > FILE_SIZE_MAX) {
        error_set(error, ERROR_INPUT, "%s: larger than 64 KB", path);
        goto failed;
    }
    fclose(file);
    text[*length] = '\0';
    return text;

failed:
    free(text);
    if (file != NULL)
        fclose(file);
    return NULL;
}

static bool mark_error(struct yaml_source *source, yaml_mark_t mark, const char *text)
{
    return error_set(
        source->error, ERROR_INPUT, "%s:%zu:%zu: %s", source->path, mark.line + 1, mark.column + 1, text);
}

// libyaml gives an unreadable byte's offset only.
static yaml_mark_t mark_of_offset(const char *text, size_t length, size_t offset)
{
    yaml_mark_t mark = {.index = offset};
    for (size_t i = 0; i < offset && i < length; i++) {
        mark.column++;
        if (text[i] == '\n') {
            mark.line++;
            mark.column = 0;
        }
    }
    return mark;
}

static bool parser_error(
    struct yaml_source *source, const yaml_parser_t *parser, const char *text, size_t length)
{
    char problem[200];
    if (parser->error == YAML_MEMORY_ERROR)
        return error_set(source->error, ERROR_LAB, "%s: out of memory", source->path);
    snprintf(problem, sizeof(problem), "not valid YAML: %s%s%s", parser->context ? parser->context : "",
        parser->context ? ": " : "", parser->problem);
    if (parser->error == YAML_READER_ERROR)
        return mark_error(source, mark_of_offset(text, length, parser->problem_offset), problem);
    return mark_error(source, parser->problem_mark, problem);
}

// What a document tree does not show any more. NULL: nothing is wrong.
static const char *event_problem(const yaml_event_t *event, int *documents)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT: return ++*documents > 1 ? "a second document: expected one" : NULL;
    case YAML_ALIAS_EVENT: return "an alias: expected the value itself";
    case YAML_SCALAR_EVENT:
        if (event->data.scalar.anchor != NULL)
            return "an anchor: expected the value alone";
        return event->data.scalar.tag != NULL ? "a tag: expected the value alone" : NULL;
    case YAML_SEQUENCE_START_EVENT:
        if (event->data.sequence_start.anchor != NULL)
            return "an anchor: expected the list alone";
        return event->data.sequence_start.tag != NULL ? "a tag: expected the list alone" : NULL;
    case YAML_MAPPING_START_EVENT:
        if (event->data.mapping_start.anchor != NULL)
            return "an anchor: expected the mapping alone";
        return event->data.mapping_start.tag != NULL ? "a tag: expected the mapping alone" : NULL;
    default: return NULL;
    }
}

static bool check_yaml_events(
    struct yaml_source *source, yaml_parser_t *parser, const char *text, size_t length)
{
    int documents = 0;
    bool done = false, good = true;
    while (good && !done) {
        yaml_event_t event;
        if (!yaml_parser_parse(parser, &event))
            return parser_error(source, parser, text, length);
        const char *problem = event_problem(&event, &documents);
        if (problem != NULL)
            good = mark_error(source, event.start_mark, problem);
        done = event.type == YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    return good;
}

static bool load_document(struct yaml_source *source, yaml_parser_t *parser, const char *text, size_t length)
{
    if (!yaml_parser_load(parser, &source->document))
        return parser_error(source, parser, text, length);
    source->root = yaml_document_get_root_node(&source->document);
    if (source->root != NULL)
        return true;
    yaml_document_delete(&source->document);
    return mark_error(source, (yaml_mark_t){0}, "the file is empty");
}

// Reads the text twice: first as events, which still show anchors and aliases, then as a tree.
bool yaml_source_open(
    struct yaml_source *source, const char *path, const char *text, size_t length, struct error *error)
{
    *source = (struct yaml_source){.path = path, .error = error};
    for (int pass = 1; pass <= 2; pass++) {
        yaml_parser_t parser;
        if (!yaml_parser_initialize(&parser))
            return error_set(error, ERROR_LAB, "%s: out of memory", path);
        yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
        bool good = pass == 1 ? check_yaml_events(source, &parser, text, length)
                              : load_document(source, &parser, text, length);
        yaml_parser_delete(&parser);
        if (!good)
            return false;
    }
    return true;
}

void yaml_source_close(struct yaml_source *source)
{
    yaml_document_delete(&source->document);
}

int node_line(const yaml_node_t *node)
{
    return (int)node->start_mark.line + 1;
}

int node_column(const yaml_node_t *node)
{
    return (int)node->start_mark.column + 1;
}

bool node_error(struct yaml_source *source, const yaml_node_t *node, const char *format, ...)
{
    char text[sizeof(source->error->text)];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    return mark_error(source, node->start_mark, text);
}

static const char *scalar(const yaml_node_t *node)
{
    return (const char *)node->data.scalar.value;
}

bool node_value_error(struct yaml_source *source, const yaml_node_t *node, const char *why)
{
    char excerpt[WORDS_EXCERPT_SIZE];
    return node_error(source, node, "'%s': %s", words_excerpt(scalar(node), excerpt), why);
}

bool node_error_context(struct yaml_source *source, const yaml_node_t *node)
{
    return error_context(source->error, "%s:%d:%d", source->path, node_line(node), node_column(node));
}

bool node_unknown(struct yaml_source *source, const yaml_node_t *node, const char *what,
    const char *const *words, size_t count)
{
    char text[WORDS_TEXT_SIZE];
    return node_error(source, node, "%s", words_unknown(what, scalar(node), words, count, text));
}

static const char *type_name(const yaml_node_t *node)
{
    switch (node->type) {
    case YAML_SEQUENCE_NODE: return "a list";
    case YAML_MAPPING_NODE: return "a mapping";
    default: return *scalar(node) == '\0' ? "nothing" : "text";
    }
}

static const struct node_field *find_field(const struct node_field *fields, const char *key)
{
    for (; fields->key != NULL; fields++) {
        if (strcmp(fields->key, key) == 0)
            return fields;
    }
    return NULL;
}

static bool unknown_key(struct yaml_source *source, const yaml_node_t *key, const struct node_field *fields)
{
    const char *names[NAMES_MAX] = {NULL};
    size_t count = 0;
    for (; fields->key != NULL && count < NAMES_MAX; fields++)
        names[count++] = fields->key;
    return node_unknown(source, key, "key", names, count);
}

static const yaml_node_t *node_get(struct yaml_source *source, int index)
{
    return yaml_document_get_node(&source->document, index);
}

// An earlier pair of the same key.
static bool check_duplicate(
    struct yaml_source *source, const yaml_node_t *mapping, const yaml_node_pair_t *pair, const char *text)
{
    yaml_node_pair_t *earlier = mapping->data.mapping.pairs.start;
    for (; earlier < pair; earlier++) {
        const yaml_node_t *key = node_get(source, earlier->key);
        if (strcmp(scalar(key), text) == 0)
            return node_error(source, node_get(source, pair->key),
                "duplicate key '%s': it stands in line %d already", text, node_line(key));
    }
    return true;
}

static bool read_pair(struct yaml_source *source, const yaml_node_t *mapping, const yaml_node_pair_t *pair,
    const struct node_field *fields, node_pair_reader *other, void *target)
{
    const yaml_node_t *key = node_get(source, pair->key), *value = node_get(source, pair->value);
    const char *text = node_text(source, key);
    if (text == NULL)
        return false;
    const struct node_field *field = find_field(fields, text);
    if (field == NULL && other == NULL)
        return unknown_key(source, key, fields);
    if (!check_duplicate(source, mapping, pair, text))
        return false;
    return field != NULL ? field->read(source, value, (char *)target + field->offset)
                         : other(source, key, value, target);
}

bool node_read_mapping(struct yaml_source *source, const yaml_node_t *node, const struct node_field *fields,
    node_pair_reader *other, void *target)
{
    if (node->type != YAML_MAPPING_NODE)
        return node_error(source, node, "expected a mapping, found %s", type_name(node));
    yaml_node_pair_t *pair = node->data.mapping.pairs.start;
    if (pair == node->data.mapping.pairs.top)
        return node_error(source, node, "the mapping is empty");
    for (; pair < node->data.mapping.pairs.top; pair++) {
        if (!read_pair(source, node, pair, fields, other, target))
            return false;
    }
    for (; fields->key != NULL; fields++) {
        if (fields->required && node_at(source, node, fields->key) == NULL)
            return node_error(source, node, "missing key '%s'", fields->key);
    }
    return true;
}

const yaml_node_t *node_at(struct yaml_source *source, const yaml_node_t *mapping, const char *key)
{
    yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
    for (; pair < mapping->data.mapping.pairs.top; pair++) {
        if (strcmp(scalar(node_get(source, pair->key)), key) == 0)
            return node_get(source, pair->value);
    }
    return NULL;
}

size_t node_count(const yaml_node_t *list)
{
    return (size_t)(list->data.sequence.items.top - list->data.sequence.items.start);
}

void *node_list_new(
    struct yaml_source *source, const yaml_node_t *node, size_t element_size, size_t extra, size_t *count)
{
    if (node->type != YAML_SEQUENCE_NODE) {
        node_error(source, node, "expected a list, found %s", type_name(node));
        return NULL;
    }
    size_t items = node_count(node);
    if (items == 0) {
        node_error(source, node, "the list is empty");
        return NULL;
    }
    void *elements = calloc(items + extra, element_size);
    if (elements == NULL) {
        error_set(source->error, ERROR_LAB, "%s: out of memory", source->path);
        return NULL;
    }
    *count = items;
    return elements;
}

const yaml_node_t *node_item(struct yaml_source *source, const yaml_node_t *list, size_t index)
{
    return node_get(source, list->data.sequence.items.start[index]);
}

static bool has_control_character(const yaml_node_t *node, bool lines)
{
    for (size_t i = 0; i < node->data.scalar.length; i++) {
        unsigned char byte = node->data.scalar.value[i];
        if ((byte < ' ' && !(lines && byte == '\n')) || byte == 0x7f)
            return true;
    }
    return false;
}

const char *node_text(struct yaml_source *source, const yaml_node_t *node)
{
    if (node->type != YAML_SCALAR_NODE)
        node_error(source, node, "expected text, found %s", type_name(node));
    else if (node->data.scalar.length == 0)
        node_error(source, node, "expected text, found nothing");
    else if (has_control_character(node, false))
        node_value_error(source, node, "expected one line without control characters");
    else
        return scalar(node);
    return NULL;
}

bool node_read_text(struct yaml_source *source, const yaml_node_t *node, void *char_pointer)
{
    const char *found = node_text(source, node);
    if (found == NULL)
        return false;
    char **text = char_pointer;
    *text = strdup(found);
    return *text != NULL || error_set(source->error, ERROR_LAB, "%s: out of memory", source->path);
}

bool node_read_lines(struct yaml_source *source, const yaml_node_t *node, void *char_pointer)
{
    if (node->type != YAML_SCALAR_NODE || node->data.scalar.length == 0)
        return node_error(source, node, "expected text of one or several lines");
    if (has_control_character(node, true))
        return node_value_error(source, node, "expected lines without control characters");
    char **text = char_pointer;
    size_t length = node->data.scalar.length;
    const char *found = (const char *)node->data.scalar.value;
    while (length > 0 && found[length - 1] == '\n')
        length--;
    *text = strndup(found, length);
    return *text != NULL || error_set(source->error, ERROR_LAB, "%s: out of memory", source->path);
}

bool node_read_word(struct yaml_source *source, const yaml_node_t *node, void *char_pointer)
{
    const char *text = node_text(source, node);
    if (text == NULL)
        return false;
    if (!words_consist_of(text, WORD_CHARACTERS))
        return node_value_error(source, node, "expected a word of a-z, 0-9 and '-'");
    return node_read_text(source, node, char_pointer);
}

bool node_read_integer(
    struct yaml_source *source, const yaml_node_t *node, int lowest, int highest, int *number)
{
    static const struct quantity_unit plain[] = {{"", 1}, {NULL, 0}};
    const char *text = node_text(source, node);
    int64_t value;
    if (text == NULL)
        return false;
    if (quantity_parse(text, plain, highest, &value) == QUANTITY_OK && value >= lowest) {
        *number = (int)value;
        return true;
    }
    char why[80];
    snprintf(why, sizeof(why), "expected a whole number from %d to %d", lowest, highest);
    return node_value_error(source, node, why);
}

bool node_read_boolean(struct yaml_source *source, const yaml_node_t *node, void *boolean)
{
    const char *text = node_text(source, node);
    if (text == NULL)
        return false;
    bool *value = boolean;
    *value = strcmp(text, "true") == 0;
    return *value || strcmp(text, "false") == 0 || node_value_error(source, node, "expected true or false");
}

bool node_read_choice(struct yaml_source *source, const yaml_node_t *node, const char *what,
    const char *const *words, size_t *index)
{
    const char *text = node_text(source, node);
    size_t count = 0;
    if (text == NULL)
        return false;
    for (; words[count] != NULL; count++) {
        if (strcmp(words[count], text) == 0) {
            *index = count;
            return true;
        }
    }
    return node_unknown(source, node, what, words, count);
}

bool node_read_duration(struct yaml_source *source, const yaml_node_t *node, void *int64_us)
{
    const char *why, *text = node_text(source, node);
    if (text == NULL)
        return false;
    return duration_parse(text, int64_us, &why) || node_value_error(source, node, why);
}
