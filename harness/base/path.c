// vsnprintf, and nothing half done.
#include "base/path.h"

#include <stdio.h>

char *path_format(char path[static PATH_MAX], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(path, PATH_MAX, format, arguments);
    va_end(arguments);
    if (length < 0 || length >= PATH_MAX)
        path[0] = '\0';
    return path;
}
