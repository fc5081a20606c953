// plan.json: one cell, complete.
#include "base/json_file.h"
#include "base/json_number.h"
#include "contract/cell_files.h"
#include "plan/internal.h"

#include <stdlib.h>
#include <string.h>

#define SCHEMA "hangup-plan/1"

static json_t *list_of(char *const *words)
{
    json_t *list = json_array();
    for (; *words != NULL; words++)
        json_array_append_new(list, json_string(*words));
    return list;
}

static json_t *vias_of(const struct cell *cell)
{
    json_t *list = cell->via_count > 0 ? json_array() : NULL;
    for (size_t i = 0; i < cell->via_count; i++)
        json_array_append_new(list, json_pack("{s:I, s:I}", "stop", (json_int_t)cell->via[i].stop, "until_us",
                                        (json_int_t)cell->via[i].until_us));
    return list;
}

json_t *cell_to_json(const struct cell *cell)
{
    json_t *stop = cell->stop != 0 ? json_integer(cell->stop) : NULL;
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:s?, s:o, s:s?, s:I, s:s, s:o, s:o, s:o*, s:o*}",
        "schema", SCHEMA, "cell", cell->name, "subject", cell->subject, "strategy", cell->strategy,
        "strategy_class", cell->strategy_class, "command", list_of(cell->command), "adapter", cell->adapter,
        "differs", list_of(cell->differs), "missing", cell->missing, "seed", (json_int_t)cell->seed, "lab",
        lab_kind_name(cell->lab), "world", world_to_json(&cell->world), "scenario",
        scenario_to_json(cell->scenario), "stop", stop, "via", vias_of(cell));
}

static bool read_plan_words(const json_t *json, const char *what, char ***words, struct error *error)
{
    size_t count = json_array_size(json);
    *words = calloc(count + 1, sizeof(**words));
    if (*words == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    for (size_t i = 0; i < count; i++) {
        const char *word = json_string_value(json_array_get(json, i));
        (*words)[i] = word != NULL ? strdup(word) : NULL;
        if ((*words)[i] == NULL)
            return error_set(error, ERROR_INPUT, "%s: expected texts", what);
    }
    return true;
}

// Each stop lies behind the one before.
static bool read_cell_stops(const json_t *stop, const json_t *via, struct cell *cell, struct error *error)
{
    size_t i;
    json_t *item;
    int64_t before = 0;
    if (stop != NULL && !json_number_between(stop, STOP_EVERYWHERE, JSON_COUNT_MAX, &cell->stop))
        return error_set(error, ERROR_INPUT, "stop: expected a number, or -1");
    if (via != NULL && (!json_is_array(via) || json_array_size(via) > CELL_VIA_MAX || cell->stop == 0))
        return error_set(error, ERROR_INPUT, "via: expected %d stops at most before `stop`", CELL_VIA_MAX);
    json_array_foreach(via, i, item)
    {
        struct cell_via *at = &cell->via[cell->via_count++];
        if (!json_number_between(json_object_get(item, "stop"), before + 1, JSON_COUNT_MAX, &at->stop) ||
            !json_number_between(json_object_get(item, "until_us"), 0, JSON_COUNT_MAX, &at->until_us))
            return error_set(error, ERROR_INPUT, "via: expected stops in order, each with its until_us");
        before = at->stop;
    }
    return cell->stop <= 0 || cell->stop > before ||
           error_set(error, ERROR_INPUT, "via: expected %d stops at most before `stop`", CELL_VIA_MAX);
}

static bool read_plan_cell(const json_t *json, struct cell *cell, struct error *error)
{
    const char *schema, *name, *subject, *strategy, *class, *lab;
    json_t *command, *adapter = NULL, *differs = NULL, *world = NULL, *missing, *scenario, *stop = NULL,
                     *via = NULL;
    json_int_t seed;
    json_error_t problem;
    if (json_unpack_ex((json_t *)json, &problem, 0,
            "{s:s, s:s, s:s, s:s, s:s, s:o, s?o, s?o, s:o, s:I, s:s, s?o, s:o, s?o, s?o}", "schema", &schema,
            "cell", &name, "subject", &subject, "strategy", &strategy, "strategy_class", &class, "command",
            &command, "adapter", &adapter, "differs", &differs, "missing", &missing, "seed", &seed, "lab",
            &lab, "world", &world, "scenario", &scenario, "stop", &stop, "via", &via) != 0)
        return error_set(error, ERROR_INPUT, "%s", problem.text);
    if (strcmp(schema, SCHEMA) != 0)
        return error_set(error, ERROR_INPUT, "schema '%.40s': expected " SCHEMA, schema);
    if (!lab_kind_by_name(lab, &cell->lab))
        return error_set(error, ERROR_INPUT, "unknown lab '%.40s'", lab);
    if (!read_cell_stops(stop, via, cell, error))
        return false;
    if (!folder_name_is_plain(name))
        return error_set(error, ERROR_INPUT, "cell: expected the name of a folder");
    cell->seed = (uint64_t)seed;
    cell->name = strdup(name);
    cell->subject = strdup(subject);
    cell->strategy = strdup(strategy);
    cell->strategy_class = strdup(class);
    cell->adapter = json_is_string(adapter) ? strdup(json_string_value(adapter)) : NULL;
    cell->missing = json_is_string(missing) ? strdup(json_string_value(missing)) : NULL;
    if (cell->name == NULL || cell->subject == NULL || cell->strategy == NULL || cell->strategy_class == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    if (!read_plan_words(command, "command", &cell->command, error) ||
        !read_plan_words(differs, "differs", &cell->differs, error) ||
        !world_from_json(world, &cell->world, error))
        return false;
    if (cell->command[0] == NULL)
        return error_set(error, ERROR_INPUT, "command: expected a list with a program");
    cell->scenario = scenario_from_json(scenario, error);
    return cell->scenario != NULL;
}

struct cell *cell_from_json(const json_t *json, struct error *error)
{
    struct cell *cell = calloc(1, sizeof(*cell));
    if (cell == NULL) {
        error_set(error, ERROR_LAB, "plan.json: out of memory");
        return NULL;
    }
    if (read_plan_cell(json, cell, error))
        return cell;
    error_context(error, "plan.json");
    cell_free(cell);
    return NULL;
}

bool cell_write(const struct cell *cell, const struct folder *folder, struct error *error)
{
    json_t *json = cell_to_json(cell);
    char *text = json != NULL ? json_dumps(json, JSON_INDENT(1)) : NULL;
    bool written = text != NULL ? folder_write_file(folder, CELL_PLAN_FILE, text, strlen(text), error)
                                : error_set(error, ERROR_LAB, "%s/plan.json: out of memory", folder->path);
    free(text);
    json_decref(json);
    return written;
}

struct cell *cell_read(const struct folder *folder, struct error *error)
{
    json_t *json = json_file_read_in(folder, CELL_PLAN_FILE, ERROR_INPUT, error);
    struct cell *cell = json != NULL ? cell_from_json(json, error) : NULL;
    if (json != NULL && cell == NULL)
        error_context(error, "%s", folder->path);
    json_decref(json);
    return cell;
}
