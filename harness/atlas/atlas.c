// The atlas as a list of rows.
#include "atlas/atlas.h"

#include "atlas/event.h"
#include "base/array.h"

#include <stdlib.h>
#include <string.h>

static const char *const phase_names[ATLAS_PHASES] = {
    [ATLAS_IDLE] = "idle",
    [ATLAS_WAITING] = "waiting",
    [ATLAS_TRANSACTION] = "transaction",
    [ATLAS_BULK] = "bulk",
    [ATLAS_CONNECTING] = "connecting",
    [ATLAS_RECONNECTING] = "reconnecting",
    [ATLAS_AGAIN] = "again",
};

static const char *const phase_words[ATLAS_PHASES] = {
    [ATLAS_IDLE] = "idle, then a query",
    [ATLAS_WAITING] = "waiting for a result",
    [ATLAS_TRANSACTION] = "between BEGIN and COMMIT",
    [ATLAS_BULK] = "sending bulk data",
    [ATLAS_CONNECTING] = "in the middle of connecting",
    [ATLAS_RECONNECTING] = "connecting a second later",
    [ATLAS_AGAIN] = "used again, long after",
};

static const char *const outcome_names[ATLAS_OUTCOMES] = {
    [ATLAS_OK] = "ok",
    [ATLAS_ERROR] = "error",
    [ATLAS_HUNG] = "hung",
    [ATLAS_ABSENT] = "absent",
};

const char *atlas_phase_name(enum atlas_phase phase)
{
    return phase_names[phase];
}

const char *atlas_phase_words(enum atlas_phase phase)
{
    return phase_words[phase];
}

const char *atlas_outcome_name(enum atlas_outcome outcome)
{
    return outcome_names[outcome];
}

struct atlas *atlas_new(const char *lab, const char *kernel, uint64_t seed)
{
    struct atlas *atlas = calloc(1, sizeof(*atlas));
    if (atlas == NULL)
        return NULL;
    atlas->seed = seed;
    atlas->lab = lab != NULL ? strdup(lab) : NULL;
    atlas->kernel = kernel != NULL ? strdup(kernel) : NULL;
    if ((lab == NULL || atlas->lab != NULL) && (kernel == NULL || atlas->kernel != NULL))
        return atlas;
    atlas_free(atlas);
    return NULL;
}

static void row_clear(struct atlas_row *row)
{
    char *const texts[] = {
        row->event, row->client, row->text, row->kind, row->sqlstate, row->state, row->note};
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        free(texts[i]);
    *row = (struct atlas_row){0};
}

void atlas_free(struct atlas *atlas)
{
    if (atlas == NULL)
        return;
    for (size_t i = 0; i < atlas->rows_count; i++)
        row_clear(&atlas->rows[i]);
    for (size_t i = 0; i < atlas->clients_count; i++) {
        free(atlas->clients[i].name);
        free(atlas->clients[i].version);
        free(atlas->clients[i].driver);
    }
    free(atlas->rows);
    free(atlas->clients);
    free(atlas->lab);
    free(atlas->kernel);
    free(atlas);
}

bool atlas_add(struct atlas *atlas, struct atlas_row *row)
{
    struct atlas_row *rows = array_grow(atlas->rows, atlas->rows_count, sizeof(*rows));
    if (rows == NULL || row->event == NULL || row->client == NULL) {
        row_clear(row);
        atlas->rows = rows != NULL ? rows : atlas->rows;
        return false;
    }
    atlas->rows = rows;
    rows[atlas->rows_count++] = *row;
    *row = (struct atlas_row){0};
    return true;
}

static const struct atlas_client *find_client(const struct atlas *atlas, const char *name)
{
    for (size_t i = 0; i < atlas->clients_count; i++)
        if (strcmp(atlas->clients[i].name, name) == 0)
            return &atlas->clients[i];
    return NULL;
}

bool atlas_name_client(struct atlas *atlas, const char *name, const char *version, const char *driver)
{
    if (find_client(atlas, name) != NULL)
        return true;
    struct atlas_client *clients = array_grow(atlas->clients, atlas->clients_count, sizeof(*clients));
    if (clients == NULL)
        return false;
    atlas->clients = clients;
    struct atlas_client *client = &clients[atlas->clients_count++];
    *client = (struct atlas_client){strdup(name), strdup(version), strdup(driver)};
    return client->name != NULL && client->version != NULL && client->driver != NULL;
}

// As the table has them; those it does not have any more come last.
static size_t event_rank(const char *name)
{
    for (size_t i = 0; i < atlas_events_count; i++)
        if (strcmp(atlas_events[i].name, name) == 0)
            return i;
    return atlas_events_count;
}

static int compare_rows(const void *left, const void *right)
{
    const struct atlas_row *a = left, *b = right;
    size_t a_rank = event_rank(a->event), b_rank = event_rank(b->event);
    if (a_rank != b_rank)
        return a_rank < b_rank ? -1 : 1;
    int events = strcmp(a->event, b->event), clients = strcmp(a->client, b->client);
    if (events != 0)
        return events;
    if (a->tls != b->tls)
        return a->tls ? -1 : 1;
    return clients != 0 ? clients : (int)a->phase - (int)b->phase;
}

static int compare_clients(const void *left, const void *right)
{
    return strcmp(((const struct atlas_client *)left)->name, ((const struct atlas_client *)right)->name);
}

void atlas_sort(struct atlas *atlas)
{
    if (atlas->rows_count > 0)
        qsort(atlas->rows, atlas->rows_count, sizeof(*atlas->rows), compare_rows);
    if (atlas->clients_count > 0)
        qsort(atlas->clients, atlas->clients_count, sizeof(*atlas->clients), compare_clients);
}

static bool atlas_has_row(const struct atlas *atlas, size_t count, const struct atlas_row *row)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(atlas->rows[i].event, row->event) == 0 && strcmp(atlas->rows[i].client, row->client) == 0)
            return true;
    return false;
}

bool atlas_complete(struct atlas *atlas, struct atlas *older)
{
    size_t measured = atlas->rows_count;
    for (size_t i = 0; i < older->rows_count; i++) {
        struct atlas_row *row = &older->rows[i];
        bool gone = event_rank(row->event) == atlas_events_count; // an event that there is no more
        if (!gone && !atlas_has_row(atlas, measured, row) && !atlas_add(atlas, row))
            return false;
        row_clear(row);
    }
    older->rows_count = 0;
    for (size_t i = 0; i < older->clients_count; i++) {
        const struct atlas_client *client = &older->clients[i];
        if (!atlas_name_client(atlas, client->name, client->version, client->driver))
            return false;
    }
    atlas_sort(atlas);
    return true;
}
