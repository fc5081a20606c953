// Finds scenario and manifest files by name.
#ifndef HANGUP_BASE_NAME_LIST_H
#define HANGUP_BASE_NAME_LIST_H

#include "base/error.h"

#include <stddef.h>

struct name_list {
    char **names; // sorted; "idle/hung-up"
    size_t count;
};

// The names of all .yaml files below root/folder: their paths below it, without .yaml. Hidden files and those
// deeper than `depth` folders are left out.
bool name_list_read(
    struct name_list *list, const char *root, const char *folder, int depth, struct error *error) MUST_CHECK;
void name_list_free(struct name_list *list);

// Whether a file below root/scenarios has that name.
bool scenario_is_shipped(const char *root, const char *name);

// Whether a word of the command line is meant as a file: it ends in .yaml.
bool is_yaml_file(const char *word);

#endif
