// The verdict on one cell, step by step.
#include "verdict/internal.h"

#include "trace/times.h"
#include "verdict/impact.h"

#include <stdlib.h>

// A scenario whose claim is false shows that the expectations can fail at all.
static void turn_control_round(struct judgement *judgement)
{
    struct verdict *verdict = judgement->verdict;
    if (verdict->outcome == OUTCOME_FAIL)
        verdict->outcome = OUTCOME_PASS;
    else if (verdict->outcome == OUTCOME_PASS)
        judgement_fail(judgement, "%s: negative control passed: the expectation cannot fail",
            judgement->cell->scenario->path);
}

// A cell in which something was left out says nothing about the pool, good or bad: it is skipped, as one
// whose program is missing.
static bool cannot_do(struct judgement *judgement)
{
    const char *word = NULL;
    int64_t count = judgement->verdict->metrics.value[METRIC_UNSUPPORTED];
    for (size_t i = 0; !word && i < judgement->operations_count; i++)
        if (judgement->operations[i].answer == ANSWER_UNSUPPORTED)
            word = judgement->operations[i].word;
    if (!word && !judgement->refused)
        return false;
    if (judgement->refused)
        judgement_note(judgement, "unsupported: %s", judgement->refused);
    else
        judgement_note(judgement,
            "unsupported: the adapter does not know '%s': %lld of %zu operations were not done", word,
            (long long)count, judgement->operations_count);
    judgement->verdict->outcome = OUTCOME_SKIP;
    for (int i = 0; i < METRIC_KINDS; i++) // the others would look like good values
        if (i != METRIC_UNSUPPORTED)
            judgement->verdict->metrics.value[i] = METRIC_ABSENT;
    return true;
}

static void judge_trace(struct judgement *judgement)
{
    judgement_read_trace(judgement);
    if (judgement->out_of_memory)
        return;
    judgement_measure(judgement);
    if (cannot_do(judgement))
        return;
    judgement_prove(judgement);
    if (judgement->verdict->outcome < OUTCOME_FAIL)
        judgement->verdict->impact = impact_of(&judgement->verdict->metrics);
    // Expectations of a cell that proves nothing would only hide why; and where the fault had nothing to hit
    // they ask for what did not happen.
    if (judgement->verdict->outcome == OUTCOME_PASS && !judgement->nothing_to_lose)
        judgement_expect(judgement);
    if (judgement->cell->scenario->must_fail)
        turn_control_round(judgement);
}

struct verdict *judge_evidence(const struct cell *cell, const struct evidence *evidence)
{
    struct judgement judgement = {.cell = cell,
        .evidence = evidence,
        .verdict = verdict_new(OUTCOME_PASS),
        .zero_us = trace_times_of(evidence->events).zero_us};
    if (!judgement.verdict)
        return NULL;
    judge_trace(&judgement);
    free(judgement.operations);
    free(judgement.keys);
    free(judgement.faults);
    if (!judgement.out_of_memory)
        return judgement.verdict;
    verdict_free(judgement.verdict);
    return NULL;
}

struct verdict *verdict_judge(const struct cell *cell, const json_t *events, const struct wire_counts *wire,
    const struct server_counts *server)
{
    if (cell->missing)
        return verdict_without_trace(OUTCOME_SKIP, cell->missing);
    struct evidence evidence = {
        .events = events,
        .wire = wire,
        .server = server,
        .wire_missing = "capture.pcap: missing: nobody knows what the wire saw",
        .server_missing = "postgres.log: missing: pings and connects are not counted",
    };
    return judge_evidence(cell, &evidence);
}
