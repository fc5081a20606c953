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

// Where the first of these stands, or would.
static size_t find_selected_name(const struct run_order *order, const char *scenario, const char *subject)
{
    size_t low = 0, high = order->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_selected_names(order->by_name[middle], scenario, subject) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct cell_result *const *run_order_find_all(
    const struct run_order *order, const char *scenario, const char *subject, size_t *count)
{
    size_t first = find_selected_name(order, scenario, subject), end = first;
    while (end < order->count && compare_selected_names(order->by_name[end], scenario, subject) == 0)
        end++;
    *count = end - first;
    return *count > 0 ? &order->by_name[first] : NULL;
}

const struct cell_result *run_order_find(
    const struct run_order *order, const char *scenario, const char *subject)
{
    size_t count;
    const struct cell_result *const *all = run_order_find_all(order, scenario, subject, &count);
    return all ? all[0] : NULL;
}

const struct cell_result *run_order_find_seed(
    const struct run_order *order, const char *scenario, const char *subject, uint64_t seed)
{
    size_t count;
    const struct cell_result *const *all = run_order_find_all(order, scenario, subject, &count);
    for (size_t i = 0; i < count; i++)
        if (all[i]->seed == seed)
            return all[i];
    return NULL;
}
