// A help text, read as what it says of the command line: options, their values, and what stands at each
// place.
#ifndef HANGUP_COMMAND_USAGE_H
#define HANGUP_COMMAND_USAGE_H

#include <stdbool.h>
#include <stddef.h>

// Parts of the help text. What `--format table|json  what to print` says.
struct usage_option {
    const char *name; // "--format"
    size_t name_length;
    const char *value; // "table|json"; NULL: it takes none
    size_t value_length;
    const char *summary; // "what to print", up to the end of the line
    size_t summary_length;
};

// The option that the help describes at or behind `*at`, which is moved behind it. False: there is no more.
bool usage_next_option(const char **at, struct usage_option *option);
// False: the help describes none of that name ("--format").
bool usage_find_option(const char *help, const char *name, size_t length, struct usage_option *option);

// What the first or, for line 1, the second line of usage has at a place: the words between its options, such
// as "SCENARIO" of `usage: hangup exec SCENARIO [OPTIONS] -- COMMAND...`. Words with " | " between them stand
// at one place. The last, where dots follow it, goes on for ever. Returns `word`, empty where there is none.
#define USAGE_WORD_SIZE 128
char *usage_word(const char *help, int line, size_t place, char word[static USAGE_WORD_SIZE]);

#endif
