// Fuzzes events.jsonl: whatever happened, it is refused with file and line, or judged with a reason for all
// that is no pass.
#include "fuzz/fuzz.h"
#include "trace/event.h"
#include "trace/times.h"
#include "verdict/verdict.h"

static const char yaml[] =
    "claim: c\nnetwork: {rtt: 10ms}\nworkload: [{at: 1s, insert: 2, every: 1s}]\nrun_for: 60s\n"
    "faults: [{at: 1s, rst: both}, {at: 5s, silence: both, for: 2s}]\n"
    "expect: {any: {errors: 0, slowest: <5s, says: reset}}\n";

static struct cell *make_cell(void)
{
    static const char *const command[] = {"/bin/true", NULL};
    struct error error = {0};
    struct scenario *scenario = scenario_parse("scenarios/idle/x.yaml", yaml, strlen(yaml), &error);
    require(scenario != NULL);
    return cell_of_program(scenario, "p:none", (char *const *)command, 7, LAB_VIRTUAL, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char path[] = "cell/events.jsonl";
    static struct cell *cell;
    struct error error = {0};
    if (size == 0)
        return 0;
    if (cell == NULL)
        cell = make_cell();
    struct folder_file file = fuzz_file(path, data, size);
    json_t *events = trace_event_read(&file, &error);
    folder_close_file(&file);
    if (events == NULL) {
        require(strncmp(error.text, path, strlen(path)) == 0);
        return 0;
    }
    int64_t syn_at_ns = 2000000000;
    struct trace_times times = trace_times_of(events);
    struct wire_counts wire = {.handshake_rtt_us = 10000, .syns_at_ns = &syn_at_ns, .syns_count = 1};
    struct server_counts server = {.connects = 1};
    require(trace_times_over_ns(&times) >= 0 || times.over_us < 0);
    struct verdict *verdict = verdict_judge(cell, events, &wire, &server);
    require(verdict != NULL && (verdict->outcome == OUTCOME_PASS || verdict->reasons_count > 0));
    verdict_free(verdict);
    json_decref(events);
    return 0;
}
