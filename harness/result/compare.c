// Comparing cells.
#include "result/compare.h"

#include "contract/addresses.h"
#include "trace/wire.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static enum metric_demand demand_on(enum metric metric, enum compare_rules rules)
{
    switch (rules) {
    case COMPARE_RUNS: break;
    case COMPARE_LABS: return metric_between_labs(metric);
    case COMPARE_SUBJECTS: return metric_between_subjects(metric);
    }
    return METRIC_EXACT;
}

static bool is_near(int64_t a, int64_t b, struct compare_tolerance tolerance)
{
    int64_t longer = a > b ? a : b, shorter = a > b ? b : a;
    return shorter != METRIC_ABSENT && longer - shorter <= tolerance.us + longer / COMPARE_TENTH;
}

static void compare_metrics(const struct comparison *comparison, struct compare_row *row)
{
    for (int i = 0; i < METRIC_KINDS; i++) {
        enum metric metric = (enum metric)i;
        int64_t left = row->left->verdict->metrics.value[metric];
        int64_t right = row->right->verdict->metrics.value[metric];
        enum metric_demand demand = demand_on(metric, comparison->rules);
        if (left == right)
            continue;
        // Times that need not agree are worth a line only where they are far apart.
        bool near = metric_unit(metric) == RANGE_DURATION && demand != METRIC_EXACT &&
                    is_near(left, right, comparison->tolerance);
        row->metrics[metric] = demand != METRIC_SHOWN && !near;
        row->shown[metric] = demand == METRIC_SHOWN && !near;
    }
}

// How often a text stands there, all ports of the application's end taken for one: in real time the kernel
// picks them at random.
struct portless {
    char *text; // owned
    int64_t count;
};

static char *without_ports(const char *text)
{
    static const char end[] = LAB_APP_ADDRESS ":";
    const size_t length = sizeof(end) - 1;
    char *copy = malloc(strlen(text) + 1), *to = copy;
    while (copy && *text != '\0') {
        bool port = strncmp(text, end, length) == 0;
        size_t taken = port ? length : 1;
        memcpy(to, text, taken);
        to += taken;
        text += taken;
        while (port && isdigit((unsigned char)*text))
            text++;
    }
    if (copy)
        *to = '\0';
    return copy;
}

static int compare_text_order(const void *left, const void *right)
{
    return strcmp(((const struct portless *)left)->text, ((const struct portless *)right)->text);
}

static void free_portless(struct portless *texts, size_t count)
{
    for (size_t i = 0; texts && i < count; i++)
        free(texts[i].text);
    free(texts);
}

// Sorted, each once. NULL: out of memory.
static struct portless *fold_ports(const struct error_texts *texts, size_t *count)
{
    struct portless *folded = calloc(texts->count + 1, sizeof(*folded));
    size_t copied = 0, kept = 0;
    for (; folded && copied < texts->count; copied++) {
        folded[copied] = (struct portless){
            without_ports(texts->items[copied].text), texts->items[copied].count};
        if (!folded[copied].text) {
            free_portless(folded, copied);
            return NULL;
        }
    }
    if (folded)
        qsort(folded, copied, sizeof(*folded), compare_text_order);
    for (size_t i = 0; folded && i < copied; i++) {
        if (kept > 0 && strcmp(folded[kept - 1].text, folded[i].text) == 0) {
            folded[kept - 1].count += folded[i].count;
            free(folded[i].text);
        } else {
            folded[kept++] = folded[i];
        }
    }
    *count = kept;
    return folded;
}

// False: out of memory.
static bool compare_texts(const struct error_texts *left, const struct error_texts *right, bool *same)
{
    size_t of_left = 0, of_right = 0;
    struct portless *a = fold_ports(left, &of_left), *b = fold_ports(right, &of_right);
    *same = a && b && of_left == of_right;
    for (size_t i = 0; *same && i < of_left; i++)
        *same = strcmp(a[i].text, b[i].text) == 0 && a[i].count == b[i].count;
    bool compared = a && b;
    free_portless(a, of_left);
    free_portless(b, of_right);
    return compared;
}

// False: out of memory.
static bool compare_two_cells(const struct comparison *comparison, struct compare_row *row)
{
    const struct cell_result *left = row->left, *right = row->right;
    row->bytes_known = left->events_sha256[0] && right->events_sha256[0] && left->pcap_sha256[0] &&
                       right->pcap_sha256[0];
    row->bytes = row->bytes_known && strcmp(left->events_sha256, right->events_sha256) == 0 &&
                 strcmp(left->pcap_sha256, right->pcap_sha256) == 0;
    compare_metrics(comparison, row);
    if (comparison->rules == COMPARE_SUBJECTS)
        return true;
    // Two cells that could not be run agree about nothing.
    row->verdict = left->verdict->outcome != right->verdict->outcome ||
                   left->verdict->outcome == OUTCOME_ERROR;
    bool same;
    bool compared = compare_texts(&left->texts, &right->texts, &same);
    row->texts = !same;
    return compared;
}

static bool takes_part(const struct compare_side *side, const struct cell_result *cell)
{
    return cell->verdict && cell->verdict->outcome != OUTCOME_SKIP &&
           (!side->subject || strcmp(side->subject, cell->subject) == 0);
}

// The cells of a side that take part, sorted by what belongs together.
struct candidates {
    const struct cell_result **cells;
    size_t count;
};

static int compare_cell_keys(const struct cell_result *a, const struct cell_result *b, bool any_subject)
{
    int order = strcmp(a->scenario, b->scenario);
    if (order == 0)
        order = (a->seed > b->seed) - (a->seed < b->seed);
    return order != 0 || any_subject ? order : strcmp(a->subject, b->subject);
}

// Cells that are alike stay in the order of the run: all lie in one array.
static int by_key(const void *left, const void *right)
{
    const struct cell_result *a = *(const struct cell_result *const *)left,
                             *b = *(const struct cell_result *const *)right;
    int order = compare_cell_keys(a, b, false);
    return order != 0 ? order : (a > b) - (a < b);
}

static bool find_candidates(const struct compare_side *side, struct candidates *candidates)
{
    *candidates = (struct candidates){
        .cells = calloc(side->run->cells_count + 1, sizeof(struct cell_result *))};
    if (!candidates->cells)
        return false;
    for (size_t i = 0; i < side->run->cells_count; i++)
        if (takes_part(side, &side->run->cells[i]))
            candidates->cells[candidates->count++] = &side->run->cells[i];
    qsort(candidates->cells, candidates->count, sizeof(*candidates->cells), by_key);
    return true;
}

static const struct cell_result *partner(
    const struct candidates *candidates, const struct cell_result *cell, bool any_subject)
{
    size_t low = 0, high = candidates->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_cell_keys(candidates->cells[middle], cell, any_subject) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < candidates->count && compare_cell_keys(candidates->cells[low], cell, any_subject) == 0;
    return found ? candidates->cells[low] : NULL;
}

static void pair_up(
    struct comparison *comparison, const struct candidates *of_left, const struct candidates *of_right)
{
    const struct compare_side *left = &comparison->left, *right = &comparison->right;
    bool any_subject = left->subject && right->subject;
    for (size_t i = 0; i < left->run->cells_count; i++) {
        const struct cell_result *cell = &left->run->cells[i];
        if (takes_part(left, cell))
            comparison->rows[comparison->rows_count++] = (struct compare_row){
                .left = cell, .right = partner(of_right, cell, any_subject)};
    }
    for (size_t i = 0; i < right->run->cells_count; i++) {
        const struct cell_result *cell = &right->run->cells[i];
        if (takes_part(right, cell) && !partner(of_left, cell, any_subject))
            comparison->rows[comparison->rows_count++] = (struct compare_row){.right = cell};
    }
}

static bool compare_all_cells(struct comparison *comparison)
{
    struct candidates left = {0}, right = {0};
    bool found = find_candidates(&comparison->left, &left) && find_candidates(&comparison->right, &right);
    if (found)
        pair_up(comparison, &left, &right);
    free(left.cells);
    free(right.cells);
    bool compared = found;
    for (size_t i = 0; compared && i < comparison->rows_count; i++)
        if (comparison->rows[i].left && comparison->rows[i].right)
            compared = compare_two_cells(comparison, &comparison->rows[i]);
    return compared;
}

struct comparison *run_compare(struct compare_side left, struct compare_side right, enum compare_rules rules,
    struct compare_tolerance tolerance)
{
    struct comparison *comparison = calloc(1, sizeof(*comparison));
    if (!comparison)
        return NULL;
    *comparison = (struct comparison){.rules = rules, .left = left, .right = right, .tolerance = tolerance};
    comparison->rows = calloc(left.run->cells_count + right.run->cells_count + 1, sizeof(*comparison->rows));
    if (comparison->rows && compare_all_cells(comparison))
        return comparison;
    comparison_free(comparison);
    return NULL;
}

void comparison_free(struct comparison *comparison)
{
    if (comparison)
        free(comparison->rows);
    free(comparison);
}

static bool is_listed(char *const *texts, const char *wanted)
{
    for (; *texts; texts++)
        if (strcmp(*texts, wanted) == 0)
            return true;
    return false;
}

static bool is_subject(const struct subject *subject, const char *strategy, const char *name)
{
    size_t length = strlen(subject->name);
    return strncmp(name, subject->name, length) == 0 && name[length] == ':' &&
           strcmp(name + length + 1, strategy) == 0;
}

static const char *explanation(
    const struct comparison *comparison, const struct subject *subject, const struct compare_row *row)
{
    for (size_t i = 0; i < subject->differences_count; i++) {
        const struct subject_difference *difference = &subject->differences[i];
        if (is_subject(subject, difference->strategy, comparison->left.subject) &&
            strcmp(difference->from, comparison->right.subject) == 0 &&
            is_listed(difference->scenarios, row->left->scenario))
            return difference->because;
    }
    return NULL;
}

void comparison_explain(
    struct comparison *comparison, const struct subject *const *subjects, size_t subjects_count)
{
    for (size_t i = 0; i < comparison->rows_count; i++) {
        struct compare_row *row = &comparison->rows[i];
        for (size_t j = 0; row->left && row->right && !row->because && j < subjects_count; j++)
            row->because = explanation(comparison, subjects[j], row);
    }
}

bool compare_row_differs(const struct compare_row *row)
{
    bool differs = !row->left || !row->right || row->verdict || row->texts;
    for (int i = 0; i < METRIC_KINDS; i++)
        differs = differs || row->metrics[i];
    return differs;
}

struct compare_counts comparison_count(const struct comparison *comparison)
{
    struct compare_counts counts = {0};
    for (size_t i = 0; i < comparison->rows_count; i++) {
        const struct compare_row *row = &comparison->rows[i];
        bool both = row->left && row->right, differs = compare_row_differs(row);
        counts.only_left += !row->right;
        counts.only_right += !row->left;
        counts.same += both && !differs;
        counts.same_bytes += row->bytes;
        counts.differ += both && differs && !row->because;
        counts.explained += both && differs && row->because;
        counts.explained_wrongly += both && !differs && row->because;
    }
    return counts;
}

bool comparison_agrees(const struct comparison *comparison)
{
    struct compare_counts counts = comparison_count(comparison);
    return counts.differ + counts.only_left + counts.only_right + counts.explained_wrongly == 0 &&
           counts.same + counts.explained > 0;
}
