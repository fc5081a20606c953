// A thin typed reader of YAML: whatever is wrong is said with file, line and column.
//
// What a page of settings does not need is refused: anchors, aliases, tags, a second document, duplicate
// keys, control characters, empty lists. All functions that return bool or a pointer fill the source's error
// when they return false or NULL.
#ifndef HANGUP_BASE_YAML_H
#define HANGUP_BASE_YAML_H

#include "base/error.h"
#include "base/suggest.h"

#include <stddef.h>
#include <stdint.h>
#include <yaml.h>

#define WORD_CHARACTERS "abcdefghijklmnopqrstuvwxyz0123456789-"

struct yaml_source {
    const char *path;    // for messages; borrowed
    struct error *error; // borrowed
    yaml_document_t document;
    yaml_node_t *root;
};

// A file of at most 64 KB, NUL-terminated; the caller frees it.
char *yaml_file_read(const char *path, size_t *length, struct error *error) MUST_CHECK;

bool yaml_source_open(struct yaml_source *source, const char *path, const char *text, size_t length,
    struct error *error) MUST_CHECK;
void yaml_source_close(struct yaml_source *source);

int node_line(const yaml_node_t *node);
int node_column(const yaml_node_t *node);

// "path:line:column: ..."; returns false.
bool node_error(struct yaml_source *source, const yaml_node_t *node, const char *format, ...)
    PRINTF_LIKE(3, 4);
// "path:line:column: 'value': ..."; returns false.
bool node_value_error(struct yaml_source *source, const yaml_node_t *node, const char *why);
// "path:line:column: unknown WHAT 'value': expected one of ..."; returns false.
bool node_unknown(struct yaml_source *source, const yaml_node_t *node, const char *what,
    const char *const *words, size_t count);

// Puts "path:line:column: " in front of the source's error; returns false.
bool node_error_context(struct yaml_source *source, const yaml_node_t *node);

// Reads a value into `target`, whose type is the reader's.
typedef bool node_reader(struct yaml_source *source, const yaml_node_t *value, void *target);
// The same for a key that is not known beforehand.
typedef bool node_pair_reader(
    struct yaml_source *source, const yaml_node_t *key, const yaml_node_t *value, void *target);

struct node_field {
    const char *key;
    node_reader *read;
    size_t offset; // of what is read, from the mapping's target
    bool required;
};

// Reads all values in the order in which they stand in the file. Keys that are not among `fields` (whose end
// is a NULL key) are given to `other`, or are errors when that is NULL.
bool node_read_mapping(struct yaml_source *source, const yaml_node_t *node, const struct node_field *fields,
    node_pair_reader *other, void *target) MUST_CHECK;
// The value at `key` or NULL (no error).
const yaml_node_t *node_at(struct yaml_source *source, const yaml_node_t *mapping, const char *key);

// One zeroed element for each item of a list, `extra` more behind them; the caller frees the array.
void *node_list_new(struct yaml_source *source, const yaml_node_t *node, size_t element_size, size_t extra,
    size_t *count) MUST_CHECK;
size_t node_count(const yaml_node_t *list);
const yaml_node_t *node_item(struct yaml_source *source, const yaml_node_t *list, size_t index);

// A scalar's text, one line and not empty; it lives as long as the source.
const char *node_text(struct yaml_source *source, const yaml_node_t *node) MUST_CHECK;
// Readers. Texts and words (of WORD_CHARACTERS) are owned by the caller.
// Text that may have several lines, as code has; without the newlines at its end.
bool node_read_lines(struct yaml_source *source, const yaml_node_t *node, void *char_pointer) MUST_CHECK;
bool node_read_text(struct yaml_source *source, const yaml_node_t *node, void *char_pointer) MUST_CHECK;
bool node_read_word(struct yaml_source *source, const yaml_node_t *node, void *char_pointer) MUST_CHECK;
// One of `words` (NULL-terminated), by its place among them; `what` is for the message.
bool node_read_choice(struct yaml_source *source, const yaml_node_t *node, const char *what,
    const char *const *words, size_t *index) MUST_CHECK;
bool node_read_duration(struct yaml_source *source, const yaml_node_t *node, void *int64_us) MUST_CHECK;
bool node_read_percent(struct yaml_source *source, const yaml_node_t *node, void *int64_ppm) MUST_CHECK;
bool node_read_rate(struct yaml_source *source, const yaml_node_t *node, void *int64_bps) MUST_CHECK;
bool node_read_size(struct yaml_source *source, const yaml_node_t *node, void *int64_bytes) MUST_CHECK;
bool node_read_boolean(struct yaml_source *source, const yaml_node_t *node, void *boolean) MUST_CHECK;
bool node_read_integer(
    struct yaml_source *source, const yaml_node_t *node, int lowest, int highest, int *number) MUST_CHECK;

#endif
