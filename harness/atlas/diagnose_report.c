// A diagnosis in plain words, for somebody in a hurry: what it most likely is, what else, how to see it.
#include "atlas/cure.h"
#include "atlas/diagnose.h"
#include "atlas/event.h"

#include "base/invocation.h"
#include "base/terminal.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define INDENT     17 // of what is said of a cause
#define TIMES_SIZE 96

struct report {
    FILE *file;
    int width; // of the reader's terminal
    const struct diagnose_request *request;
    const struct finding *finding;
};

// "   on the wire   The server's ..." with all lines below the first word.
static void print_labelled(const struct report *report, const char *label, const char *words)
{
    int column = fprintf(report->file, "   %-*s", INDENT - 3, label);
    terminal_print(report->file, words, column, INDENT, report->width);
}

static const struct sayings *sayings_of(const struct report *report)
{
    return report->request->phrases->sayings;
}

// Whether a row of the atlas is what one of the finding's phrases was made of, with that cause.
static bool is_row(const struct report *report, const struct atlas_row *row, int cause)
{
    const struct phrases *phrases = report->request->phrases;
    size_t of_row = phrases->of_row[row - phrases->atlas->rows];
    if (of_row == 0 || (int)row->cause != cause)
        return false;
    for (size_t i = 0; i < report->finding->phrases_count; i++)
        if (report->finding->phrases[i] == &phrases->items[of_row - 1])
            return true;
    return false;
}

// From `*at` on; NULL: no more.
static const struct atlas_row *next_row(const struct report *report, int cause, size_t *at)
{
    const struct atlas *atlas = report->request->phrases->atlas;
    while (*at < atlas->rows_count) {
        const struct atlas_row *row = &atlas->rows[(*at)++];
        if (is_row(report, row, cause))
            return row;
    }
    return NULL;
}

static size_t count_rows(const struct report *report, int cause)
{
    size_t rows = 0;
    for (size_t at = 0; next_row(report, cause, &at) != NULL;)
        rows++;
    return rows;
}

// "idle, then a query, 5s to 10s after it happened; waiting ..."
static void print_recorded(const struct report *report, int cause)
{
    char least[ATLAS_TIME_SIZE], most[ATLAS_TIME_SIZE], *words = NULL;
    size_t size, rows = count_rows(report, cause);
    FILE *memory = rows > 0 ? open_memstream(&words, &size) : NULL;
    if (memory == NULL)
        return;
    fprintf(memory, "%zu %s of the atlas: ", rows, rows == 1 ? "row" : "rows");
    const char *comma = "";
    for (int phase = 0; phase < ATLAS_PHASES; phase++) {
        int64_t least_us = INT64_MAX, most_us = INT64_MIN;
        const struct atlas_row *row;
        for (size_t at = 0; (row = next_row(report, cause, &at)) != NULL;) {
            if ((int)row->phase != phase)
                continue;
            least_us = row->after_us < least_us ? row->after_us : least_us;
            most_us = row->after_us > most_us ? row->after_us : most_us;
        }
        if (most_us == INT64_MIN)
            continue;
        fprintf(memory, "%s%s (told %s", comma, atlas_phase_words((enum atlas_phase)phase),
            atlas_time(least_us, least));
        if (strcmp(least, atlas_time(most_us, most)) != 0)
            fprintf(memory, " to %s", most);
        fputs(" after it happened)", memory);
        comma = "; ";
    }
    if (fclose(memory) == 0)
        print_labelled(report, "recorded", words);
    free(words);
}

// Each event once, in its own words.
static void print_events(const struct report *report, int cause)
{
    char *words = NULL;
    size_t size;
    FILE *memory = open_memstream(&words, &size);
    const struct atlas_row *row;
    const char *before = "";
    for (size_t at = 0; memory != NULL && (row = next_row(report, cause, &at)) != NULL;) {
        if (strcmp(before, row->event) != 0)
            fprintf(memory, "%s%s", before[0] != '\0' ? ", " : "", row->event);
        before = row->event;
    }
    if (memory != NULL && fclose(memory) == 0 && words[0] != '\0')
        print_labelled(report, "after", words);
    free(words);
}

// The pool on that client that checks nothing. NULL: there is none.
static const char *subject_of(const struct atlas_row *row)
{
    if (strcmp(row->client, "libpq") == 0)
        return "pqpool:none";
    return strcmp(row->client, "psycopg2") == 0 ? "sqlalchemy:none" : NULL;
}

// The first of the cause's rows that a scenario shows. The caller frees its name.
static char *find_shown(const struct report *report, int cause, const char **subject)
{
    char *scenario = NULL;
    const struct atlas_row *row;
    for (size_t at = 0; scenario == NULL && (row = next_row(report, cause, &at)) != NULL;) {
        *subject = subject_of(row);
        if (*subject != NULL && row->tls)
            scenario = diagnose_find_scenario(report->request->root, row);
    }
    return scenario;
}

// To be pasted. Where no scenario shows any of the rows, the atlas itself shows the first.
static void print_command(const struct report *report, int cause)
{
    size_t first = 0, size;
    const struct atlas_row *row = next_row(report, cause, &first);
    const char *subject = NULL;
    if (row == NULL)
        return;
    char *scenario = find_shown(report, cause, &subject), *command = NULL;
    FILE *memory = open_memstream(&command, &size);
    if (memory != NULL) {
        fprintf(memory, "%s %s ", invocation_name(), scenario != NULL ? "run" : "atlas --event");
        shell_word_print(memory, scenario != NULL ? scenario : row->event);
        fputs(scenario != NULL ? " --subject " : " --client ", memory);
        shell_word_print(memory, scenario != NULL ? subject : row->client);
    }
    if (memory != NULL && fclose(memory) == 0)
        terminal_command(report->file, command, fprintf(report->file, "   %-*s", INDENT - 3, "see it"),
            INDENT, report->width);
    free(command);
    free(scenario);
}

static const char *note_of(const struct finding *finding, int cause)
{
    for (size_t i = 0; i < finding->phrases_count; i++) {
        const struct saying *saying = finding->phrases[i]->saying;
        for (size_t j = 0; saying != NULL && saying->note != NULL && j < saying->causes_count; j++)
            if (saying->causes[j] == cause)
                return saying->note;
    }
    return NULL;
}

static const char *label_of(const struct report *report, int cause)
{
    switch (sayings_kind(sayings_of(report), cause)) {
    case KIND_WIRE:
    case KIND_TOLD:
    case KIND_LOG:
    case KIND_ANSWER: return "on the wire";
    default: return "what happened";
    }
}

static const struct subject *find_adapter_named(const struct subject_list *subjects, const char *name)
{
    for (size_t i = 0; name != NULL && i < subjects->count; i++)
        if (strcmp(subjects->subjects[i]->name, name) == 0)
            return subjects->subjects[i];
    return NULL;
}

const char *diagnose_subject(const struct sayings *sayings, const struct finding *finding)
{
    if (finding->wrapper >= 0)
        return sayings->wrappers[finding->wrapper].subject;
    return finding->speaker >= 0 ? sayings->speakers[finding->speaker].subject : NULL;
}

// The lab has not recorded whoever spoke, or the text does not say who did.
static void print_no_subject(const struct report *report, const struct fear *fear)
{
    const struct finding *finding = report->finding;
    const struct sayings *sayings = sayings_of(report);
    const char *who = finding->wrapper >= 0   ? sayings->wrappers[finding->wrapper].name
                      : finding->speaker >= 0 ? sayings->speakers[finding->speaker].is
                                              : NULL;
    bool nobody = who == NULL ||
                  (finding->wrapper < 0 && (sayings->speakers[finding->speaker].language ||
                                               finding->speaker == sayings_speaker(sayings, "server")));
    char *words = NULL;
    int made =
        !nobody
            ? asprintf(&words,
                  "The lab has recorded nothing of %s, so no setting of it can be named here. What is above holds for any pool.",
                  who)
            : asprintf(&words,
                  "The text names no pool. With its name, out of `%s list subjects`: %s advise --subject POOL --fear %s",
                  invocation_name(), invocation_name(), fear->name);
    if (made >= 0)
        print_labelled(report, "change", words);
    free(words);
}

// Another pool on the same client, where nothing is recorded of the one that spoke. NULL: there is none, or
// it is not needed.
static const struct subject *find_relative(
    const struct report *report, const struct subject *subject, const struct fear *fear)
{
    const struct diagnose_request *request = report->request;
    const int speaker = report->finding->speaker;
    struct cure cure;
    if (speaker < 0 || cure_find(request->recorded, subject, fear, &cure))
        return NULL;
    const struct subject *relative = find_adapter_named(
        request->subjects, sayings_of(report)->speakers[speaker].subject);
    return relative != NULL && cure_find(request->recorded, relative, fear, &cure) ? relative : NULL;
}

__attribute__((format(printf, 2, 0))) static void print_pool(
    const struct report *report, const char *format, const struct subject *subject)
{
    char *words = NULL;
    if (asprintf(&words, format, subject->name, subject->summary) >= 0)
        print_labelled(report, "pool", words);
    free(words);
}

static void print_cure(const struct report *report, int cause)
{
    const struct diagnose_request *request = report->request;
    const struct finding *finding = report->finding;
    const struct fear *fear = fear_of_cause(sayings_of(report), cause);
    if (fear == NULL || request->subjects == NULL || request->recorded == NULL)
        return;
    const struct subject *subject = find_adapter_named(
        request->subjects, diagnose_subject(sayings_of(report), finding));
    if (subject == NULL) {
        print_no_subject(report, fear);
        return;
    }
    const struct subject *relative = find_relative(report, subject, fear);
    if (relative != NULL)
        print_pool(report, "Nothing is recorded of the one that spoke. Its relative %s (%s):", relative);
    else if (finding->wrapper < 0)
        print_pool(report, "The text names none; if it is %s (%s):", subject);
    subject = relative != NULL ? relative : subject;
    cure_print(report->file, INDENT, report->width, request->recorded, subject, fear);
}

static void print_cause(const struct report *report, int cause, int number)
{
    const struct atlas_cause_words words = sayings_words(sayings_of(report), cause);
    const char *note = note_of(report->finding, cause);
    int column = fprintf(report->file, "%d. ", number);
    terminal_print(report->file, words.title, column, 3, report->width);
    print_labelled(report, label_of(report, cause), words.wire);
    if (note != NULL)
        print_labelled(report, "here", note);
    print_labelled(report, "who noticed", words.noticed);
    print_labelled(report, "what to do", words.earlier);
    print_recorded(report, cause);
    print_events(report, cause);
    print_command(report, cause);
    print_cure(report, cause);
}

static void print_cause_line(const struct report *report, int cause, int number)
{
    const struct atlas_cause_words words = sayings_words(sayings_of(report), cause);
    int column = fprintf(report->file, "%d. ", number);
    terminal_print(report->file, words.title, column, 3, report->width);
}

static void print_place(const struct report *report, size_t number, size_t of)
{
    const struct finding *finding = report->finding;
    const char *source = report->request->source;
    if (of == 1 && source == NULL && finding->times == 1)
        return;
    if (of > 1)
        fprintf(report->file, "Error %zu of %zu, ", number, of);
    fprintf(report->file, "%s%s%s %zu", source != NULL ? source : "", source != NULL ? ", " : "",
        of > 1 || source != NULL ? "line" : "Line", finding->line);
    if (finding->times > 1)
        fprintf(report->file, " (%zu times, the last on line %zu)", finding->times, finding->last_line);
    fputs(":\n", report->file);
}

static void print_speaker(const struct report *report)
{
    const struct finding *finding = report->finding;
    const struct sayings *sayings = sayings_of(report);
    const struct saying *saying = finding->phrases[0]->saying;
    char *words = NULL;
    size_t size;
    FILE *memory = open_memstream(&words, &size);
    if (memory == NULL)
        return;
    const char *speaker = finding->speaker >= 0 ? sayings->speakers[finding->speaker].is : NULL;
    bool server = finding->speaker >= 0 && finding->speaker == sayings_speaker(sayings, "server");
    if (saying != NULL && saying->speaker < 0 && server)
        fprintf(memory, "Out of %s (%s)", speaker, saying->from);
    else if (saying == NULL || saying->speaker >= 0)
        fprintf(memory, "Said by %s", speaker != NULL ? speaker : "a client that the text does not name");
    else
        fprintf(memory, "The words are from %s%s%s", saying->from, speaker != NULL ? ", handed on by " : "",
            speaker != NULL ? speaker : "");
    if (finding->wrapper >= 0)
        fprintf(memory, ", with %s", sayings->wrappers[finding->wrapper].name);
    if (saying != NULL && saying->speaker >= 0)
        fprintf(memory, " (%s)", saying->from);
    fputc('.', memory);
    if (fclose(memory) == 0)
        terminal_print(report->file, words, 0, 0, report->width);
    free(words);
}

static void print_error_found(const struct report *report, size_t number, size_t of)
{
    const struct finding *finding = report->finding;
    char *quoted = text_one_line(finding->quoted);
    print_place(report, number, of);
    if (quoted != NULL)
        terminal_print(report->file, quoted, fprintf(report->file, "   "), 3, report->width);
    free(quoted);
    print_speaker(report);
    fputs(finding->causes_count > 1 ? "\nMost likely:\n" : "\nThat is:\n", report->file);
    for (size_t i = 0; i < finding->causes_count; i++) {
        if (i > 0 && (i == 1 || report->request->all))
            fputs(i == 1 ? "\nIt may also be:\n" : "\n", report->file);
        if (i == 0 || report->request->all)
            print_cause(report, finding->causes[i].cause, (int)i + 1);
        else
            print_cause_line(report, finding->causes[i].cause, (int)i + 1);
    }
}

static void print_recognised(FILE *memory, const struct diagnosis *diagnosis, const struct sayings *sayings)
{
    const char *comma = "Recognised anyway: ";
    for (size_t i = 0; i < sayings->speakers_count; i++)
        if ((diagnosis->speakers >> i & 1) != 0) {
            fprintf(memory, "%s%s", comma, sayings->speakers[i].is);
            comma = ", ";
        }
    for (size_t i = 0; i < sayings->wrappers_count; i++)
        if ((diagnosis->wrappers >> i & 1) != 0) {
            fprintf(memory, "%s%s", comma, sayings->wrappers[i].name);
            comma = ", ";
        }
    const char *class = diagnosis->sqlstate[0] != '\0' ? sayings_sqlstate(sayings, diagnosis->sqlstate)
                                                       : NULL;
    if (diagnosis->sqlstate[0] != '\0')
        fprintf(memory, "%sSQLSTATE %s%s%s%s", comma, diagnosis->sqlstate, class != NULL ? " (" : "",
            class != NULL ? class : "", class != NULL ? ")" : "");
    if (strcmp(comma, ", ") == 0 || diagnosis->sqlstate[0] != '\0')
        fputs(". ", memory);
}

static void print_nothing(const struct report *report, const struct diagnosis *diagnosis)
{
    const struct phrases *phrases = report->request->phrases;
    char *words = NULL;
    size_t size, recorded = 0;
    for (size_t i = 0; i < phrases->count; i++)
        recorded += phrases->items[i].text != NULL;
    fputs("No row of the atlas says this.\n", report->file);
    FILE *memory = open_memstream(&words, &size);
    if (memory != NULL) {
        print_recognised(memory, diagnosis, phrases->sayings);
        if (diagnosis->other_letters)
            fputs(
                "If the words are translated: lc_messages = 'C' at the server, LC_ALL=C at the client, or the code (SQLSTATE) beside them lead further. ",
                memory);
        fprintf(memory,
            "Looked for: %zu recorded texts of %zu clients, and %zu sayings of drivers, pools, poolers and the server, in %zu %s. Either no hang-up says so, or a client that is not known here does, or the text is no client's error at all.",
            recorded, phrases->atlas->clients_count, phrases->sayings->sayings_count, diagnosis->lines,
            diagnosis->lines == 1 ? "line" : "lines");
    }
    if (memory != NULL && fclose(memory) == 0)
        terminal_print(report->file, words, 0, 0, report->width);
    free(words);
}

bool diagnose_report(FILE *file, const struct diagnose_request *request, const struct diagnosis *diagnosis)
{
    struct report report = {file, terminal_width(file), request, NULL};
    if (diagnosis->count == 0)
        print_nothing(&report, diagnosis);
    for (size_t i = 0; i < diagnosis->count; i++) {
        report.finding = &diagnosis->findings[i];
        if (i > 0)
            fputc('\n', file);
        print_error_found(&report, i + 1, diagnosis->count);
    }
    return diagnosis->count > 0;
}
