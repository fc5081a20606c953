// Comparing cells.
#include "result/compare.h"

#include "contract/addresses.h"
#include "trace/wire.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum demand {
    SHOWN, // may differ
    NEAR,  // within the tolerance
    EXACT,
};

static enum demand demand_on(enum metric metric, enum compare_rules rules)
{
    static const enum demand demands[METRIC_KINDS][2] = {
        // between labs, between subjects
        [METRIC_OPS] = {EXACT, SHOWN},
        [METRIC_OK] = {EXACT, SHOWN},
        [METRIC_ERRORS] = {EXACT, EXACT},
        [METRIC_HUNG] = {EXACT, EXACT},
        [METRIC_SLOWEST] = {NEAR, SHOWN},
        [METRIC_MEDIAN] = {NEAR, SHOWN},
        [METRIC_RECOVERY] = {NEAR, SHOWN},
        [METRIC_PINGS] = {SHOWN, EXACT},
        [METRIC_CONNECTS] = {SHOWN, EXACT},
        [METRIC_LOST] = {EXACT, EXACT},
        [METRIC_DUPLICATED] = {EXACT, EXACT},
        [METRIC_IN_DOUBT] = {EXACT, EXACT},
    };
    return rules == COMPARE_RUNS ? EXACT : demands[metric][rules == COMPARE_SUBJECTS];
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
        enum demand demand = demand_on(metric, comparison->rules);
        if (left == right)
            continue;
        // Times that need not agree are worth a line only where they are far apart.
        bool near = metric_unit(metric) == RANGE_DURATION && demand != EXACT &&
                    is_near(left, right, comparison->tolerance);
        row->metrics[metric] = demand != SHOWN && !near;
        row->shown[metric] = demand == SHOWN && !near;
    }
}

// The same words, but for the port of the application's end: in real time the kernel picks one at random.
static bool same_text(const char *left, const char *right)
{
    static const char end[] = LAB_APP_ADDRESS ":";
    const size_t length = sizeof(end) - 1;
    while (*left != '\0' && *left == *right) {
        bool port = strncmp(left, end, length) == 0 && strncmp(right, end, length) == 0;
        left += port ? length : 1;
        right += port ? length : 1;
        while (port && isdigit((unsigned char)*left))
            left++;
        while (port && isdigit((unsigned char)*right))
            right++;
    }
    return *left == *right;
}

static bool has_text(const struct error_texts *texts, const struct error_text *wanted)
{
    for (size_t i = 0; i < texts->count; i++)
        if (same_text(texts->items[i].text, wanted->text))
            return texts->items[i].count == wanted->count;
    return false;
}

static bool same_texts(const struct error_texts *left, const struct error_texts *right)
{
    for (size_t i = 0; i < left->count; i++)
        if (!has_text(right, &left->items[i]))
            return false;
    return left->count == right->count;
}

static void compare_cells(const struct comparison *comparison, struct compare_row *row)
{
    const struct cell_result *left = row->left, *right = row->right;
    row->bytes_known = left->events_sha256[0] && right->events_sha256[0] && left->pcap_sha256[0] &&
                       right->pcap_sha256[0];
    row->bytes = row->bytes_known && strcmp(left->events_sha256, right->events_sha256) == 0 &&
                 strcmp(left->pcap_sha256, right->pcap_sha256) == 0;
    compare_metrics(comparison, row);
    if (comparison->rules == COMPARE_SUBJECTS)
        return;
    // Two cells that could not be run agree about nothing.
    row->verdict = left->verdict->outcome != right->verdict->outcome ||
                   left->verdict->outcome == OUTCOME_ERROR;
    row->texts = !same_texts(&left->texts, &right->texts);
}

static bool takes_part(const struct compare_side *side, const struct cell_result *cell)
{
    return cell->verdict && cell->verdict->outcome != OUTCOME_SKIP &&
           (!side->subject || strcmp(side->subject, cell->subject) == 0);
}

static const struct cell_result *partner(
    const struct compare_side *side, const struct cell_result *cell, bool any_subject)
{
    for (size_t i = 0; i < side->run->cells_count; i++) {
        const struct cell_result *other = &side->run->cells[i];
        if (takes_part(side, other) && other->seed == cell->seed &&
            strcmp(other->scenario, cell->scenario) == 0 &&
            (any_subject || strcmp(other->subject, cell->subject) == 0))
            return other;
    }
    return NULL;
}

static void pair_up(struct comparison *comparison)
{
    const struct compare_side *left = &comparison->left, *right = &comparison->right;
    bool any_subject = left->subject && right->subject;
    for (size_t i = 0; i < left->run->cells_count; i++) {
        const struct cell_result *cell = &left->run->cells[i];
        if (takes_part(left, cell))
            comparison->rows[comparison->rows_count++] = (struct compare_row){
                .left = cell, .right = partner(right, cell, any_subject)};
    }
    for (size_t i = 0; i < right->run->cells_count; i++) {
        const struct cell_result *cell = &right->run->cells[i];
        if (takes_part(right, cell) && !partner(left, cell, any_subject))
            comparison->rows[comparison->rows_count++] = (struct compare_row){.right = cell};
    }
}

struct comparison *run_compare(struct compare_side left, struct compare_side right, enum compare_rules rules,
    struct compare_tolerance tolerance)
{
    struct comparison *comparison = calloc(1, sizeof(*comparison));
    if (!comparison)
        return NULL;
    *comparison = (struct comparison){.rules = rules, .left = left, .right = right, .tolerance = tolerance};
    comparison->rows = calloc(left.run->cells_count + right.run->cells_count + 1, sizeof(*comparison->rows));
    if (!comparison->rows) {
        comparison_free(comparison);
        return NULL;
    }
    pair_up(comparison);
    for (size_t i = 0; i < comparison->rows_count; i++)
        if (comparison->rows[i].left && comparison->rows[i].right)
            compare_cells(comparison, &comparison->rows[i]);
    return comparison;
}

void comparison_free(struct comparison *comparison)
{
    if (comparison)
        free(comparison->rows);
    free(comparison);
}

static bool names(char *const *texts, const char *wanted)
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
            names(difference->scenarios, row->left->scenario))
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
