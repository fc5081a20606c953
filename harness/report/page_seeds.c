#include "report/page_seeds.h"

#include "result/change.h"
#include "result/select.h"
#include "verdict/impact.h"

#include <string.h>

static void drop_unrecorded(json_t *metrics)
{
    const char *name;
    json_t *value;
    void *next;
    json_object_foreach_safe(metrics, next, name, value)
    {
        if (json_is_null(value))
            json_object_del(metrics, name);
    }
}

// The impact that another seed shows, where that changes anything. NULL: none does.
static const char *impact_of_other_seed(const struct run_order *order, const struct cell_result *cell)
{
    size_t count;
    const struct cell_result *const *all = run_order_find_all(order, cell->scenario, cell->subject, &count);
    for (size_t i = 0; i < count; i++)
        if (change_by_seed(cell, all[i]))
            return impact_name(all[i]->verdict->impact);
    return NULL;
}

void page_keep_one_seed(const struct run_result *run, json_t *cells)
{
    struct run_order *order = run_order_new(run);
    size_t place = 0; // in `cells`, which has those alone that were run
    for (size_t i = 0; order != NULL && i < run->cells_count; i++) {
        const struct cell_result *cell = &run->cells[i];
        if (cell->verdict == NULL)
            continue;
        if (cell->seed != run->seed && run_order_find_seed(order, cell->scenario, cell->subject, run->seed)) {
            json_array_remove(cells, place);
            continue;
        }
        json_t *json = json_array_get(cells, place++);
        const char *other = impact_of_other_seed(order, cell);
        if (other != NULL)
            json_object_set_new(json, "other_seed", json_string(other));
        drop_unrecorded(json_object_get(json, "metrics"));
    }
    run_order_free(order);
}
