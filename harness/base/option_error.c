// "unknown option '--subjct' (did you mean '--subject'?): expected one of --subject, ...; see `hangup run
// --help`".
#include "base/option_error.h"

#include "base/invocation.h"
#include "base/suggest.h"

#include <stdio.h>
#include <string.h>

#define OPTIONS_MAX 32
#define NAME_SIZE   48

static size_t list_names(const struct option *known, char names[][NAME_SIZE], const char **list)
{
    size_t count = 0;
    for (; count < OPTIONS_MAX && known[count].name != NULL; count++) {
        snprintf(names[count], NAME_SIZE, "--%s", known[count].name);
        list[count] = names[count];
    }
    return count;
}

// getopt has passed over the word, except over one of several short options together.
static void name_option(const char *word, char name[static NAME_SIZE])
{
    if (strncmp(word, "--", 2) == 0)
        snprintf(name, NAME_SIZE, "%.*s", (int)strcspn(word, "="), word);
    else
        snprintf(name, NAME_SIZE, "-%c", optopt);
}

bool option_error(
    int option, const char *word, const struct option *known, const char *command, struct error *error)
{
    char names[OPTIONS_MAX][NAME_SIZE], name[NAME_SIZE], text[WORDS_TEXT_SIZE];
    const char *list[OPTIONS_MAX];
    size_t count = list_names(known, names, list);
    name_option(word, name);
    for (size_t i = 0; option == '?' && i < count; i++)
        if (strcmp(name, list[i]) == 0)
            return error_set(error, ERROR_INPUT, "%s takes no value: '%s'", name, word);
    if (option == ':')
        snprintf(text, sizeof(text), "%s: a value is missing", name);
    else
        words_unknown("option", name, list, count, text);
    return error_set(error, ERROR_INPUT, "%s; see `%s %s --help`", text, invocation_name(), command);
}
