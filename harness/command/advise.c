// hangup advise: which setting of a pool to take against what one fears, out of recorded cells. Nothing is
// run.
#include "atlas/cure.h"
#include "base/duration.h"
#include "base/suggest.h"
#include "base/terminal.h"
#include "command/arguments.h"
#include "command/command.h"
#include "host/paths.h"
#include "subject/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FEARS_MOST 16

const char command_advise_help[] =
    "usage: hangup advise --subject SUBJECT [--fear FEAR,FEAR...] [--answer-within TIME]\n"
    "\n"
    "Says which recorded setting of a pool is the cheapest that keeps the bar: no error, nothing lost, and every operation answered within the time, whatever of the fears happens. Or that none does, and what each does instead. The command behind it shows the figures.\n"
    "\n"
    "Fears: idle (the server's side closes an idle connection), reset (the path forgets one and answers with RST), silence (the path swallows everything), terminated (the server ends its sessions), in-use (a session dies during a statement), failover (the host is gone, and its name leads to another), long-query (the path forgets a connection that waits for its answer), connect (nobody answers while the pool connects), restart (the server recovers, and refuses), demoted (the primary becomes read-only).\n"
    "\n"
    "Exit status: 0 a setting keeps the bar, 1 none does, 2 the command line is wrong or nothing is recorded.\n"
    "\n"
    "  --subject SUBJECT  the pool: `hangup list subjects` has them\n"
    "  --fear FEARS       with commas between them (default: idle,silence)\n"
    "  --answer-within TIME  how long an operation may wait beyond its own work (default: 5s)\n"
    "  --help     this text\n";

struct wish {
    const struct fear *feared[FEARS_MOST];
    size_t count;
    int64_t within_us;
};

static bool read_fears(const char *text, struct wish *wish, struct error *error)
{
    const char *names[FEARS_MOST];
    for (size_t i = 0; i < fears_count; i++)
        names[i] = fears[i].name;
    while (*text != '\0') {
        char asked[32];
        size_t length = strcspn(text, ",");
        snprintf(asked, sizeof(asked), "%.*s", (int)length, text);
        const struct fear *fear = fear_by_name(asked);
        if (fear == NULL || wish->count == FEARS_MOST) {
            char reply[WORDS_TEXT_SIZE];
            return error_set(
                error, ERROR_INPUT, "--fear: %s", words_unknown("fear", asked, names, fears_count, reply));
        }
        wish->feared[wish->count++] = fear;
        text += length + (text[length] == ',');
    }
    return wish->count > 0 || error_set(error, ERROR_INPUT, "--fear: nothing is named");
}

static const struct subject *find_subject(
    const struct subject_list *list, const char *name, struct error *error)
{
    char words[WORDS_TEXT_SIZE];
    const char **names = calloc(list->count + 1, sizeof(*names));
    for (size_t i = 0; names != NULL && i < list->count; i++) {
        names[i] = list->subjects[i]->name;
        if (strcmp(names[i], name) == 0) {
            free(names);
            return list->subjects[i];
        }
    }
    error_set(error, ERROR_INPUT, "--subject: %s",
        names != NULL ? words_unknown("subject", name, names, list->count, words) : name);
    free(names);
    return NULL;
}

static bool advise(const char *name, const struct wish *wish, bool *kept, struct error *error)
{
    struct paths paths;
    struct subject_list list = {0};
    if (!paths_find(&paths, error))
        return false;
    json_t *recorded = recorded_read_in(paths.baseline, error);
    const struct subject *subject = recorded != NULL && subject_list_read(&list, paths.root, error)
                                        ? find_subject(&list, name, error)
                                        : NULL;
    if (subject != NULL)
        *kept = cure_advise(
            stdout, terminal_width(stdout), recorded, subject, wish->feared, wish->count, wish->within_us);
    subject_list_free(&list);
    json_decref(recorded);
    return subject != NULL;
}

int command_advise(int argc, char **argv)
{
    const char *subject = NULL, *fear = "idle,silence", *within = "5s", *why;
    const struct command_option options[COMMAND_OPTIONS_MAX] = {
        {"subject", NULL, &subject}, {"fear", NULL, &fear}, {"answer-within", NULL, &within}, {0}};
    struct command_arguments arguments;
    struct error error = {0};
    struct wish wish = {0};
    bool kept = false;
    if (!command_arguments_parse_with(argc, argv, 0, 0, command_advise_help, options, &arguments))
        return arguments.status;
    if (subject == NULL)
        error_set(&error, ERROR_INPUT, "advise: --subject is missing: the pool");
    else if (!duration_parse(within, &wish.within_us, &why))
        error_set(&error, ERROR_INPUT, "--answer-within: '%s': %s", within, why);
    else if (read_fears(fear, &wish, &error) && advise(subject, &wish, &kept, &error))
        return kept ? EXIT_AS_EXPECTED : EXIT_FAILED;
    return command_fail(&error);
}
