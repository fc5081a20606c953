// Sorting the cells of a run by what they belong to.
#include "result/select.h"

#include <stdlib.h>
#include <string.h>

static int compare_selected_names(const struct cell_result *a, const char *scenario, const char *subject)
{
    int order = strcmp(a->scenario, scenario);
    return order != 0 ? order : strcmp(a->subject, subject);
}

// Cells of one name stay in the order of the run: all lie in one array.
static int by_name(const void *left, const void *right)
{
    const struct cell_result *a = *(const struct cell_result *const *)left,
                             *b = *(const struct cell_result *const *)right;
    int order = compare_selected_names(a, b->scenario, b->subject);
    return order != 0 ? order : (a > b) - (a < b);
}

static int by_scenario(const void *left, const void *right)
{
    const struct cell_result *a = *(const struct cell_result *const *)left,
                             *b = *(const struct cell_result *const *)right;
    int order = strcmp(a->scenario, b->scenario);
    return order != 0 ? order : (a > b) - (a < b);
}

static void sort(struct run_order *order, int (*compare)(const void *left, const void *right))
{
    if (order->count > 0)
        qsort(order->by_name, order->count, sizeof(*order->by_name), compare);
}

static void link_cells(struct run_order *order)
{
    const struct cell_result *cells = order->run->cells;
    size_t first = 0;
    for (size_t i = 0; i < order->count; i++) {
        size_t cell = (size_t)(order->by_name[i] - cells);
        bool same = i > 0 && strcmp(order->by_name[i - 1]->scenario, cells[cell].scenario) == 0;
        first = same ? first : cell;
        order->first_cell[cell] = first;
        order->next_cell[cell] = order->run->cells_count;
        if (same)
            order->next_cell[order->by_name[i - 1] - cells] = cell;
    }
}

static void link_scenarios(struct run_order *order)
{
    order->first = order->run->cells_count;
    for (size_t i = order->run->cells_count; i-- > 0;) {
        order->next_scenario[i] = order->first;
        if (order->run->cells[i].verdict && order->first_cell[i] == i)
            order->first = i;
    }
}

static void find_twins(struct run_order *order)
{
    for (size_t i = 1; i < order->count; i++) {
        const struct cell_result *a = order->by_name[i - 1], *b = order->by_name[i];
        if (compare_selected_names(a, b->scenario, b->subject) == 0)
            order->has_twin[a - order->run->cells] = order->has_twin[b - order->run->cells] = true;
    }
}

struct run_order *run_order_new(const struct run_result *run)
{
    struct run_order *order = calloc(1, sizeof(*order));
    size_t room = run->cells_count + 1;
    if (!order)
        return NULL;
    *order = (struct run_order){.run = run,
        .next_scenario = calloc(room, sizeof(size_t)),
        .next_cell = calloc(room, sizeof(size_t)),
        .first_cell = calloc(room, sizeof(size_t)),
        .has_twin = calloc(room, sizeof(bool)),
        .by_name = calloc(room, sizeof(struct cell_result *))};
    if (!order->next_scenario || !order->next_cell || !order->first_cell || !order->has_twin ||
        !order->by_name) {
        run_order_free(order);
        return NULL;
    }
    for (size_t i = 0; i < run->cells_count; i++)
        if (run->cells[i].verdict)
            order->by_name[order->count++] = &run->cells[i];
    sort(order, by_scenario);
    link_cells(order);
    link_scenarios(order);
    sort(order, by_name);
    find_twins(order);
    return order;
}

void run_order_free(struct run_order *order)
{
    if (!order)
        return;
    free(order->next_scenario);
    free(order->next_cell);
    free(order->first_cell);
    free(order->has_twin);
    free(order->by_name);
    free(order);
}

const struct cell_result *run_order_find(
    const struct run_order *order, const char *scenario, const char *subject)
{
    size_t low = 0, high = order->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_selected_names(order->by_name[middle], scenario, subject) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < order->count && compare_selected_names(order->by_name[low], scenario, subject) == 0;
    return found ? order->by_name[low] : NULL;
}
