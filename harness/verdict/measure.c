// Verdict, second step: the facts become the numbers that a cell is measured by.
#include "verdict/internal.h"

#include <stdlib.h>
#include <string.h>

#define NOTIFY            "notify"
#define LISTENER_GRACE_US US_PER_S
#define OVERDUE_US        US_PER_S // what a cancel may take

// Whether it stops the application.
static bool stands_still(const struct fault_spec *spec)
{
    return strcmp(spec->kind->name, "client") == 0 &&
           (strcmp(spec->argument, "freeze") == 0 || strcmp(spec->argument, "vanish") == 0);
}

static int compare_times(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static void measure_answers(struct judgement *judgement)
{
    int64_t *value = judgement->verdict->metrics.value;
    value[METRIC_OPS] = (int64_t)judgement->operations_count;
    value[METRIC_OK] = value[METRIC_ERRORS] = value[METRIC_HUNG] = value[METRIC_UNSUPPORTED] = 0;
    for (size_t i = 0; i < judgement->operations_count; i++) {
        enum answer answer = judgement->operations[i].answer;
        value[METRIC_OK] += answer == ANSWER_OK;
        value[METRIC_ERRORS] += answer == ANSWER_ERROR;
        value[METRIC_HUNG] += answer == ANSWER_NONE;
        value[METRIC_UNSUPPORTED] += answer == ANSWER_UNSUPPORTED;
    }
}

// For how long of that time a fault held the application itself still: that is no delay of the pool's.
static int64_t asleep_between(const struct judgement *judgement, int64_t from_us, int64_t to_us)
{
    int64_t asleep_us = 0;
    for (size_t i = 0; i < judgement->cell->scenario->faults_count; i++) {
        const struct fault_fact *fault = &judgement->faults[i];
        if (!stands_still(&judgement->cell->scenario->faults[i]) || !fault->applied)
            continue;
        int64_t start_us = fault->applied_us > from_us ? fault->applied_us : from_us;
        int64_t end_us = fault->reverted && fault->reverted_us < to_us ? fault->reverted_us : to_us;
        asleep_us += end_us > start_us ? end_us - start_us : 0;
    }
    return asleep_us;
}

static int64_t delay_of(const struct judgement *judgement, const struct operation_fact *operation)
{
    if (operation->answer == ANSWER_NONE)
        return METRIC_NEVER;
    if (operation->answer == ANSWER_UNSUPPORTED)
        return METRIC_ABSENT;
    int64_t delay_us = operation->answered_us - operation->sent_us - operation->work_us -
                       asleep_between(judgement, operation->sent_us, operation->answered_us);
    return delay_us > 0 ? delay_us : 0; // an error may come before the work is done
}

static void measure_delay(struct judgement *judgement)
{
    int64_t *longest_us = &judgement->verdict->metrics.value[METRIC_DELAY];
    for (size_t i = 0; i < judgement->operations_count; i++) {
        int64_t delay_us = delay_of(judgement, &judgement->operations[i]);
        if (delay_us > *longest_us)
            *longest_us = delay_us;
    }
}

static void measure_times(struct judgement *judgement)
{
    int64_t *value = judgement->verdict->metrics.value;
    int64_t *times = calloc(judgement->operations_count + 1, sizeof(*times));
    if (!times) {
        judgement->out_of_memory = true;
        return;
    }
    size_t answered = 0;
    for (size_t i = 0; i < judgement->operations_count; i++) {
        const struct operation_fact *operation = &judgement->operations[i];
        bool hung = operation->answer == ANSWER_NONE;
        if (operation->answer == ANSWER_UNSUPPORTED)
            continue;
        int64_t took_us = hung ? METRIC_NEVER : operation->answered_us - operation->sent_us;
        if (!hung)
            times[answered++] = took_us;
        if (took_us > value[METRIC_SLOWEST])
            value[METRIC_SLOWEST] = took_us;
    }
    qsort(times, answered, sizeof(*times), compare_times);
    if (answered > 0)
        value[METRIC_MEDIAN] = (times[(answered - 1) / 2] + times[answered / 2]) / 2;
    free(times);
}

static void measure_ledger(struct judgement *judgement)
{
    int64_t *value = judgement->verdict->metrics.value;
    value[METRIC_LOST] = value[METRIC_DUPLICATED] = value[METRIC_IN_DOUBT] = value[METRIC_TORN] = 0;
    for (size_t i = 0; i < judgement->operations_count; i++) {
        const struct operation_fact *operation = &judgement->operations[i];
        unsigned flaws = written_flaws(&operation->written, operation->answer == ANSWER_OK);
        value[METRIC_LOST] += (flaws & WRITE_LOST) != 0;
        value[METRIC_DUPLICATED] += (flaws & WRITE_DUPLICATED) != 0;
        value[METRIC_IN_DOUBT] += (flaws & WRITE_IN_DOUBT) != 0;
        value[METRIC_TORN] += (flaws & WRITE_TORN) != 0;
    }
    if (judgement->audited)
        value[METRIC_LEAKED_BACKENDS] = judgement->leaked_backends;
}

static bool has_heard(const struct operation_fact *listener, const char *key)
{
    for (size_t i = 0; i < json_array_size(listener->heard); i++) {
        const char *heard = json_string_value(json_array_get(listener->heard, i));
        if (heard && strcmp(heard, key) == 0)
            return true;
    }
    return false;
}

// Of what was committed while it listened, with a second at either end to get ready and to come through. Who
// was told that his connection is gone is not deaf: he knows.
static int64_t count_unheard(const struct judgement *judgement, const struct operation_fact *listener)
{
    int64_t unheard = 0, until_us = listener->sent_us + listener->work_us - LISTENER_GRACE_US;
    for (size_t i = 0; i < judgement->operations_count; i++) {
        const struct operation_fact *notify = &judgement->operations[i];
        if (strcmp(notify->name, NOTIFY) == 0 && notify->answer == ANSWER_OK && notify->written.stored > 0 &&
            notify->sent_us >= listener->sent_us + LISTENER_GRACE_US && notify->answered_us <= until_us)
            unheard += !has_heard(listener, notify->key);
    }
    return unheard;
}

static bool is_overdue(const struct operation_fact *operation)
{
    if (operation->within_us == 0 || operation->answer == ANSWER_UNSUPPORTED)
        return false;
    return operation->answer == ANSWER_NONE ||
           operation->answered_us - operation->sent_us >= operation->within_us + OVERDUE_US;
}

static void measure_words(struct judgement *judgement)
{
    int64_t *value = judgement->verdict->metrics.value;
    value[METRIC_DEAF] = value[METRIC_OVERDUE] = 0;
    for (size_t i = 0; i < judgement->operations_count; i++) {
        const struct operation_fact *operation = &judgement->operations[i];
        if (operation->heard && operation->answer == ANSWER_OK)
            value[METRIC_DEAF] += count_unheard(judgement, operation);
        value[METRIC_OVERDUE] += is_overdue(operation);
    }
}

static void measure_wire(int64_t *value, const struct wire_counts *wire)
{
    value[METRIC_RST_TO_APP] = wire->rst_to_app;
    value[METRIC_RST_TO_DB] = wire->rst_to_db;
    value[METRIC_FIN_TO_APP] = wire->fin_to_app;
    value[METRIC_FIN_TO_DB] = wire->fin_to_db;
    value[METRIC_SWALLOWED] = wire->swallowed;
    value[METRIC_ATTEMPTS] = wire->attempts;
}

void judgement_measure(struct judgement *judgement)
{
    const struct server_counts *server = judgement->evidence->server;
    int64_t *value = judgement->verdict->metrics.value;
    measure_answers(judgement);
    measure_times(judgement);
    measure_delay(judgement);
    judgement_measure_recovery(judgement);
    measure_ledger(judgement);
    measure_words(judgement);
    if (judgement->evidence->wire)
        measure_wire(value, judgement->evidence->wire);
    if (server) {
        value[METRIC_PINGS] = server->pings;
        value[METRIC_CONNECTS] = server->connects;
    }
}
