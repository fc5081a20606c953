// A diagnosis in plain words: the causes, and how to see each.
#include "atlas/diagnose.h"
#include "atlas/event.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define WIDTH         100
#define CLASS_CAUSES  3 // a class that stands for more causes says too little
#define QUOTED_LENGTH 160

static const char *const level_words[] = {
    [DIAGNOSE_EXACT] = "word for word",
    [DIAGNOSE_FOLDED] = "but for names and numbers",
    [DIAGNOSE_PART] = "in part",
    [DIAGNOSE_CLASS] = "by its class alone",
};

struct report {
    FILE *file;
    const char *root;
    const struct diagnose_match *matches; // the best
    size_t count;
};

// "  wire      The server's ..." with all lines below the first word.
static void print_wrapped_words(FILE *file, const char *label, const char *words)
{
    const int indent = 16;
    int column = fprintf(file, "   %-*s", indent - 3, label);
    while (*words != '\0') {
        int length = (int)strcspn(words, " ");
        if (column > indent && column + 1 + length > WIDTH)
            column = fprintf(file, "\n%*s", indent, "") - 1;
        column += fprintf(file, "%s%.*s", column > indent ? " " : "", length, words);
        words += length + (words[length] == ' ');
    }
    fputc('\n', file);
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
        print_wrapped_words(report->file, label, words);
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
    print_wrapped_words(report->file, "told", words);
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
        print_wrapped_words(report->file, "for example", words);
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

// The first of the cause's rows that a scenario shows; else the atlas itself shows the first row.
static void print_command(const struct report *report, enum atlas_cause cause)
{
    const struct atlas_row *first = first_on(report, cause);
    char *scenario = NULL;
    for (size_t i = 0; scenario == NULL && i < report->count; i++) {
        const struct atlas_row *row = report->matches[i].row;
        if (row->cause != cause)
            continue;
        scenario = subject_of(row) != NULL && row->tls ? diagnose_find_scenario(report->root, row) : NULL;
        if (scenario != NULL)
            fprintf(
                report->file, "   %-13shangup run %s --subject %s\n", "see it", scenario, subject_of(row));
    }
    if (scenario == NULL)
        fprintf(report->file, "   %-13shangup atlas --event %s --client %s\n", "see it", first->event,
            first->client);
    free(scenario);
}

static void print_cause(const struct report *report, enum atlas_cause cause, int number)
{
    const struct atlas_cause_words *words = &atlas_causes[cause];
    size_t rows = rows_on(report, cause);
    fprintf(report->file, "\n%d. %s (%zu %s)\n", number, words->title, rows, rows == 1 ? "row" : "rows");
    print_wrapped_words(report->file, "on the wire", words->wire);
    print_wrapped_words(report->file, "who noticed", words->noticed);
    print_wrapped_words(report->file, "earlier", words->earlier);
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

static void print_quoted(FILE *file, const char *text)
{
    char *line = text_one_line(text);
    bool cut = line != NULL && strlen(line) > QUOTED_LENGTH;
    fprintf(file, "%.*s%s\n", QUOTED_LENGTH, line != NULL ? line : "", cut ? " ..." : "");
    free(line);
}

static void print_nothing(FILE *file, const struct atlas *atlas, const struct report *report)
{
    size_t errors = 0;
    for (size_t i = 0; i < atlas->rows_count; i++)
        errors += atlas->rows[i].outcome == ATLAS_ERROR;
    fputs("No row of the atlas says this.\n", file);
    if (report->count > 0)
        fprintf(file, "Its class fits %zu rows with %d causes: by itself that says nothing.\n", report->count,
            count_causes(report));
    fprintf(file, "Looked at: %zu errors of", errors);
    for (size_t i = 0; i < atlas->clients_count; i++)
        fprintf(file, "%s %s %s", i > 0 ? "," : "", atlas->clients[i].name, atlas->clients[i].version);
    fputs(
        "; for the whole text, for it with names and numbers left open, for parts of it, and for its class.\n"
        "Either no hang-up of the atlas says so, or another client or version does, or the text is no "
        "client's error at all.\n",
        file);
}

bool diagnose_report(FILE *file, const char *root, const struct atlas *atlas,
    const struct diagnosis *diagnosis, const char *text)
{
    const struct report report = {file, root, diagnosis->matches, diagnosis->best};
    int causes = count_causes(&report), number = 0;
    print_quoted(file, text);
    if (report.count == 0 || (report.matches[0].level == DIAGNOSE_CLASS && causes > CLASS_CAUSES)) {
        print_nothing(file, atlas, &report);
        return false;
    }
    fprintf(file, "%zu of the atlas's rows say this, %s; %d possible %s.\n", report.count,
        level_words[report.matches[0].level], causes, causes == 1 ? "cause" : "causes");
    for (int cause = 0; cause < CAUSES; cause++)
        if (rows_on(&report, (enum atlas_cause)cause) > 0)
            print_cause(&report, (enum atlas_cause)cause, ++number);
    if (diagnosis->count > report.count)
        fprintf(file, "\n%zu more rows fit less well; results/baseline/atlas.md has them all.\n",
            diagnosis->count - report.count);
    return true;
}
