#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool error_set(struct error *error, enum error_category category, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    error->category = category;
    vsnprintf(error->text, sizeof(error->text), format, arguments);
    va_end(arguments);
    return false;
}

bool error_set_errno(struct error *error, enum error_category category, const char *format, ...)
{
    int saved_errno = errno;
    va_list arguments;
    va_start(arguments, format);
    error->category = category;
    vsnprintf(error->text, sizeof(error->text), format, arguments);
    va_end(arguments);
    size_t used = strlen(error->text);
    snprintf(error->text + used, sizeof(error->text) - used, ": %s", strerror(saved_errno));
    return false;
}

bool error_context(struct error *error, const char *format, ...)
{
    char cause[sizeof(error->text)];
    memcpy(cause, error->text, sizeof(cause));
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof(error->text), format, arguments);
    va_end(arguments);
    size_t used = strlen(error->text);
    snprintf(error->text + used, sizeof(error->text) - used, ": %s", cause);
    return false;
}
