#include "result/likeness.h"

#include "scenario/strategy_class.h"

#include <stdlib.h>
#include <string.h>

#define EXCEPTIONS_SHOWN 3

struct likeness {
    const char *class;
    size_t alike, all;
    size_t named; // of those alike, the scenarios that expect something of this class in particular
};

static bool expects_of(const struct scenario *scenario, const char *class)
{
    for (size_t i = 0; i < scenario->expectations_count; i++)
        if (strcmp(scenario->expectations[i].strategy, class) == 0)
            return true;
    return false;
}

// Where nothing is expected of the class, nobody can be like it.
static bool is_alike(const struct cell *cell, const struct verdict *verdict, const char *class, char **why)
{
    *why = NULL;
    return (expects_of(cell->scenario, class) || expects_of(cell->scenario, "any")) &&
           verdict_is_of_class(cell, verdict, class, why);
}

static bool is_cell_of(
    const struct plan *plan, const struct run_result *result, size_t index, const char *subject)
{
    const struct verdict *verdict = result->cells[index].verdict;
    return strcmp(plan->cells[index]->subject, subject) == 0 && verdict && verdict->impact != IMPACT_UNKNOWN;
}

static struct likeness compare_with_class(
    const struct plan *plan, const struct run_result *result, const char *subject, const char *class)
{
    struct likeness likeness = {.class = class};
    for (size_t i = 0; i < plan->cells_count; i++) {
        char *why = NULL;
        if (!is_cell_of(plan, result, i, subject))
            continue;
        bool alike = is_alike(plan->cells[i], result->cells[i].verdict, class, &why);
        likeness.all++;
        likeness.alike += alike;
        likeness.named += alike && expects_of(plan->cells[i]->scenario, class);
        free(why);
    }
    return likeness;
}

// "scenarios/idle/silence.yaml:12: pre-ping: slowest: expected ...": where it stands is not asked here.
static const char *without_place(const char *why)
{
    for (int colon = 0; colon < 2; colon++) {
        const char *end = strstr(why, ": ");
        why = end ? end + 2 : why;
    }
    return why;
}

static void print_exceptions(const struct plan *plan, const struct run_result *result, const char *subject,
    const struct likeness *likeness, FILE *file)
{
    size_t shown = 0, left = likeness->all - likeness->alike;
    for (size_t i = 0; i < plan->cells_count && shown < EXCEPTIONS_SHOWN; i++) {
        char *why = NULL;
        if (is_cell_of(plan, result, i, subject) &&
            !is_alike(plan->cells[i], result->cells[i].verdict, likeness->class, &why))
            fprintf(file, "%s %s: %s", shown++ == 0 ? "; not in" : ";", plan->cells[i]->scenario->name,
                why ? without_place(why) : "nothing is expected of it");
        free(why);
    }
    if (left > shown)
        fprintf(file, "; and %zu more", left - shown);
}

static void print_likeness(
    const struct plan *plan, const struct run_result *result, const char *subject, FILE *file)
{
    struct likeness best = {0};
    for (const char *const *class = strategy_classes; *class != NULL; class ++) {
        struct likeness likeness = compare_with_class(plan, result, subject, *class);
        if (!best.class || likeness.alike > best.alike ||
            (likeness.alike == best.alike && likeness.named > best.named))
            best = likeness;
    }
    if (best.all == 0)
        return;
    fprintf(file, "%s behaves like the class %s in %zu of %zu scenarios", subject, best.class, best.alike,
        best.all);
    print_exceptions(plan, result, subject, &best, file);
    fputc('\n', file);
}

bool likeness_print(const struct plan *plan, const struct run_result *result, FILE *file)
{
    const char **told = calloc(plan->cells_count + 1, sizeof(*told));
    size_t count = 0;
    for (size_t i = 0; told && i < plan->cells_count; i++) {
        const struct cell *cell = plan->cells[i];
        bool again = false;
        for (size_t j = 0; j < count && !again; j++)
            again = strcmp(told[j], cell->subject) == 0;
        if (again || !strategy_class_is_none(cell->strategy_class))
            continue;
        told[count++] = cell->subject;
        print_likeness(plan, result, cell->subject, file);
    }
    free(told);
    return told != NULL;
}
