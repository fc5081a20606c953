// A diagnosis in plain words: the causes, and how to see each.
#include "atlas/diagnose.h"
#include "atlas/event.h"

#include "base/invocation.h"
#include "base/terminal.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define INDENT        16 // of what is said of a cause
#define CLASS_CAUSES  3  // a class that stands for more causes says too little
#define QUOTED_LENGTH 160

static const char *const level_words[] = {
    [DIAGNOSE_EXACT] = "word for word",
    [DIAGNOSE_FOLDED] = "but for names and numbers",
    [DIAGNOSE_PART] = "in part",
    [DIAGNOSE_CLASS] = "by its class alone",
};

struct report {
    FILE *file;
    int width; // of the reader's terminal
    const char *root;
    const struct diagnose_match *matches; // the best
    size_t count;
};

// "  on the wire  The server's ..." with all lines below the first word.
static void print_labelled(const struct report *report, const char *label, const char *words)
{
    int column = fprintf(report->file, "   %-*s", INDENT - 3, label);
    terminal_print(report->file, words, column, INDENT, report->width);
}

static size_t rows_on(const struct report *report, enum atlas_cause cause)
{
    size_t rows = 0;
    for (size_t i = 0; i < report->count; i++)
        rows += report->matches[i].row->cause == cause;
    return rows;
}

static const char *client_of(const struct atlas_row *row)
{
    return row->client;
}

static const char *transport_of(const struct atlas_row *row)
{
    return row->tls ? "TLS" : "plain TCP";
}

static const char *event_of(const struct atlas_row *row)
{
    return row->event;
}

static const char *phase_of(const struct atlas_row *row)
{
    return atlas_phase_words(row->phase);
}

// Each name once, in the order of the rows.
static void print_names(const struct report *report, enum atlas_cause cause, const char *label,
    const char *(*name_of)(const struct atlas_row *row), const char *comma)
{
    char *words = NULL;
    size_t size;
    FILE *memory = open_memstream(&words, &size);
    for (size_t i = 0; memory != NULL && i < report->count; i++) {
        const struct atlas_row *row = report->matches[i].row;
        bool told = row->cause != cause;
        for (size_t j = 0; !told && j < i; j++)
            told = report->matches[j].row->cause == cause &&
                   strcmp(name_of(report->matches[j].row), name_of(row)) == 0;
        if (!told)
            fprintf(memory, "%s%s", ftell(memory) > 0 ? comma : "", name_of(row));
    }
    if (memory != NULL && fclose(memory) == 0)
        print_labelled(report, label, words);
    free(words);
}

static void print_times(const struct report *report, enum atlas_cause cause)
{
    int64_t least_us = INT64_MAX, most_us = 0;
    char least[ATLAS_TIME_SIZE], most[ATLAS_TIME_SIZE], words[96];
    for (size_t i = 0; i < report->count; i++) {
        const struct atlas_row *row = report->matches[i].row;
        if (row->cause != cause)
            continue;
        least_us = row->after_us < least_us ? row->after_us : least_us;
        most_us = row->after_us > most_us ? row->after_us : most_us;
    }
    atlas_time(least_us, least);
    atlas_time(most_us, most);
    if (strcmp(least, most) == 0)
        snprintf(words, sizeof(words), "%s after the event", least);
    else
        snprintf(words, sizeof(words), "%s to %s after the event", least, most);
    print_labelled(report, "told", words);
}

// Asked only for a cause that has rows.
static const struct atlas_row *first_on(const struct report *report, enum atlas_cause cause)
{
    size_t i = 0;
    while (i + 1 < report->count && report->matches[i].row->cause != cause)
        i++;
    return report->matches[i].row;
}

static void print_example(const struct report *report, enum atlas_cause cause)
{
    const struct atlas_row *row = first_on(report, cause);
    char *evidence = atlas_evidence_words(&row->evidence), *words = NULL;
    const struct atlas_event *event = atlas_event_by_name(row->event);
    if (evidence != NULL &&
        asprintf(&words, "%s (%s, %s, %s.) Packets: %s.", event != NULL ? event->summary : row->event,
            row->client, row->tls ? "TLS" : "plain", atlas_phase_words(row->phase), evidence) >= 0)
        print_labelled(report, "for example", words);
    free(words);
    free(evidence);
}

// The pool on that client that checks nothing. NULL: there is none yet.
static const char *subject_of(const struct atlas_row *row)
{
    if (strcmp(row->client, "libpq") == 0)
        return "pqpool:none";
    return strcmp(row->client, "psycopg2") == 0 ? "sqlalchemy:none" : NULL;
}

// The first of the cause's rows that a scenario shows. The caller frees its name.
static char *find_shown(const struct report *report, enum atlas_cause cause, const char **subject)
{
    char *scenario = NULL;
    for (size_t i = 0; scenario == NULL && i < report->count; i++) {
        const struct atlas_row *row = report->matches[i].row;
        *subject = subject_of(row);
        if (row->cause == cause && *subject != NULL && row->tls)
            scenario = diagnose_find_scenario(report->root, row);
    }
    return scenario;
}

// To be pasted. Where no scenario shows any of the rows, the atlas itself shows the first.
static void print_command(const struct report *report, enum atlas_cause cause)
{
    const struct atlas_row *first = first_on(report, cause);
    const char *subject;
    char *scenario = find_shown(report, cause, &subject), *command = NULL;
    size_t size;
    FILE *memory = open_memstream(&command, &size);
    if (memory != NULL) {
        fprintf(memory, "%s %s ", invocation_name(), scenario != NULL ? "run" : "atlas --event");
        shell_word_print(memory, scenario != NULL ? scenario : first->event);
        fputs(scenario != NULL ? " --subject " : " --client ", memory);
        shell_word_print(memory, scenario != NULL ? subject : first->client);
    }
    if (memory != NULL && fclose(memory) == 0)
        terminal_command(report->file, command, fprintf(report->file, "   %-*s", INDENT - 3, "see it"),
            INDENT, report->width);
    free(command);
    free(scenario);
}

static void print_cause(const struct report *report, enum atlas_cause cause, int number)
{
    const struct atlas_cause_words *words = &atlas_causes[cause];
    size_t rows = rows_on(report, cause);
    fprintf(report->file, "\n%d. %s (%zu %s)\n", number, words->title, rows, rows == 1 ? "row" : "rows");
    print_labelled(report, "on the wire", words->wire);
    print_labelled(report, "who noticed", words->noticed);
    print_labelled(report, "earlier", words->earlier);
    print_names(report, cause, "clients", client_of, ", ");
    print_names(report, cause, "over", transport_of, ", ");
    print_names(report, cause, "while", phase_of, "; ");
    print_names(report, cause, "events", event_of, ", ");
    print_times(report, cause);
    print_example(report, cause);
    print_command(report, cause);
}

static int count_causes(const struct report *report)
{
    int causes = 0;
    for (int cause = 0; cause < CAUSES; cause++)
        causes += rows_on(report, (enum atlas_cause)cause) > 0;
    return causes;
}

static void print_quoted(const struct report *report, const char *text)
{
    char *line = text_one_line(text), *quoted = NULL;
    bool cut = line != NULL && strlen(line) > QUOTED_LENGTH;
    if (asprintf(&quoted, "%.*s%s", QUOTED_LENGTH, line != NULL ? line : "", cut ? " ..." : "") >= 0)
        terminal_print(report->file, quoted, 0, 0, report->width);
    free(quoted);
    free(line);
}

static void put_nothing(FILE *file, const struct atlas *atlas, const struct report *report)
{
    size_t errors = 0;
    for (size_t i = 0; i < atlas->rows_count; i++)
        errors += atlas->rows[i].outcome == ATLAS_ERROR;
    if (report->count > 0)
        fprintf(file, "Its class fits %zu rows with %d causes: by itself that says nothing. ", report->count,
            count_causes(report));
    fprintf(file, "Looked at: %zu errors of", errors);
    for (size_t i = 0; i < atlas->clients_count; i++)
        fprintf(file, "%s %s %s", i > 0 ? "," : "", atlas->clients[i].name, atlas->clients[i].version);
    fputs(
        "; for the whole text, for it with names and numbers left open, for parts of it, and for its class. ",
        file);
    fputs(
        "Either no hang-up of the atlas says so, or another client or version does, or the text is no client's error at all.",
        file);
}

static void print_nothing(const struct atlas *atlas, const struct report *report)
{
    char *words = NULL;
    size_t size;
    FILE *memory = open_memstream(&words, &size);
    fputs("No row of the atlas says this.\n", report->file);
    if (memory != NULL)
        put_nothing(memory, atlas, report);
    if (memory != NULL && fclose(memory) == 0)
        terminal_print(report->file, words, 0, 0, report->width);
    free(words);
}

static void print_others(const struct report *report, size_t others)
{
    char *words = NULL;
    if (others > 0 &&
        asprintf(&words, "%zu more rows fit less well; %s/results/baseline/atlas.md has them all.", others,
            report->root) >= 0) {
        fputc('\n', report->file);
        terminal_print(report->file, words, 0, 0, report->width);
    }
    free(words);
}

static void print_count(const struct report *report, int causes)
{
    char *words = NULL;
    if (asprintf(&words, "%zu of the atlas's rows say this, %s; %d possible %s.", report->count,
            level_words[report->matches[0].level], causes, causes == 1 ? "cause" : "causes") >= 0)
        terminal_print(report->file, words, 0, 0, report->width);
    free(words);
}

bool diagnose_report(FILE *file, const char *root, const struct atlas *atlas,
    const struct diagnosis *diagnosis, const char *text)
{
    const struct report report = {file, terminal_width(file), root, diagnosis->matches, diagnosis->best};
    int causes = count_causes(&report), number = 0;
    print_quoted(&report, text);
    if (report.count == 0 || (report.matches[0].level == DIAGNOSE_CLASS && causes > CLASS_CAUSES)) {
        print_nothing(atlas, &report);
        return false;
    }
    print_count(&report, causes);
    for (int cause = 0; cause < CAUSES; cause++)
        if (rows_on(&report, (enum atlas_cause)cause) > 0)
            print_cause(&report, (enum atlas_cause)cause, ++number);
    print_others(&report, diagnosis->count - report.count);
    return true;
}
