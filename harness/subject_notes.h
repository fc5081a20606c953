// Inside the manifest's reader: findings and differences, what a subject's author says about its cells.
#ifndef HANGUP_SUBJECT_NOTES_H
#define HANGUP_SUBJECT_NOTES_H

#include "subject.h"
#include "yaml_node.h"

bool subject_read_findings(
    struct yaml_source *source, const yaml_node_t *node, struct subject *subject) MUST_CHECK;
bool subject_read_differences(
    struct yaml_source *source, const yaml_node_t *node, struct subject *subject) MUST_CHECK;
// That the strategies they name are the subject's.
bool subject_check_notes(struct yaml_source *source, const struct subject *subject) MUST_CHECK;
void subject_notes_free(struct subject *subject);

// A list of texts, NULL-terminated.
bool subject_read_texts(struct yaml_source *source, const yaml_node_t *node, char ***texts) MUST_CHECK;
void subject_texts_free(char **texts);

#endif
