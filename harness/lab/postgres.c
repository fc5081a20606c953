// The image has one version below Debian's folder for all of them.
#include "lab/postgres.h"

#include "base/path.h"
#include "contract/postgres_programs.h"

#include <glob.h>
#include <stddef.h>

bool lab_postgres_program(const char *name, char path[static PATH_MAX], struct error *error)
{
    char pattern[PATH_MAX];
    glob_t found;
    path_format(pattern, POSTGRES_VERSIONS "/*/" POSTGRES_PROGRAMS "/%s", name);
    bool one = glob(pattern, GLOB_NOSORT, NULL, &found) == 0 && found.gl_pathc == 1;
    if (one)
        path_format(path, "%s", found.gl_pathv[0]);
    else
        error_set(error, ERROR_LAB, "the image holds no %s below %s, or several", name, POSTGRES_VERSIONS);
    globfree(&found);
    return one;
}
