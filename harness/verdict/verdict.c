// Verdicts: making them, giving them reasons, ending them.
#include "verdict/internal.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define REASONS_MAX 100 // a ledger gone wrong has thousands; nobody reads them

static const char *const outcome_names[] = {
    [OUTCOME_PASS] = "pass",
    [OUTCOME_SKIP] = "skip",
    [OUTCOME_FAIL] = "fail",
    [OUTCOME_ERROR] = "error",
};

const char *outcome_name(enum outcome outcome)
{
    return outcome_names[outcome];
}

struct verdict *verdict_new(enum outcome outcome)
{
    struct verdict *verdict = calloc(1, sizeof(*verdict));
    if (!verdict)
        return NULL;
    verdict->outcome = outcome;
    verdict->impact = IMPACT_UNKNOWN;
    for (int metric = 0; metric < METRIC_KINDS; metric++)
        verdict->metrics.value[metric] = METRIC_ABSENT;
    return verdict;
}

// Takes over `reason`.
static bool add_reason(struct verdict *verdict, char *reason)
{
    char **grown = realloc(verdict->reasons, (verdict->reasons_count + 1) * sizeof(*grown));
    if (!grown) {
        free(reason);
        return false;
    }
    verdict->reasons = grown;
    grown[verdict->reasons_count++] = reason;
    return true;
}

bool verdict_add_reason(struct verdict *verdict, const char *text)
{
    char *reason = text_one_line(text);
    return reason != NULL && add_reason(verdict, reason);
}

static void note_failure(struct judgement *judgement, const char *format, va_list arguments)
{
    char *text;
    if (judgement->verdict->reasons_count > REASONS_MAX)
        return;
    if (judgement->verdict->reasons_count == REASONS_MAX)
        format = "and more like these";
    if (vasprintf(&text, format, arguments) < 0) {
        judgement->out_of_memory = true;
        return;
    }
    char *reason = judgement_copy(judgement, text);
    free(text);
    if (reason && !add_reason(judgement->verdict, reason))
        judgement->out_of_memory = true;
}

void judgement_note(struct judgement *judgement, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    note_failure(judgement, format, arguments);
    va_end(arguments);
}

void judgement_error(struct judgement *judgement, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    note_failure(judgement, format, arguments);
    va_end(arguments);
    judgement->verdict->outcome = OUTCOME_ERROR;
}

void judgement_fail(struct judgement *judgement, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    note_failure(judgement, format, arguments);
    va_end(arguments);
    if (judgement->verdict->outcome < OUTCOME_FAIL)
        judgement->verdict->outcome = OUTCOME_FAIL;
}

char *judgement_copy(struct judgement *judgement, const char *text)
{
    char *copy = text ? text_one_line(text) : NULL;
    if (text && !copy)
        judgement->out_of_memory = true;
    return copy;
}

struct verdict *verdict_without_trace(enum outcome outcome, const char *reason)
{
    struct verdict *verdict = verdict_new(outcome);
    char *copy = text_one_line(reason);
    if (verdict && copy && add_reason(verdict, copy))
        return verdict;
    if (!verdict)
        free(copy);
    verdict_free(verdict);
    return NULL;
}

void verdict_free(struct verdict *verdict)
{
    if (!verdict)
        return;
    for (size_t i = 0; i < verdict->reasons_count; i++)
        free(verdict->reasons[i]);
    for (size_t i = 0; i < verdict->errors_count; i++) {
        free(verdict->errors[i].operation);
        free(verdict->errors[i].text);
        free(verdict->errors[i].kind);
        free(verdict->errors[i].sqlstate);
    }
    free(verdict->reasons);
    free(verdict->errors);
    free(verdict->version);
    free(verdict->driver);
    free(verdict);
}
