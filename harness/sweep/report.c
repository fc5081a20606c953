// A strip with a letter for each point, the classes, and where one ends and another begins.
#include "sweep/report.h"

#include "base/duration.h"
#include "base/terminal.h"

#include <inttypes.h>
#include <stdlib.h>

bool sweep_begin(struct sweep *sweep, const struct verdict *undisturbed, struct error *error)
{
    size_t first;
    sweep->class_of = calloc(sweep->points.count, sizeof(*sweep->class_of));
    if (sweep->class_of == NULL || !sweep_classes_add(&sweep->classes, undisturbed, 0, &first))
        return error_set(error, ERROR_LAB, "out of memory");
    sweep->classes.items[first].count = 0; // it is no point
    return true;
}

bool sweep_take(struct sweep *sweep, size_t point, const struct verdict *verdict, struct error *error)
{
    sweep->class_of[point] = SWEEP_NOT_RUN;
    if (verdict == NULL) {
        sweep->not_run++;
        return true;
    }
    sweep->doubled += verdict->metrics.value[METRIC_DUPLICATED] > 0;
    size_t *index = &sweep->class_of[point];
    if (!sweep_classes_add(&sweep->classes, verdict, point, index))
        return error_set(error, ERROR_LAB, "out of memory");
    if (sweep->classes.items[*index].count == 1)
        sweep->classes.items[*index].first = point;
    return true;
}

void sweep_free(struct sweep *sweep)
{
    sweep_points_free(&sweep->points);
    sweep_classes_free(&sweep->classes);
    free(sweep->class_of);
    free(sweep->unsupported);
    sweep->class_of = NULL;
    sweep->unsupported = NULL;
}

char sweep_letter(size_t class)
{
    if (class == SWEEP_NOT_RUN)
        return '?';
    if (class == 0)
        return '.';
    return class <= 26 ? (char)('A' + (class - 1)) : '*';
}

static void print_strip(FILE *file, const struct sweep *sweep, int width)
{
    const size_t room = width == TERMINAL_ANY_WIDTH ? sweep->points.count
                        : width > 12                ? (size_t)width - 2
                                                    : 10;
    for (size_t i = 0; i < sweep->points.count; i++) {
        if (i % room == 0)
            fputs(i == 0 ? "  " : "\n  ", file);
        fputc(sweep_letter(sweep->class_of[i]), file);
    }
    fputc('\n', file);
}

#define CLASS_COLUMN 9

static void print_classes(FILE *file, const struct sweep *sweep, int width)
{
    for (size_t i = 0; i < sweep->classes.count; i++) {
        const struct sweep_class *class = &sweep->classes.items[i];
        fprintf(file, "  %c %4zu  ", sweep_letter(i), class->count);
        terminal_print(file, class->words, CLASS_COLUMN, CLASS_COLUMN, width);
        if (i == 0)
            fprintf(file, "%*sundisturbed\n", CLASS_COLUMN, "");
        if (class->count > 0)
            fprintf(file, "%*sfirst in %s--%04zu\n", CLASS_COLUMN, "", sweep->cell->name,
                sweep->points.items[class->first].number);
    }
}

// Where one outcome ends and another begins: what has happened on the path before the fault from then on.
static void print_turns(FILE *file, const struct sweep *sweep, int width)
{
    for (size_t i = 0; i < sweep->points.count; i++) {
        if (i > 0 && sweep->class_of[i] == sweep->class_of[i - 1])
            continue;
        const char before = i == 0 ? ' ' : sweep_letter(sweep->class_of[i - 1]);
        int column = fprintf(file, "  %c %s %c %12.6f s  ", before, i == 0 ? "  " : "->",
            sweep_letter(sweep->class_of[i]), (double)sweep->points.items[i].at_us / US_PER_S);
        terminal_print(file, sweep->points.items[i].words, column, column, width);
    }
}

// What the application does, and what came of it.
static void print_retry(FILE *file, const struct sweep *sweep)
{
    if (sweep->retry == SWEEP_RETRY_NONE)
        return;
    fprintf(file, "  %s: ", sweep_retry_words(sweep->retry));
    if (sweep->unsupported != NULL)
        fprintf(file, "%s\n", sweep->unsupported);
    else
        fprintf(
            file, "doubled at %zu of %zu moments\n", sweep->doubled, sweep->points.count - sweep->not_run);
}

void sweep_print(FILE *file, const struct sweep *sweep, int width)
{
    const struct scenario *scenario = sweep->cell->scenario;
    fprintf(file, "%s  %s  seed %" PRIu64 ": %s %s", scenario->name, sweep->cell->subject, sweep->cell->seed,
        scenario->faults[0].kind->name, scenario->faults[0].argument);
    if (sweep->unsupported == NULL)
        fprintf(file, " at %zu moments between %zu packets", sweep->points.count, sweep->points.packets);
    fputc('\n', file);
    print_retry(file, sweep);
    if (sweep->unsupported != NULL)
        return;
    print_strip(file, sweep, width);
    print_classes(file, sweep, width);
    print_turns(file, sweep, width);
}

static json_t *classes_to_json(const struct sweep *sweep)
{
    json_t *list = json_array();
    for (size_t i = 0; i < sweep->classes.count; i++)
        json_array_append_new(list, json_pack("{s:s, s:I}", "outcome", sweep->classes.items[i].words,
                                        "points", (json_int_t)sweep->classes.items[i].count));
    return list;
}

static json_t *points_to_json(const struct sweep *sweep)
{
    json_t *list = json_array();
    for (size_t i = 0; i < sweep->points.count; i++) {
        const size_t class = sweep->class_of[i];
        char dir[FOLDER_NAME_MAX + 8];
        snprintf(dir, sizeof(dir), "%s--%04zu", sweep->cell->name, sweep->points.items[i].number);
        json_array_append_new(
            list, json_pack("{s:I, s:s, s:o, s:s}", "at_us", (json_int_t)sweep->points.items[i].at_us,
                      "after", sweep->points.items[i].words, "outcome",
                      class == SWEEP_NOT_RUN ? json_null() : json_integer((json_int_t) class), "dir", dir));
    }
    return list;
}

json_t *sweep_to_json(const struct sweep *sweep)
{
    return json_pack("{s:s, s:s, s:I, s:s?, s:I, s:s?, s:I, s:o, s:o}", "scenario",
        sweep->cell->scenario->name, "subject", sweep->cell->subject, "seed", (json_int_t)sweep->cell->seed,
        "retry", sweep_retry_name(sweep->retry), "doubled", (json_int_t)sweep->doubled, "unsupported",
        sweep->unsupported, "packets", (json_int_t)sweep->points.packets, "outcomes", classes_to_json(sweep),
        "points", points_to_json(sweep));
}
