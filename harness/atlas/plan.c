// The cells of the atlas: event x client x transport.
#include "atlas/event.h"
#include "atlas/run.h"
#include "base/array.h"
#include "base/invocation.h"
#include "base/name_list.h"
#include "base/suggest.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define FOLDER "pool/probes"

static bool is_chosen(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return count == 0;
}

// Only the list is the caller's to free.
static const char *const *event_names(void)
{
    const char **names = calloc(atlas_events_count, sizeof(*names));
    for (size_t i = 0; names != NULL && i < atlas_events_count; i++)
        names[i] = atlas_events[i].name;
    return names;
}

static bool check_atlas_events(const struct atlas_request *request, struct error *error)
{
    for (size_t i = 0; i < request->events_count; i++) {
        if (atlas_event_by_name(request->events[i]) != NULL)
            continue;
        const char *const *names = event_names();
        const char *nearest = names != NULL ? words_nearest(request->events[i], names, atlas_events_count)
                                            : NULL;
        free((void *)names);
        return error_set(error, ERROR_INPUT, "unknown event '%s'%s%s%s: `%s atlas --list` lists them",
            request->events[i], nearest != NULL ? " (did you mean '" : "", nearest != NULL ? nearest : "",
            nearest != NULL ? "'?)" : "", invocation_name());
    }
    return true;
}

static bool check_clients(
    const struct atlas_request *request, const struct name_list *known, struct error *error)
{
    for (size_t i = 0; i < request->clients_count; i++) {
        if (known->count > 0 &&
            is_chosen(request->clients[i], (const char *const *)known->names, known->count))
            continue;
        char text[WORDS_TEXT_SIZE];
        return error_set(error, ERROR_INPUT, "%s",
            words_unknown(
                "client", request->clients[i], (const char *const *)known->names, known->count, text));
    }
    return true;
}

static bool add_atlas_cell(struct plan *plan, const struct atlas_request *request, struct scenario *scenario,
    const struct plan_choice *choice, struct error *error)
{
    const struct plan_request cell_request = {
        .image = request->image, .seed = request->seed, .lab = LAB_VIRTUAL};
    struct cell **cells = array_grow(plan->cells, plan->cells_count, sizeof(*cells));
    if (cells == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    plan->cells = cells;
    cells[plan->cells_count] = cell_new(&cell_request, scenario, choice, error);
    return cells[plan->cells_count] != NULL && ++plan->cells_count > 0;
}

static bool add_event(struct plan *plan, const struct atlas_request *request, const struct atlas_event *event,
    const struct plan_choices *clients, struct error *error)
{
    struct scenario *scenario = atlas_event_scenario(event, error);
    if (scenario == NULL)
        return false;
    plan->scenarios[plan->scenarios_count++] = scenario;
    for (size_t i = 0; i < clients->count; i++) {
        bool plain = strcmp(clients->choices[i].strategy->name, "plain") == 0;
        if (plain && event->not_in_plain != NULL)
            continue;
        if (!add_atlas_cell(plan, request, scenario, &clients->choices[i], error))
            return false;
    }
    return true;
}

// The manifests of the chosen clients, with both of their strategies.
static bool read_client(struct plan_choices *clients, const char *root, const char *name, struct error *error)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof(path), "%s/" FOLDER "/%s.yaml", root, name) >= (int)sizeof(path))
        return error_set(error, ERROR_INPUT, "path too long: %s", root);
    struct subject *subject = subject_read(path, root, error);
    if (subject == NULL)
        return false;
    size_t more = clients->count + subject->strategies_count;
    struct subject **subjects = array_grow(clients->subjects, clients->subjects_count, sizeof(*subjects));
    struct plan_choice *choices = reallocarray(clients->choices, more, sizeof(*choices));
    clients->subjects = subjects != NULL ? subjects : clients->subjects;
    clients->choices = choices != NULL ? choices : clients->choices;
    if (subjects == NULL || choices == NULL) {
        subject_free(subject);
        return error_set(error, ERROR_LAB, "out of memory");
    }
    subjects[clients->subjects_count++] = subject;
    for (size_t i = 0; i < subject->strategies_count; i++)
        choices[clients->count++] = (struct plan_choice){subject, &subject->strategies[i]};
    return true;
}

static bool read_clients(
    struct plan_choices *clients, const struct atlas_request *request, struct error *error)
{
    struct name_list known;
    if (!name_list_read(&known, request->root, FOLDER, 1, error))
        return false;
    bool good = check_clients(request, &known, error);
    for (size_t i = 0; good && i < known.count; i++)
        if (is_chosen(known.names[i], request->clients, request->clients_count))
            good = read_client(clients, request->root, known.names[i], error);
    name_list_free(&known);
    return good;
}

static bool fill_atlas_cell(struct plan *plan, const struct atlas_request *request, struct error *error)
{
    struct plan_choices clients = {0};
    plan->scenarios = calloc(atlas_events_count, sizeof(*plan->scenarios));
    if (plan->scenarios == NULL)
        return error_set(error, ERROR_LAB, "out of memory");
    bool good = check_atlas_events(request, error) && read_clients(&clients, request, error);
    for (size_t i = 0; good && i < atlas_events_count; i++)
        if (is_chosen(atlas_events[i].name, request->events, request->events_count))
            good = add_event(plan, request, &atlas_events[i], &clients, error);
    plan_choices_free(&clients);
    return good;
}

struct plan *atlas_plan(const struct atlas_request *request, struct error *error)
{
    struct plan *plan = calloc(1, sizeof(*plan));
    if (plan == NULL) {
        error_set(error, ERROR_LAB, "out of memory");
        return NULL;
    }
    if (fill_atlas_cell(plan, request, error))
        return plan;
    plan_free(plan);
    return NULL;
}

static bool add_hole(
    struct atlas *atlas, const struct atlas_event *event, const char *client, enum atlas_phase phase)
{
    struct atlas_row row = {.event = strdup(event->name),
        .client = strdup(client),
        .phase = phase,
        .outcome = ATLAS_ABSENT,
        .evidence = atlas_evidence_none(),
        .cause = CAUSE_NOT_TOLD,
        .note = strdup(event->not_in_plain)};
    return atlas_add(atlas, &row);
}

bool atlas_add_holes(struct atlas *atlas, const struct atlas_request *request)
{
    bool added = true;
    for (size_t i = 0; i < atlas_events_count; i++) {
        const struct atlas_event *event = &atlas_events[i];
        if (event->not_in_plain == NULL || !is_chosen(event->name, request->events, request->events_count))
            continue;
        for (size_t j = 0; j < atlas->clients_count; j++)
            for (int phase = 0; added && phase < ATLAS_PHASES; phase++)
                added = !is_chosen(atlas->clients[j].name, request->clients, request->clients_count) ||
                        add_hole(atlas, event, atlas->clients[j].name, (enum atlas_phase)phase);
    }
    return added;
}
