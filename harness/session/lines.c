// The line cutter of the subject protocol.
#include "session/lines.h"

#include <string.h>

size_t subject_lines_room(struct subject_lines *lines, char **room)
{
    memmove(lines->bytes, lines->bytes + lines->taken, lines->length - lines->taken);
    lines->length -= lines->taken;
    lines->taken = 0;
    *room = lines->bytes + lines->length;
    return sizeof(lines->bytes) - lines->length;
}

void subject_lines_fill(struct subject_lines *lines, size_t length)
{
    lines->length += length;
}

char *subject_lines_next(struct subject_lines *lines)
{
    char *line = lines->bytes + lines->taken;
    char *end = memchr(line, '\n', lines->length - lines->taken);
    if (end == NULL)
        return NULL;
    *end = '\0';
    lines->taken = (size_t)(end + 1 - lines->bytes);
    return line;
}
