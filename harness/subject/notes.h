// Inside the manifest's reader: findings and differences, what a subject's author says about its cells.
#ifndef HANGUP_SUBJECT_NOTES_H
#define HANGUP_SUBJECT_NOTES_H

#include "base/yaml.h"
#include "subject/subject.h"

bool subject_read_findings(
    struct yaml_source *source, const yaml_node_t *node, struct subject *subject) MUST_CHECK;
bool subject_read_differences(
    struct yaml_source *source, const yaml_node_t *node, struct subject *subject) MUST_CHECK;
// That the strategies they name are the subject's.
bool subject_check_notes(struct yaml_source *source, const struct subject *subject) MUST_CHECK;
bool subject_check_strategy(
    struct yaml_source *source, const struct subject *subject, const char *strategy, int line) MUST_CHECK;
void subject_notes_free(struct subject *subject);

// Adds a metric's range, also "none": not measured.
bool subject_read_condition(struct yaml_source *source, const yaml_node_t *key, const yaml_node_t *value,
    struct subject_condition **conditions, size_t *count) MUST_CHECK;

// A list of texts, NULL-terminated.
bool subject_read_texts(struct yaml_source *source, const yaml_node_t *node, char ***texts) MUST_CHECK;
void subject_texts_free(char **texts);

#endif
