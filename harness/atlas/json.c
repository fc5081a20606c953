// atlas.json: one row a line, so that a change of one row is a change of one line.
#include "atlas/atlas.h"

#include "base/atomic_file.h"
#include "base/json_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA "hangup-atlas/1"

static const struct {
    const char *name;
    size_t offset;
    bool moment; // ATLAS_NEVER is left out; of a number 0 is
} numbers[] = {
    {"fin_us", offsetof(struct atlas_evidence, fin_us), true},
    {"rst_us", offsetof(struct atlas_evidence, rst_us), true},
    {"icmp_us", offsetof(struct atlas_evidence, icmp_us), true},
    {"heard_us", offsetof(struct atlas_evidence, heard_us), true},
    {"heard_data_us", offsetof(struct atlas_evidence, heard_data_us), true},
    {"asked_us", offsetof(struct atlas_evidence, asked_us), true},
    {"syns", offsetof(struct atlas_evidence, syns), false},
    {"unacknowledged", offsetof(struct atlas_evidence, unacknowledged), false},
    {"retransmissions", offsetof(struct atlas_evidence, retransmissions), false},
    {"keepalives", offsetof(struct atlas_evidence, keepalives), false},
};

static const struct {
    const char *name;
    size_t offset;
} flags[] = {
    {"fin_forged", offsetof(struct atlas_evidence, fin_forged)},
    {"rst_forged", offsetof(struct atlas_evidence, rst_forged)},
    {"goodbye", offsetof(struct atlas_evidence, goodbye)},
    {"established", offsetof(struct atlas_evidence, established)},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static json_t *evidence_to_json(const struct atlas_evidence *evidence)
{
    json_t *json = json_object();
    for (size_t i = 0; i < COUNT(numbers); i++) {
        int64_t number = *(const int64_t *)((const char *)evidence + numbers[i].offset);
        if (number != (numbers[i].moment ? ATLAS_NEVER : 0))
            json_object_set_new(json, numbers[i].name, json_integer(number));
    }
    for (size_t i = 0; i < COUNT(flags); i++)
        if (*(const bool *)((const char *)evidence + flags[i].offset))
            json_object_set_new(json, flags[i].name, json_true());
    return json;
}

static struct atlas_evidence evidence_from_json(const json_t *json)
{
    struct atlas_evidence evidence = atlas_evidence_none();
    for (size_t i = 0; i < COUNT(numbers); i++) {
        const json_t *number = json_object_get(json, numbers[i].name);
        if (json_is_integer(number))
            *(int64_t *)((char *)&evidence + numbers[i].offset) = json_integer_value(number);
    }
    for (size_t i = 0; i < COUNT(flags); i++)
        *(bool *)((char *)&evidence + flags[i].offset) = json_is_true(json_object_get(json, flags[i].name));
    return evidence;
}

static json_t *atlas_row_to_json(const struct atlas_row *row)
{
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s*, s:s*, s:s*, s:s*, s:s*}", "event", row->event,
        "transport", row->tls ? "tls" : "plain", "client", row->client, "phase", atlas_phase_name(row->phase),
        "outcome", atlas_outcome_name(row->outcome), "text", row->text, "class", row->kind, "sqlstate",
        row->sqlstate, "state", row->state, "note", row->note);
    if (row->outcome == ATLAS_ABSENT)
        return json;
    json_object_set_new(json, "cause", json_string(atlas_causes[row->cause].name));
    json_object_set_new(json, "after_us", json_integer(row->after_us));
    json_object_set_new(json, "took_us", json_integer(row->took_us));
    json_object_set_new(json, "packets", evidence_to_json(&row->evidence));
    return json;
}

json_t *atlas_to_json(const struct atlas *atlas)
{
    json_t *clients = json_array(), *rows = json_array();
    for (size_t i = 0; i < atlas->clients_count; i++)
        json_array_append_new(clients, json_pack("{s:s, s:s, s:s}", "name", atlas->clients[i].name, "version",
                                           atlas->clients[i].version, "driver", atlas->clients[i].driver));
    for (size_t i = 0; i < atlas->rows_count; i++)
        json_array_append_new(rows, atlas_row_to_json(&atlas->rows[i]));
    return json_pack("{s:s, s:s*, s:s*, s:I, s:o, s:o}", "schema", SCHEMA, "lab", atlas->lab, "kernel",
        atlas->kernel, "seed", (json_int_t)atlas->seed, "clients", clients, "rows", rows);
}

static void print_list(FILE *file, const char *name, const json_t *list)
{
    size_t i;
    json_t *item;
    fprintf(file, ",\n \"%s\": [", name);
    json_array_foreach(list, i, item)
    {
        fputs(i > 0 ? ",\n  " : "\n  ", file);
        json_dumpf(item, file, JSON_COMPACT);
    }
    fputs("\n ]", file);
}

static void print_atlas_json(FILE *file, const void *context)
{
    const char *key;
    const json_t *json = context;
    json_t *value;
    const char *before = "{\n ";
    json_object_foreach((json_t *)json, key, value)
    {
        if (json_is_array(value))
            continue;
        fprintf(file, "%s\"%s\": ", before, key);
        json_dumpf(value, file, JSON_COMPACT | JSON_ENCODE_ANY);
        before = ",\n ";
    }
    print_list(file, "clients", json_object_get(json, "clients"));
    print_list(file, "rows", json_object_get(json, "rows"));
    fputs("\n}\n", file);
}

bool atlas_write(const struct atlas *atlas, const char *path, struct error *error)
{
    json_t *json = atlas_to_json(atlas);
    if (json == NULL)
        return error_set(error, ERROR_LAB, "%s: not to be written as JSON", path);
    bool written = whole_file_print(path, print_atlas_json, json, error);
    json_decref(json);
    return written;
}

static bool find_name(const char *name, const char *(*name_of)(int), int count, int *found)
{
    for (*found = 0; *found < count; ++*found)
        if (strcmp(name_of(*found), name) == 0)
            return true;
    return false;
}

static const char *phase_name(int phase)
{
    return atlas_phase_name((enum atlas_phase)phase);
}

static const char *outcome_name_of(int outcome)
{
    return atlas_outcome_name((enum atlas_outcome)outcome);
}

static char *copy_atlas_text(const char *text)
{
    return text != NULL ? strdup(text) : NULL;
}

// The cause is made anew: what this program makes of the packets, not what an older one did.
static bool row_from_json(const json_t *json, struct atlas *atlas, struct error *error)
{
    const char *event, *transport, *client, *phase_text, *outcome_text;
    const char *text = NULL, *kind = NULL, *sqlstate = NULL, *state = NULL, *note = NULL;
    json_int_t after_us = 0, took_us = 0;
    int phase, outcome;
    json_error_t why;
    if (json_unpack_ex((json_t *)json, &why, 0,
            "{s:s, s:s, s:s, s:s, s:s, s?s, s?s, s?s, s?s, s?s, s?I, s?I}", "event", &event, "transport",
            &transport, "client", &client, "phase", &phase_text, "outcome", &outcome_text, "text", &text,
            "class", &kind, "sqlstate", &sqlstate, "state", &state, "note", &note, "after_us", &after_us,
            "took_us", &took_us) != 0)
        return error_set(error, ERROR_INPUT, "rows: %s", why.text);
    if (!find_name(phase_text, phase_name, ATLAS_PHASES, &phase) ||
        !find_name(outcome_text, outcome_name_of, ATLAS_OUTCOMES, &outcome))
        return error_set(
            error, ERROR_INPUT, "rows: unknown phase or outcome: '%.20s', '%.20s'", phase_text, outcome_text);
    struct atlas_row row = {.event = copy_atlas_text(event),
        .client = copy_atlas_text(client),
        .tls = strcmp(transport, "tls") == 0,
        .phase = (enum atlas_phase)phase,
        .outcome = (enum atlas_outcome)outcome,
        .text = copy_atlas_text(text),
        .kind = copy_atlas_text(kind),
        .sqlstate = copy_atlas_text(sqlstate),
        .state = copy_atlas_text(state),
        .note = copy_atlas_text(note),
        .after_us = after_us,
        .took_us = took_us,
        .evidence = evidence_from_json(json_object_get(json, "packets"))};
    row.evidence.goodbye = row.evidence.goodbye || (row.outcome == ATLAS_ERROR && atlas_quotes_server(&row));
    row.cause = atlas_cause_of(&row);
    return atlas_add(atlas, &row) || error_set(error, ERROR_LAB, "out of memory");
}

static bool lists_from_json(const json_t *json, struct atlas *atlas, struct error *error)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(json, "clients"), i, item)
    {
        const char *name, *version, *driver;
        if (json_unpack(item, "{s:s, s:s, s:s}", "name", &name, "version", &version, "driver", &driver) != 0)
            return error_set(error, ERROR_INPUT, "clients: expected name, version and driver");
        if (!atlas_name_client(atlas, name, version, driver))
            return error_set(error, ERROR_LAB, "out of memory");
    }
    json_array_foreach(json_object_get(json, "rows"), i, item)
    {
        if (!row_from_json(item, atlas, error))
            return false;
    }
    return true;
}

struct atlas *atlas_from_json(const json_t *json, struct error *error)
{
    const char *schema = json_string_value(json_object_get(json, "schema"));
    struct atlas *atlas = NULL;
    if (schema == NULL || strcmp(schema, SCHEMA) != 0) {
        error_set(error, ERROR_INPUT, "schema: expected " SCHEMA);
        return NULL;
    }
    atlas = atlas_new(json_string_value(json_object_get(json, "lab")),
        json_string_value(json_object_get(json, "kernel")),
        (uint64_t)json_integer_value(json_object_get(json, "seed")));
    if (atlas == NULL)
        error_set(error, ERROR_LAB, "out of memory");
    else if (lists_from_json(json, atlas, error))
        return atlas;
    atlas_free(atlas);
    return NULL;
}

struct atlas *atlas_read(const char *path, struct error *error)
{
    json_t *json = json_file_read(path, ERROR_INPUT, error);
    if (json == NULL)
        return NULL;
    struct atlas *atlas = atlas_from_json(json, error);
    if (atlas == NULL)
        error_context(error, "%s", path);
    json_decref(json);
    return atlas;
}
