// Text that came from outside (a subject, a server, a file), made fit for one line of a report.
#ifndef HANGUP_BASE_TEXT_H
#define HANGUP_BASE_TEXT_H

#include <stddef.h>
#include <stdint.h>

// A copy in which every run of white space is one space, other control characters are gone (a terminal would
// obey them) and what is not UTF-8 is '?'. The caller frees it; NULL: no memory.
char *text_one_line(const char *text);

// Decodes one character of valid UTF-8 and moves `*text` behind it. A stray byte gives '?'.
uint32_t text_next_character(const char **text);

#endif
