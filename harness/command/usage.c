// Help texts have one form: each option is one line, two blanks before its description.
#include "command/usage.h"

#include <stdio.h>
#include <string.h>

static const char *next_line(const char *line)
{
    line += strcspn(line, "\n");
    return *line != '\0' ? line + 1 : line;
}

// "--seed N         the seed ...": up to the two blanks.
static bool read_usage_option(const char *line, struct usage_option *option)
{
    size_t length = strcspn(line, "\n"), name = strcspn(line, " \n");
    const char *gap = memmem(line, length, "  ", 2);
    size_t end = gap != NULL ? (size_t)(gap - line) : length;
    *option = (struct usage_option){.name = line, .name_length = name};
    if (end > name + 1) {
        option->value = line + name + 1;
        option->value_length = end - name - 1;
    }
    option->summary = line + end + strspn(line + end, " ");
    option->summary_length = length - (size_t)(option->summary - line);
    return true;
}

bool usage_next_option(const char **at, struct usage_option *option)
{
    for (const char *line = *at; *line != '\0'; line = next_line(line))
        if (strncmp(line, "  --", 4) == 0) {
            *at = next_line(line);
            return read_usage_option(line + 2, option);
        }
    return false;
}

bool usage_find_option(const char *help, const char *name, size_t length, struct usage_option *option)
{
    while (usage_next_option(&help, option))
        if (option->name_length == length && strncmp(option->name, name, length) == 0)
            return true;
    return false;
}

// Behind "usage: hangup NAME", or behind the same in the next line. NULL: there is no such line.
static const char *find_usage(const char *help, int line)
{
    static const char begin[] = "usage: hangup ";
    while (line-- > 0) {
        help = next_line(help);
        if (*help != ' ')
            return NULL;
    }
    size_t command = strlen(begin) + strcspn(help + strlen(begin), " \n");
    return help + command;
}

// Behind the blanks and brackets before it; "[--for DURATION]" as a whole is not there.
static const char *skip_options(const char *at)
{
    for (;;) {
        at += strspn(at, " [].");
        if (at[0] != '-' || at[1] != '-')
            return at;
        if (at[2] == ' ' || at[2] == '\n') // `--`: what follows is somebody else's
            return at + strcspn(at, "\n");
        bool bracket = at[-1] == '[';
        at += strcspn(at, bracket ? "]\n" : " \n");
        if (!bracket && *at == ' ')
            at += 1 + strcspn(at + 1, " \n");
    }
}

// One place: "scenarios | subjects | faults". Returns what is behind it.
static const char *read_place(const char *at, char word[static USAGE_WORD_SIZE])
{
    size_t used = 0;
    word[0] = '\0';
    for (bool more = true; more;) {
        size_t length = strcspn(at, " []\n");
        size_t dots = length > 3 && strncmp(at + length - 3, "...", 3) == 0 ? 3 : 0;
        used += (size_t)snprintf(word + used, USAGE_WORD_SIZE - used, "%.*s", (int)(length - dots), at);
        at += length;
        more = strncmp(at, " | ", 3) == 0 && used + 1 < USAGE_WORD_SIZE;
        if (more) {
            used += (size_t)snprintf(word + used, USAGE_WORD_SIZE - used, "|");
            at += 3;
        }
        more = more && used < USAGE_WORD_SIZE;
    }
    return at;
}

static bool place_repeats(const char *behind)
{
    return behind[-1] == '.' || strncmp(behind, "...", 3) == 0 || strncmp(behind, "]...", 4) == 0;
}

char *usage_word(const char *help, int line, size_t place, char word[static USAGE_WORD_SIZE])
{
    const char *at = find_usage(help, line);
    word[0] = '\0';
    for (size_t i = 0; at != NULL; i++) {
        at = skip_options(at);
        if (*at == '\n' || *at == '\0' || strncmp(at, "OPTIONS", strlen("OPTIONS")) == 0) {
            word[0] = '\0';
            return word;
        }
        at = read_place(at, word);
        if (i == place || place_repeats(at))
            return word;
    }
    return word;
}
