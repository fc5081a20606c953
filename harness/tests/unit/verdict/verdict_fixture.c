// What tests of the verdict start from.
#include "tests/unit/verdict/verdict_fixture.h"

#include "base/duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct fault_kind silence = {.name = "silence"};

char text_both[] = "both", text_none[] = "none", text_any[] = "any", text_pre_ping[] = "pre-ping";

struct verdict_setup *verdict_setup_new(void)
{
    static char name[] = "idle/hung-up", path[] = PATH, claim[] = "c", subject[] = "pqpool:none",
                folder[] = "idle-hung-up--pqpool-none--7";
    static char *command[] = {subject, NULL}, *differs[] = {NULL};
    struct verdict_setup *setup = calloc(1, sizeof(*setup));
    for (int i = 0; i < 2; i++)
        setup->faults[i] = (struct fault_spec){.at_us = (i + 1) * US_PER_S,
            .kind = &silence,
            .argument = text_both,
            .for_us = 10 * US_PER_S,
            .line = 9 + i};
    setup->scenario = (struct scenario){.name = name,
        .path = path,
        .claim = claim,
        .network = {.rtt_us = 10000},
        .pool = {.size = 1, .workers = 1},
        .faults = setup->faults,
        .faults_count = 0,
        .run_for_us = 100 * US_PER_S,
        .expectations = setup->expectations};
    setup->cell = (struct cell){.name = folder,
        .scenario = &setup->scenario,
        .subject = subject,
        .strategy = text_none,
        .strategy_class = text_none,
        .command = command,
        .differs = differs};
    setup->wire = (struct wire_counts){.handshake_rtt_us = 10004, .forgotten_at_ns = -1};
    setup->server = (struct server_counts){.pings = 3, .connects = 2};
    return setup;
}

struct expectation expect_metric(char *strategy, enum metric metric, int64_t low, int64_t high, int line)
{
    return (struct expectation){
        .strategy = strategy, .metric = metric, .range = {.low = low, .high = high}, .line = line};
}

json_t *trace_of_lines(const char *lines)
{
    json_t *events = json_array();
    while (*lines) {
        size_t length = strcspn(lines, "\n");
        json_error_t why;
        json_t *event = json_loadb(lines, length, 0, &why);
        if (!event)
            fail_msg("%.*s: %s", (int)length, lines, why.text);
        json_array_append_new(events, event);
        lines += length + (lines[length] == '\n');
    }
    return events;
}

struct verdict *verdict_of_lines(const struct verdict_setup *setup, const char *lines)
{
    json_t *events = trace_of_lines(lines);
    struct verdict *verdict = verdict_judge(&setup->cell, events, &setup->wire, &setup->server);
    json_decref(events);
    assert_non_null(verdict);
    return verdict;
}

void assert_verdict(const struct verdict *verdict, enum outcome outcome, const char *const *reasons)
{
    for (size_t i = 0; i < verdict->reasons_count && reasons[i]; i++)
        assert_string_equal(verdict->reasons[i], reasons[i]);
    size_t count = 0;
    while (reasons[count])
        count++;
    if (verdict->reasons_count > count)
        fail_msg("unexpected: %s", verdict->reasons[count]);
    assert_int_equal(verdict->reasons_count, count);
    assert_string_equal(outcome_name(verdict->outcome), outcome_name(outcome));
}
