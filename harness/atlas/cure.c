// From a cause to a fear, from a fear to the setting that helps, as recorded cells show it.
#include "atlas/cure.h"

#include "base/invocation.h"
#include "base/terminal.h"
#include "scenario/metric.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOW_US   (5 * INT64_C(1000000)) // what nobody waits for
#define PER_MILLE 1000

const struct fear fears[] = {
    {"idle", "idle/hung-up", "the server's side closes an idle connection (FIN)", false},
    {"reset", "idle/load-balancer-350s", "the path forgets an idle connection and answers with RST", false},
    {"silence", "idle/silence", "the path falls silent while the connection is idle", false},
    {"terminated", "failover/terminated", "the server ends its sessions (57P01)", false},
    {"in-use", "query/backend-killed", "the session dies while a statement runs", false},
    {"failover", "failover/name-moved", "the server's host is gone, and its name leads to another", false},
    {"long-query", "query/silent-10min", "the path forgets a connection while it waits for its answer", true},
    {"connect", "connect/syn-lost", "nobody answers while the pool connects", true},
    {"restart", "connect/starting-up", "the server recovers, and refuses", true},
    {"demoted", "failover/writer-demoted", "the primary becomes read-only", true},
};
const size_t fears_count = sizeof(fears) / sizeof(fears[0]);

const struct fear *fear_by_name(const char *name)
{
    for (size_t i = 0; i < fears_count; i++)
        if (strcmp(fears[i].name, name) == 0)
            return &fears[i];
    return NULL;
}

const struct fear *fear_of_cause(const struct sayings *sayings, int cause)
{
    static const struct {
        const char *cause, *fear;
    } table[] = {{"fin-unread", "idle"}, {"goodbye-unread", "idle"}, {"rst-unread", "reset"},
        {"rst-answer", "reset"}, {"unacknowledged", "silence"}, {"keepalive", "long-query"},
        {"not-told", "silence"}, {"terminated", "idle"}, {"idle-session-timeout", "idle"},
        {"crash-elsewhere", "idle"}, {"fin-read", "in-use"}, {"rst-read", "in-use"},
        {"goodbye-read", "in-use"}, {"pool-exhausted", "silence"}, {"syn-lost", "connect"},
        {"connect-timeout", "connect"}, {"starting-up", "restart"}, {"in-recovery", "restart"},
        {"read-only", "demoted"}};
    const char *name = sayings_words(sayings, cause).name;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (strcmp(table[i].cause, name) == 0)
            return fear_by_name(table[i].fear);
    return NULL;
}

static bool is_cheaper(const json_t *recorded, const struct subject *subject,
    const struct subject_strategy *a, const struct subject_strategy *b)
{
    return recorded_price(recorded, subject, a->name) < recorded_price(recorded, subject, b->name);
}

bool cure_find(
    const json_t *recorded, const struct subject *subject, const struct fear *fear, struct cure *cure)
{
    *cure = (struct cure){0};
    for (size_t i = 0; i < subject->strategies_count; i++) {
        const struct subject_strategy *strategy = &subject->strategies[i];
        struct recorded_cell cell;
        if (!recorded_cell_of(recorded, fear->scenario, subject->name, strategy->name, &cell))
            continue;
        if (cure->before == NULL) {
            cure->before = cure->after = strategy;
            cure->was = cure->is = cell;
        }
        int order = recorded_compare(&cell, &cure->is);
        if (order < 0 || (order == 0 && is_cheaper(recorded, subject, strategy, cure->after))) {
            cure->after = strategy;
            cure->is = cell;
        }
    }
    // Equal to what was: no reason to change.
    if (cure->before != NULL && recorded_compare(&cure->was, &cure->is) == 0) {
        cure->after = cure->before;
        cure->is = cure->was;
    }
    return cure->before != NULL;
}

static void put_cell(FILE *file, const struct recorded_cell *cell)
{
    fprintf(file, "%" PRId64 " %s", cell->errors, cell->errors == 1 ? "error" : "errors");
    if (cell->hung > 0)
        fprintf(file, ", %" PRId64 " hung", cell->hung);
    if (cell->lost + cell->duplicated > 0)
        fprintf(file, ", %" PRId64 " lost, %" PRId64 " duplicated", cell->lost, cell->duplicated);
    if (cell->delay_us >= SLOW_US) {
        char time[METRIC_TEXT_SIZE];
        fprintf(file, ", one waited %s",
            cell->delay_us == INT64_MAX ? "for ever" : metric_format(METRIC_DELAY, cell->delay_us, time));
    }
}

struct lines {
    FILE *file;
    int indent, width;
};

static void print_cure_line(const struct lines *lines, const char *label, char *words)
{
    int column = fprintf(lines->file, "   %-*s", lines->indent - 3, label);
    terminal_print(lines->file, words, column, lines->indent, lines->width);
    free(words);
}

// As it is pasted: its lines are not broken anew.
static void print_code_lines(const struct lines *lines, const char *code)
{
    fprintf(lines->file, "   %-*s", lines->indent - 3, "change");
    for (const char *line = code; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        fprintf(lines->file, "%*s%.*s\n", line == code ? 0 : lines->indent, "", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

static void print_code(
    const struct lines *lines, const struct subject *subject, const struct subject_strategy *strategy)
{
    char *words = NULL;
    if (strategy->code != NULL)
        print_code_lines(lines, strategy->code);
    else if (asprintf(
                 &words, "%s as in the setting %s:%s", subject->summary, subject->name, strategy->name) >= 0)
        print_cure_line(lines, "change", words);
}

static void print_shown(const struct lines *lines, const struct fear *fear, const struct cure *cure)
{
    char *words = NULL;
    size_t size;
    FILE *memory = open_memstream(&words, &size);
    if (memory == NULL)
        return;
    fprintf(memory, "%s: ", fear->scenario);
    put_cell(memory, &cure->is);
    fputs(" instead of ", memory);
    put_cell(memory, &cure->was);
    if (fclose(memory) == 0)
        print_cure_line(lines, "cures", words);
}

static void print_price(const struct lines *lines, const json_t *recorded, const struct subject *subject,
    const struct subject_strategy *strategy)
{
    int64_t price = recorded_price(recorded, subject, strategy->name);
    char *words = NULL;
    if (price >= 0 &&
        asprintf(&words,
            price > 0 ? "%.2f pings for each operation (steady/price)" : "no ping (steady/price: %.0f)",
            (double)price / PER_MILLE) >= 0)
        print_cure_line(lines, "costs", words);
}

// The other fears that it leaves.
static void print_left(const struct lines *lines, const json_t *recorded, const struct subject *subject,
    const struct fear *fear, const struct subject_strategy *strategy)
{
    char *words = NULL;
    size_t size;
    FILE *memory = open_memstream(&words, &size);
    const char *comma = "";
    for (size_t i = 0; memory != NULL && i < fears_count; i++) {
        struct recorded_cell cell;
        if (&fears[i] == fear || fears[i].apart ||
            !recorded_cell_of(recorded, fears[i].scenario, subject->name, strategy->name, &cell) ||
            recorded_holds(&cell, SLOW_US))
            continue;
        fprintf(memory, "%s%s (", comma, fears[i].scenario);
        put_cell(memory, &cell);
        fputc(')', memory);
        comma = "; ";
    }
    if (memory != NULL && fclose(memory) == 0 && words[0] != '\0')
        print_cure_line(lines, "leaves", words);
    else
        free(words);
}

static void print_before_and_after(const struct lines *lines, const struct subject *subject,
    const struct fear *fear, const struct cure *cure)
{
    char *command = NULL;
    if (asprintf(&command, "%s run %s --subject %s:%s --subject %s:%s", invocation_name(), fear->scenario,
            subject->name, cure->before->name, subject->name, cure->after->name) >= 0)
        terminal_command(lines->file, command,
            fprintf(lines->file, "   %-*s", lines->indent - 3, "before, after"), lines->indent, lines->width);
    free(command);
}

// Nothing is made up: what is not recorded can be run.
static void print_not_recorded(
    const struct lines *lines, const struct subject *subject, const struct fear *fear)
{
    char *words = NULL, *command = NULL;
    if (asprintf(
            &words, "Nothing is recorded of %s under %s; this runs it:", subject->name, fear->scenario) >= 0)
        print_cure_line(lines, "change", words);
    if (asprintf(&command, "%s run %s --subject %s", invocation_name(), fear->scenario, subject->name) >= 0)
        terminal_command(lines->file, command, fprintf(lines->file, "%*s", lines->indent, ""), lines->indent,
            lines->width);
    free(command);
}

static void print_no_better(const struct lines *lines, const struct subject *subject, const struct fear *fear,
    const struct cure *cure)
{
    char *words = NULL;
    size_t size;
    FILE *memory = open_memstream(&words, &size);
    if (memory == NULL)
        return;
    if (recorded_holds(&cure->was, SLOW_US))
        fprintf(memory, "None is needed where %s is as in %s:%s, which has no error under %s", subject->name,
            subject->name, cure->before->name, fear->scenario);
    else {
        fprintf(memory, "No recorded setting of %s does better in %s than %s: ", subject->name,
            fear->scenario, cure->before->name);
        put_cell(memory, &cure->was);
    }
    if (fclose(memory) == 0)
        print_cure_line(lines, "change", words);
}

void cure_print(FILE *file, int indent, int width, const json_t *recorded, const struct subject *subject,
    const struct fear *fear)
{
    const struct lines lines = {file, indent, width};
    struct cure cure;
    if (!cure_find(recorded, subject, fear, &cure)) {
        print_not_recorded(&lines, subject, fear);
        return;
    }
    if (cure.before == cure.after) {
        print_no_better(&lines, subject, fear, &cure);
        return;
    }
    print_code(&lines, subject, cure.after);
    print_shown(&lines, fear, &cure);
    print_price(&lines, recorded, subject, cure.after);
    print_left(&lines, recorded, subject, fear, cure.after);
    print_before_and_after(&lines, subject, fear, &cure);
}

// Over all that is feared. False: something of it is not recorded.
static bool hold_all(const json_t *recorded, const struct subject *subject, const char *strategy,
    const struct fear *const *feared, size_t count, int64_t within_us, bool *holds)
{
    *holds = true;
    for (size_t i = 0; i < count; i++) {
        struct recorded_cell cell;
        if (!recorded_cell_of(recorded, feared[i]->scenario, subject->name, strategy, &cell))
            return false;
        *holds = *holds && recorded_holds(&cell, within_us);
    }
    return true;
}

static void print_strategy(FILE *file, int width, const json_t *recorded, const struct subject *subject,
    const struct subject_strategy *strategy, const struct fear *const *feared, size_t count)
{
    const struct lines lines = {file, 18, width};
    fprintf(file, "%s:%s\n", subject->name, strategy->name);
    if (strategy->code != NULL)
        print_code(&lines, subject, strategy);
    for (size_t i = 0; i < count; i++) {
        struct recorded_cell cell;
        char *words = NULL;
        size_t size;
        FILE *memory = open_memstream(&words, &size);
        if (memory == NULL)
            return;
        if (recorded_cell_of(recorded, feared[i]->scenario, subject->name, strategy->name, &cell))
            put_cell(memory, &cell);
        else
            fputs("not recorded", memory);
        fprintf(memory, " (%s)", feared[i]->scenario);
        if (fclose(memory) == 0)
            print_cure_line(&lines, feared[i]->name, words);
    }
    print_price(&lines, recorded, subject, strategy);
}

// What shows the figures: all that is feared, on the pool as it is without any setting and on this one.
static void print_shown_by(FILE *file, int width, const struct subject *subject,
    const struct subject_strategy *strategy, const struct fear *const *feared, size_t count)
{
    char *command = NULL;
    size_t size;
    FILE *memory = open_memstream(&command, &size);
    if (memory == NULL)
        return;
    fprintf(memory, "%s run", invocation_name());
    for (size_t i = 0; i < count; i++)
        fprintf(memory, " %s", feared[i]->scenario);
    if (strategy != NULL && strategy != &subject->strategies[0])
        fprintf(memory, " --subject %s:%s", subject->name, subject->strategies[0].name);
    fprintf(memory, " --subject %s%s%s", subject->name, strategy != NULL ? ":" : "",
        strategy != NULL ? strategy->name : "");
    if (fclose(memory) == 0)
        terminal_command(file, command, fprintf(file, "   %-15s", "see it"), 18, width);
    free(command);
}

__attribute__((format(printf, 3, 4))) static void print_heading(
    FILE *file, int width, const char *format, ...)
{
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) >= 0)
        terminal_print(file, text, 0, 0, width);
    va_end(arguments);
    free(text);
}

bool cure_advise(FILE *file, int width, const json_t *recorded, const struct subject *subject,
    const struct fear *const *feared, size_t count, int64_t within_us)
{
    const struct subject_strategy *best = NULL;
    size_t known = 0;
    char time[METRIC_TEXT_SIZE];
    metric_format(METRIC_DELAY, within_us, time);
    for (size_t i = 0; i < subject->strategies_count; i++) {
        const struct subject_strategy *strategy = &subject->strategies[i];
        bool holds;
        if (!hold_all(recorded, subject, strategy->name, feared, count, within_us, &holds))
            continue;
        known++;
        if (holds && (best == NULL || is_cheaper(recorded, subject, strategy, best)))
            best = strategy;
    }
    if (best != NULL) {
        print_heading(
            file, width, "The cheapest setting that answers everything within %s, without an error:", time);
        print_strategy(file, width, recorded, subject, best, feared, count);
        print_shown_by(file, width, subject, best, feared, count);
        return true;
    }
    if (known == 0)
        print_heading(file, width,
            "No setting of %s is recorded under all of that; what is not is marked below.", subject->name);
    else
        print_heading(file, width,
            "None of the %zu recorded settings of %s answers everything within %s, without an error%s:",
            known, subject->name, time,
            known < subject->strategies_count ? "; what is not recorded is marked below" : "");
    for (size_t i = 0; i < subject->strategies_count; i++)
        print_strategy(file, width, recorded, subject, &subject->strategies[i], feared, count);
    print_shown_by(file, width, subject, NULL, feared, count);
    return false;
}
