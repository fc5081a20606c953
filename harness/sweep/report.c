// A strip with a letter for each point, the classes, and where one ends and another begins.
#include "sweep/report.h"

#include "base/duration.h"
#include "base/terminal.h"
#include "sweep/steps.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

bool sweep_name(struct sweep *sweep, const struct cell *cell, const char *who, struct error *error)
{
    char step[SWEEP_STEP_SIZE];
    struct sweep_title *title = &sweep->title;
    sweep->cell = cell;
    *title = (struct sweep_title){.scenario = strdup(cell->scenario->name),
        .who = strdup(who),
        .fault = strdup(sweep_step_words(cell->scenario, sweep_steps_placed(cell), step)),
        .name = strdup(cell->name),
        .seed = cell->seed};
    return (title->scenario != NULL && title->who != NULL && title->fault != NULL && title->name != NULL) ||
           error_set(error, ERROR_LAB, "out of memory");
}

bool sweep_begin(struct sweep *sweep, const char *undisturbed, struct error *error)
{
    size_t first;
    sweep->class_of = calloc(sweep->points.count + 1, sizeof(*sweep->class_of));
    if (sweep->class_of == NULL || !sweep_classes_add(&sweep->classes, undisturbed, 0, &first))
        return error_set(error, ERROR_LAB, "out of memory");
    sweep->classes.items[first].count = 0; // it is no point
    sweep->not_run = sweep->points.count;
    for (size_t i = 0; i < sweep->points.count; i++)
        sweep->class_of[i] = SWEEP_NOT_RUN;
    return true;
}

static bool note_time(struct sweep *sweep, size_t point, int64_t took_us)
{
    if (took_us == SWEEP_TOOK_UNKNOWN)
        return true;
    if (sweep->took_us == NULL)
        sweep->took_us = calloc(sweep->points.count + 1, sizeof(*sweep->took_us));
    if (sweep->took_us != NULL)
        sweep->took_us[point] = took_us;
    return sweep->took_us != NULL;
}

bool sweep_take(struct sweep *sweep, size_t point, const struct sweep_outcome *outcome, struct error *error)
{
    size_t *index = &sweep->class_of[point];
    if (!sweep_classes_add(&sweep->classes, outcome->words, point, index) ||
        !note_time(sweep, point, outcome->took_us)) {
        *index = SWEEP_NOT_RUN;
        return error_set(error, ERROR_LAB, "out of memory");
    }
    sweep->not_run--;
    sweep->doubled += outcome->doubled;
    if (sweep->classes.items[*index].count == 1)
        sweep->classes.items[*index].first = point;
    return true;
}

void sweep_free(struct sweep *sweep)
{
    sweep_points_free(&sweep->points);
    sweep_classes_free(&sweep->classes);
    free(sweep->class_of);
    free(sweep->took_us);
    free(sweep->unsupported);
    free(sweep->title.scenario);
    free(sweep->title.who);
    free(sweep->title.fault);
    free(sweep->title.given);
    free(sweep->title.name);
    *sweep = (struct sweep){0};
}

char *sweep_point_dir(const struct sweep *sweep, size_t point, char dir[static SWEEP_DIR_SIZE])
{
    snprintf(dir, SWEEP_DIR_SIZE, "%s--%04zu", sweep->title.name, sweep->points.items[point].number);
    return dir;
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

// How long the program ran at the points of a class.
static void print_took(FILE *file, const struct sweep *sweep, size_t class)
{
    int64_t least_us = INT64_MAX, most_us = -1;
    for (size_t i = 0; sweep->took_us != NULL && i < sweep->points.count; i++) {
        const int64_t took_us = sweep->took_us[i];
        if (sweep->class_of[i] != class)
            continue;
        least_us = took_us < least_us ? took_us : least_us;
        most_us = took_us > most_us ? took_us : most_us;
    }
    if (most_us < 0)
        return;
    fprintf(file, "%*stook %.3f s", CLASS_COLUMN, "", (double)least_us / US_PER_S);
    if (most_us / US_PER_MS > least_us / US_PER_MS)
        fprintf(file, " to %.3f s", (double)most_us / US_PER_S);
    fputs(" in the lab\n", file);
}

static void print_classes(FILE *file, const struct sweep *sweep, int width)
{
    char dir[SWEEP_DIR_SIZE];
    for (size_t i = 0; i < sweep->classes.count; i++) {
        const struct sweep_class *class = &sweep->classes.items[i];
        fprintf(file, "  %c %4zu  ", sweep_letter(i), class->count);
        terminal_print(file, class->words, CLASS_COLUMN, CLASS_COLUMN, width);
        if (i == 0)
            fprintf(file, "%*s%s\n", CLASS_COLUMN, "", sweep_calm_words(sweep));
        print_took(file, sweep, i);
        if (class->count > 0)
            fprintf(file, "%*sfirst in %s\n", CLASS_COLUMN, "", sweep_point_dir(sweep, class->first, dir));
    }
}

bool sweep_turns_at(const struct sweep *sweep, size_t point, size_t *before)
{
    size_t earlier = point;
    while (earlier > 0 && sweep->class_of[earlier - 1] == SWEEP_NOT_RUN)
        earlier--;
    *before = earlier > 0 ? sweep->class_of[earlier - 1] : SWEEP_NOT_RUN;
    return sweep->class_of[point] != SWEEP_NOT_RUN && sweep->class_of[point] != *before;
}

// Where one outcome ends and another begins: what has happened on the path before the fault from then on.
static void print_turns(FILE *file, const struct sweep *sweep, int width)
{
    for (size_t i = 0, before; i < sweep->points.count; i++) {
        if (!sweep_turns_at(sweep, i, &before))
            continue;
        const bool first = before == SWEEP_NOT_RUN;
        int column = fprintf(file, "  %c %s %c %12.6f s  ", first ? ' ' : sweep_letter(before),
            first ? "  " : "->", sweep_letter(sweep->class_of[i]),
            (double)sweep->points.items[i].at_us / US_PER_S);
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

const char *sweep_calm_words(const struct sweep *sweep)
{
    return sweep->title.given == NULL ? "undisturbed" : "if it never comes";
}

void sweep_print(FILE *file, const struct sweep *sweep, int width)
{
    const struct sweep_title *title = &sweep->title;
    fprintf(file, "%s  %s  seed %" PRIu64 ": %s", title->scenario, title->who, title->seed, title->fault);
    if (sweep->unsupported == NULL)
        fprintf(file, " at %zu moments between %zu packets", sweep->points.count, sweep->points.packets);
    if (sweep->not_run > 0)
        fprintf(file, ", %zu of them not run", sweep->not_run);
    fputc('\n', file);
    if (title->given != NULL) {
        fputs("  after ", file);
        terminal_print(file, title->given, 8, 8, width);
    }
    print_retry(file, sweep);
    if (sweep->unsupported != NULL)
        return;
    print_strip(file, sweep, width);
    print_classes(file, sweep, width);
    print_turns(file, sweep, width);
}
