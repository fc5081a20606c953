// Where the reader is, unless he names another place.
#include "host/results_folder.h"

#include "base/directory.h"
#include "base/path.h"

#include <stdlib.h>

bool results_folder_make(const struct paths *paths, const char *asked, const char *name,
    char absolute[static PATH_MAX], struct error *error)
{
    char chosen[PATH_MAX];
    if (asked != NULL)
        path_format(chosen, "%s", asked);
    else
        path_format(chosen, "%s/%s", paths->results, name);
    if (!folder_make(chosen, ERROR_INPUT, error))
        return asked != NULL
                   ? false
                   : error_context(error, "results go below the current folder, or where --out says");
    return realpath(chosen, absolute) != NULL || error_set_errno(error, ERROR_INPUT, "%s", chosen);
}
