#include "report/subject_page.h"

#include "base/terminal.h"
#include "scenario/strategy_class.h"

#include <stdlib.h>
#include <string.h>

#define NOTE_INDENT 2

static const struct league_row *row_of(const struct league *recorded, const char *name)
{
    for (size_t i = 0; i < recorded->rows_count; i++)
        if (strcmp(recorded->rows[i].subject, name) == 0)
            return &recorded->rows[i];
    return NULL;
}

static void print_subject_head(FILE *file, const struct subject *subject)
{
    fprintf(file, "%s: %s\n", subject->name, subject->summary);
    for (char *const *package = subject->packages; *package; package++)
        fprintf(file, "%s%s", package == subject->packages ? "Debian's packages: " : " ", *package);
    if (subject->packages[0])
        fputc('\n', file);
}

// Takes over `text`.
static void print_note(FILE *file, char *text)
{
    if (text)
        terminal_print(file, text, fprintf(file, "- "), NOTE_INDENT, terminal_width(file));
    free(text);
}

static void print_noted_finding(FILE *file, const struct league_finding *finding)
{
    char *says = finding->cell ? league_finding_text(finding) : NULL, *note = NULL;
    if (says && !finding->broken && asprintf(&note, "%s (%s)", says, finding->finding->scenario) >= 0)
        print_note(file, note);
    free(says);
}

// With the image: a reader may have another one's versions.
static void print_what_was_recorded(FILE *file, const struct league *recorded, const struct league_row *row)
{
    char *note = NULL;
    if (row->version && asprintf(&note, "version %s%s%s (%s)", row->version, row->driver ? ", " : "",
                            row->driver ? row->driver : "", recorded->run->world.image) >= 0)
        print_note(file, note);
    if (asprintf(&note,
            "recorded in %zu scenarios: %zu clean, %zu delayed, %zu with errors, %zu stuck, %zu with wrong data",
            row->scenarios, row->impacts[IMPACT_CLEAN], row->impacts[IMPACT_DELAYED],
            row->impacts[IMPACT_ERRORS], row->impacts[IMPACT_STUCK], row->impacts[IMPACT_DATA]) >= 0)
        print_note(file, note);
}

static void print_setting(FILE *file, const struct subject *subject, const struct subject_strategy *strategy,
    const struct league *recorded)
{
    char name[256];
    snprintf(name, sizeof(name), "%s:%s", subject->name, strategy->name);
    fprintf(file, "\n%s", name);
    if (!strategy_class_is_none(strategy->class))
        fprintf(file, " (class %s)", strategy->class);
    fputc('\n', file);
    if (strategy->code)
        fprintf(file, "\n%s\n\n", strategy->code); // from the first column on, to be pasted
    const struct league_row *row = row_of(recorded, name);
    if (row)
        print_what_was_recorded(file, recorded, row);
    for (size_t i = 0; i < recorded->findings_count; i++)
        if (strcmp(recorded->findings[i].finding->strategy, strategy->name) == 0)
            print_noted_finding(file, &recorded->findings[i]);
}

void report_subject_print(
    FILE *file, const struct subject *subject, const char *strategy, const struct league *recorded)
{
    print_subject_head(file, subject);
    for (size_t i = 0; i < subject->strategies_count; i++)
        if (!strategy || strcmp(subject->strategies[i].name, strategy) == 0)
            print_setting(file, subject, &subject->strategies[i], recorded);
}
