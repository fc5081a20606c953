// All subjects of the project.
#ifndef HANGUP_SUBJECT_LIST_H
#define HANGUP_SUBJECT_LIST_H

#include "subject/subject.h"

struct subject_list {
    struct subject **subjects; // owned; sorted by name
    size_t count;
};

// Reads every manifest below root/pool/subjects. To be freed whatever the result.
bool subject_list_read(struct subject_list *list, const char *root, struct error *error) MUST_CHECK;
void subject_list_free(struct subject_list *list);

#endif
