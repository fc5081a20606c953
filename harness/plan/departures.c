// What a cell's subject departs from: picked from its manifest, and kept in plan.json.
#include "base/array.h"
#include "base/name_list.h"
#include "plan/internal.h"

#include <stdlib.h>
#include <string.h>

// Below the project wherever that is: a verdict then says the same on every machine.
static const char *path_below(const char *root, const char *path)
{
    size_t length = strlen(root);
    return strncmp(path, root, length) == 0 && path[length] == '/' ? path + length + 1 : path;
}

// One element more, which is zeroed, for the caller to fill and to count. NULL: out of memory.
static struct departure *departure_new(struct cell *cell, size_t expectations_count)
{
    struct departure *grown = array_grow(cell->departures, cell->departures_count, sizeof(*grown));
    if (grown == NULL)
        return NULL;
    cell->departures = grown;
    struct departure *departure = &grown[cell->departures_count++];
    *departure = (struct departure){
        .expectations = calloc(expectations_count + 1, sizeof(*departure->expectations))};
    if (departure->expectations == NULL)
        return NULL;
    departure->expectations_count = expectations_count;
    return departure;
}

static size_t count_texts(char *const *texts)
{
    size_t count = 0;
    while (texts != NULL && texts[count] != NULL)
        count++;
    return count;
}

static void expect_condition(struct expectation *expectation, const struct subject_condition *condition)
{
    expectation->metric = condition->metric;
    expectation->range = condition->range;
    expectation->line = condition->line;
}

// False: out of memory.
static bool expect_text(
    struct expectation *expectation, enum expectation_kind kind, const char *text, int line)
{
    expectation->kind = kind;
    expectation->line = line;
    expectation->text = strdup(text);
    return expectation->text != NULL;
}

// The metrics first, then the words. False: out of memory.
static bool fill_departure(struct departure *departure, const struct departed_scenario *scenario)
{
    struct expectation *next = departure->expectations;
    for (size_t i = 0; i < scenario->conditions_count; i++)
        expect_condition(next++, &scenario->conditions[i]);
    for (int kind = 0; kind < EXPECTATION_KINDS; kind++) {
        const struct departed_texts *word = &scenario->words[kind];
        for (char **text = word->texts; text != NULL && *text != NULL; text++)
            if (!expect_text(next++, (enum expectation_kind)kind, *text, word->line))
                return false;
    }
    return true;
}

static bool add_departure(struct cell *cell, const struct subject_departure *source,
    const struct departed_scenario *scenario, const char *path)
{
    size_t count = scenario->conditions_count;
    for (int kind = 0; kind < EXPECTATION_KINDS; kind++)
        count += count_texts(scenario->words[kind].texts);
    struct departure *departure = departure_new(cell, count);
    if (departure == NULL)
        return false;
    departure->because = strdup(source->because);
    departure->path = strdup(path);
    departure->line = scenario->line;
    bool good = departure->because != NULL && departure->path != NULL && fill_departure(departure, scenario);
    for (size_t i = 0; good && i < count; i++) {
        departure->expectations[i].strategy = strdup(cell->subject);
        good = departure->expectations[i].strategy != NULL;
    }
    return good;
}

bool cell_add_departures(struct cell *cell, const struct plan_choice *choice, const char *root)
{
    const struct subject *subject = choice->subject;
    for (size_t i = 0; i < subject->departures_count; i++) {
        const struct subject_departure *departure = &subject->departures[i];
        if (!subject_departure_is_of(departure, choice->strategy->name))
            continue;
        for (size_t j = 0; j < departure->scenarios_count; j++)
            if (strcmp(departure->scenarios[j].name, cell->scenario->name) == 0 &&
                !add_departure(cell, departure, &departure->scenarios[j], path_below(root, subject->path)))
                return false;
    }
    return true;
}

void cell_departures_free(struct cell *cell)
{
    for (size_t i = 0; i < cell->departures_count; i++) {
        struct departure *departure = &cell->departures[i];
        for (size_t j = 0; j < departure->expectations_count; j++) {
            free(departure->expectations[j].strategy);
            free(departure->expectations[j].text);
        }
        free(departure->expectations);
        free(departure->because);
        free(departure->path);
    }
    free(cell->departures);
}

json_t *cell_departures_to_json(const struct cell *cell)
{
    json_t *list = json_array();
    for (size_t i = 0; i < cell->departures_count; i++) {
        const struct departure *departure = &cell->departures[i];
        json_t *expect = json_array();
        for (size_t j = 0; j < departure->expectations_count; j++)
            json_array_append_new(expect, expectation_to_json(&departure->expectations[j]));
        json_array_append_new(list, json_pack("{s:s, s:s, s:i, s:o}", "because", departure->because, "path",
                                        departure->path, "line", departure->line, "expect", expect));
    }
    return list;
}

static bool departure_from_json(struct cell *cell, const json_t *json, struct error *error)
{
    const char *because, *path;
    int line;
    json_t *expect;
    json_error_t problem;
    if (json_unpack_ex((json_t *)json, &problem, 0, "{s:s, s:s, s:i, s:o}", "because", &because, "path",
            &path, "line", &line, "expect", &expect) != 0)
        return error_set(error, ERROR_INPUT, "departures: %s", problem.text);
    struct departure *departure = departure_new(cell, json_array_size(expect));
    if (departure == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    departure->because = strdup(because);
    departure->path = strdup(path);
    departure->line = line;
    if (departure->because == NULL || departure->path == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    for (size_t i = 0; i < departure->expectations_count; i++) {
        if (!expectation_from_json(json_array_get(expect, i), &departure->expectations[i], error))
            return error_context(error, "departures");
    }
    return true;
}

bool cell_departures_from_json(struct cell *cell, const json_t *json, struct error *error)
{
    for (size_t i = 0; i < json_array_size(json); i++)
        if (!departure_from_json(cell, json_array_get(json, i), error))
            return false;
    return true;
}

static const struct scenario *planned(const struct plan *plan, const char *scenario)
{
    for (size_t i = 0; i < plan->scenarios_count; i++)
        if (strcmp(plan->scenarios[i]->name, scenario) == 0)
            return plan->scenarios[i];
    return NULL;
}

// Each strategy that the departure names must be run; of a departure of all of them, one is enough.
static bool check_strategies(const struct scenario *scenario, const struct subject *subject,
    const struct subject_departure *departure, int line, struct error *error)
{
    for (size_t i = 0; i < subject->strategies_count; i++) {
        const struct subject_strategy *strategy = &subject->strategies[i];
        bool runs = plan_runs(scenario, strategy);
        if (departure->strategies == NULL && runs)
            return true;
        if (departure->strategies != NULL && subject_departure_is_of(departure, strategy->name) && !runs)
            return error_set(error, ERROR_INPUT,
                "%s:%d: %s is not run with '%s': it expects nothing of '%s', nor of 'any'", subject->path,
                line, scenario->name, strategy->name, strategy->class);
    }
    return departure->strategies != NULL ||
           error_set(error, ERROR_INPUT,
               "%s:%d: %s is run with no strategy of this manifest: it expects nothing of their classes",
               subject->path, line, scenario->name);
}

static bool check_departure(const struct plan_request *request, const struct plan *plan,
    const struct subject *subject, const struct subject_departure *departure, struct error *error)
{
    for (size_t i = 0; i < departure->scenarios_count; i++) {
        const struct departed_scenario *departed = &departure->scenarios[i];
        const struct scenario *scenario = planned(plan, departed->name);
        if (scenario == NULL && !scenario_is_shipped(request->root, departed->name))
            return error_set(error, ERROR_INPUT, "%s:%d: there is no scenario '%s'", subject->path,
                departed->line, departed->name);
        if (scenario != NULL && !check_strategies(scenario, subject, departure, departed->line, error))
            return false;
    }
    return true;
}

bool plan_check_departures(const struct plan_request *request, const struct plan *plan,
    const struct plan_choices *choices, struct error *error)
{
    for (size_t i = 0; i < choices->subjects_count; i++) {
        const struct subject *subject = choices->subjects[i];
        for (size_t j = 0; j < subject->departures_count; j++)
            if (!check_departure(request, plan, subject, &subject->departures[j], error))
                return false;
    }
    return true;
}
