// Reading all manifests.
#include "subject/list.h"

#include "base/name_list.h"
#include "base/path.h"

#include <stdlib.h>

#define FOLDER "pool/subjects"

static bool read_named(
    struct subject_list *list, const char *root, const struct name_list *names, struct error *error)
{
    char path[PATH_MAX];
    list->subjects = calloc(names->count + 1, sizeof(struct subject *));
    if (list->subjects == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    for (size_t i = 0; i < names->count; i++) {
        path_format(path, "%s/" FOLDER "/%s.yaml", root, names->names[i]);
        list->subjects[i] = subject_read(path, root, error);
        if (list->subjects[i] == NULL)
            return false;
        list->count++;
    }
    return true;
}

bool subject_list_read(struct subject_list *list, const char *root, struct error *error)
{
    struct name_list names;
    *list = (struct subject_list){0};
    if (!name_list_read(&names, root, FOLDER, 1, error))
        return false;
    bool good = read_named(list, root, &names, error);
    name_list_free(&names);
    return good;
}

void subject_list_free(struct subject_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        subject_free(list->subjects[i]);
    free(list->subjects);
    *list = (struct subject_list){0};
}
