// hangup complete: which words may come next. Read from the help texts and from what there is, so that no
// table goes stale.
#include "atlas/event.h"
#include "base/name_list.h"
#include "command/arguments.h"
#include "command/command.h"
#include "command/commands.h"
#include "command/skeleton.h"
#include "command/usage.h"
#include "host/paths.h"
#include "scenario/fault.h"
#include "subject/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char command_complete_help[] =
    "usage: hangup complete -- WORD...\n"
    "\n"
    "Prints the words that may stand in the place of the last WORD, one a line, and behind a tab what each means. The words are those of a command line behind the program's name; the last may be empty, or the beginning of one. It prints nothing where a file or a folder may stand, or anything.\n"
    "\n"
    "The completion of bash, zsh and fish asks this.\n"
    "\n"
    "  --help     this text\n"
    "\n"
    "For example:\n"
    "  hangup complete -- run idle/ --lab ''\n";

// The word to be completed. What is before its last comma or equals sign stays as it is.
struct place {
    char **words; // of the command line, this one the last
    size_t count;
    const char *kept; // "--format=" of "--format=js"
    size_t kept_length;
    const char *begun; // "js"
};

static void offer_part(
    const struct place *place, const char *word, size_t length, const char *summary, size_t summary_length)
{
    size_t begun = strlen(place->begun);
    if (length < begun || strncmp(word, place->begun, begun) != 0)
        return;
    printf("%.*s%.*s", (int)place->kept_length, place->kept, (int)length, word);
    if (summary_length > 0)
        printf("\t%.*s", (int)summary_length, summary);
    putchar('\n');
}

static void offer(const struct place *place, const char *word, const char *summary)
{
    offer_part(place, word, strlen(word), summary, strlen(summary));
}

static void offer_names(const struct place *place, const char *folder, int depth)
{
    struct paths paths;
    struct name_list names;
    struct error error = {0};
    if (!paths_find(&paths, &error) || !name_list_read(&names, paths.root, folder, depth, &error))
        return;
    for (size_t i = 0; i < names.count; i++)
        offer(place, names.names[i], "");
    name_list_free(&names);
}

static void offer_scenarios(const struct place *place)
{
    offer_names(place, "scenarios", 8);
}

static void offer_clients(const struct place *place)
{
    offer_names(place, "pool/probes", 1);
}

static void offer_subject(const struct place *place, const struct subject *subject)
{
    char name[128];
    offer(place, subject->name, subject->summary);
    for (size_t i = 0; i < subject->strategies_count; i++) {
        snprintf(name, sizeof(name), "%s:%s", subject->name, subject->strategies[i].name);
        offer(place, name, "");
    }
}

static void offer_subjects(const struct place *place)
{
    struct paths paths;
    struct subject_list subjects = {0};
    struct error error = {0};
    if (paths_find(&paths, &error) && subject_list_read(&subjects, paths.root, &error))
        for (size_t i = 0; i < subjects.count; i++)
            offer_subject(place, subjects.subjects[i]);
    subject_list_free(&subjects);
}

// "pqpool,sqlalchemy:none": the last of them.
static void offer_more_subjects(const struct place *place)
{
    struct place last = *place;
    const char *comma = strrchr(place->begun, ',');
    if (comma != NULL) {
        last.kept_length = (size_t)(comma + 1 - last.kept);
        last.begun = comma + 1;
    }
    offer_subjects(&last);
}

static void offer_events(const struct place *place)
{
    for (size_t i = 0; i < atlas_events_count; i++)
        offer(place, atlas_events[i].name, atlas_events[i].summary);
}

static void offer_languages(const struct place *place)
{
    const char *language;
    for (size_t i = 0; (language = init_subject_language(i)) != NULL; i++)
        offer(place, language, "");
}

static void offer_kinds(const struct place *place)
{
    for (const struct fault_kind *const *kind = fault_kinds; *kind != NULL; kind++)
        offer(place, (*kind)->name, (*kind)->summary);
}

// `hangup fault KIND ...`. NULL: there is no such kind.
static const struct fault_kind *kind_of(const struct place *place)
{
    return place->count > 2 && strcmp(place->words[0], "fault") == 0 ? fault_kind_by_name(place->words[1])
                                                                     : NULL;
}

static void offer_texts(const struct place *place, const char *const *texts)
{
    for (; texts != NULL && *texts != NULL; texts++)
        offer(place, *texts, "");
}

static void offer_arguments(const struct place *place)
{
    const struct fault_kind *kind = kind_of(place);
    offer_texts(place, kind != NULL ? kind->arguments : NULL);
}

static struct {
    const struct command *items;
    size_t count;
} known;

void command_complete_among(const struct command *all, size_t count)
{
    known.items = all;
    known.count = count;
}

static const struct command *find_known_command(const char *name)
{
    for (size_t i = 0; i < known.count; i++)
        if (strcmp(known.items[i].name, name) == 0)
            return &known.items[i];
    return NULL;
}

static void offer_commands(const struct place *place)
{
    for (size_t i = 0; i < known.count; i++)
        offer(place, known.items[i].name, known.items[i].summary);
}

// "table|json", or a name for what there is.
static void offer_values(const struct place *place, const char *value, size_t length)
{
    static const struct {
        const char *value;
        void (*offer)(const struct place *place);
    } kinds[] = {{"SCENARIO", offer_scenarios}, {"SUBJECT", offer_subjects}, {"A,B", offer_more_subjects},
        {"A,B...", offer_more_subjects}, {"EVENT", offer_events}, {"CLIENT", offer_clients},
        {"LANGUAGE", offer_languages}, {"KIND", offer_kinds}, {"ARGUMENT", offer_arguments}};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strlen(kinds[i].value) == length && strncmp(value, kinds[i].value, length) == 0) {
            kinds[i].offer(place);
            return;
        }
    bool words = memchr(value, '|', length) != NULL || (length > 0 && value[0] >= 'a' && value[0] <= 'z');
    for (size_t at = 0, word; words && at < length; at += word + 1) {
        const char *end = memchr(value + at, '|', length - at);
        word = end != NULL ? (size_t)(end - value) - at : length - at;
        offer_part(place, value + at, word, "", 0);
    }
}

// "--burst-start" of the option burst_start.
static void name_fault_option(const struct fault_option_kind *option, char name[static USAGE_WORD_SIZE])
{
    snprintf(name, USAGE_WORD_SIZE, "--%s", option->name);
    for (char *dash = name; (dash = strchr(dash, '_')) != NULL;)
        *dash = '-';
}

static const struct fault_option_kind *options_of_kind(const struct place *place)
{
    static const struct fault_option_kind none[] = {{0}};
    const struct fault_kind *kind = kind_of(place);
    return kind != NULL && kind->options != NULL ? kind->options : none;
}

static void offer_options(const struct place *place, const char *help)
{
    struct usage_option option;
    char name[USAGE_WORD_SIZE];
    while (usage_next_option(&help, &option))
        offer_part(place, option.name, option.name_length, option.summary, option.summary_length);
    for (const struct fault_option_kind *own = options_of_kind(place); own->name != NULL; own++) {
        name_fault_option(own, name);
        offer(place, name, own->summary);
    }
}

// What the option of that name takes. False: nothing, or there is none.
static bool offer_values_of(const struct place *place, const char *help, const char *name, size_t length)
{
    struct usage_option option;
    char own_name[USAGE_WORD_SIZE];
    if (usage_find_option(help, name, length, &option)) {
        if (option.value != NULL)
            offer_values(place, option.value, option.value_length);
        return option.value != NULL;
    }
    for (const struct fault_option_kind *own = options_of_kind(place); own->name != NULL; own++) {
        name_fault_option(own, own_name);
        if (strlen(own_name) == length && strncmp(own_name, name, length) == 0) {
            offer_texts(place, own->words);
            return true;
        }
    }
    return false;
}

static bool takes_value(const struct place *place, const char *help, const char *word)
{
    const struct place nothing = {.words = place->words, .count = place->count, .begun = "\n"};
    return strncmp(word, "--", 2) == 0 && offer_values_of(&nothing, help, word, strlen(word));
}

// How many words there are before, but for the command, options and their values.
static size_t words_before(const struct place *place, const char *help)
{
    size_t words = 0;
    for (size_t i = 1; i + 1 < place->count; i++) {
        if (takes_value(place, help, place->words[i]))
            i++;
        else if (place->words[i][0] != '-')
            words++;
    }
    return words;
}

static bool is_behind_dashes(const struct place *place)
{
    for (size_t i = 1; i + 1 < place->count; i++)
        if (strcmp(place->words[i], "--") == 0)
            return true;
    return false;
}

static void offer_word(const struct place *place, const char *help)
{
    char word[USAGE_WORD_SIZE];
    size_t before = words_before(place, help);
    for (int line = 0; line < 2; line++) {
        usage_word(help, line, before, word);
        offer_values(place, word, strlen(word));
    }
}

static void complete_command(struct place *place, const char *help)
{
    const char *before = place->words[place->count - 2], *equals = strchr(place->begun, '=');
    if (is_behind_dashes(place) || (place->count > 2 && takes_value(place, help, before) &&
                                       offer_values_of(place, help, before, strlen(before))))
        return;
    if (strncmp(place->begun, "--", 2) == 0 && equals != NULL) {
        place->kept_length = (size_t)(equals + 1 - place->begun);
        place->begun = equals + 1;
        (void)offer_values_of(place, help, place->kept, place->kept_length - 1);
    } else if (place->begun[0] == '-') {
        offer_options(place, help);
    } else {
        offer_word(place, help);
    }
}

static void complete(struct place *place)
{
    const struct command *command = find_known_command(place->words[0]);
    if (place->count == 1) {
        offer_commands(place);
        offer(place, "help", "say more about a command");
        if (place->begun[0] == '-') {
            offer(place, "--help", "list the commands");
            offer(place, "--version", "say which version this is");
        }
    } else if (command != NULL) {
        complete_command(place, command->help);
    } else if (place->count == 2 && strcmp(place->words[0], "help") == 0) {
        offer_commands(place);
    }
}

int command_complete(int argc, char **argv)
{
    struct command_arguments arguments;
    int status;
    if (!command_arguments_parse(argc, argv, 1, -1, command_complete_help, &arguments, &status))
        return status;
    char *last = arguments.words[arguments.count - 1];
    struct place place = {
        .words = arguments.words, .count = (size_t)arguments.count, .kept = last, .begun = last};
    complete(&place);
    return EXIT_AS_EXPECTED;
}
