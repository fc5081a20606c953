// One scenario, a cell of it and the lines of its trace, for tests of the verdict.
#ifndef HANGUP_TESTS_UNIT_VERDICT_VERDICT_FIXTURE_H
#define HANGUP_TESTS_UNIT_VERDICT_VERDICT_FIXTURE_H

#include "verdict/verdict.h"

#define PATH "scenarios/idle/hung-up.yaml"

// Lines of a trace; times in microseconds. An operation writes the key "k<id>".
#define READY(driver)                                                                                        \
    "{\"at_us\":-1,\"event\":\"subject-ready\",\"version\":\"1\",\"driver\":\"" driver "\"}\n"
#define START "{\"at_us\":0,\"event\":\"start\"}\n"
#define SENT(at, id)                                                                                         \
    "{\"at_us\":" #at ",\"event\":\"op-sent\",\"id\":" #id ",\"do\":\"insert\",\"key\":\"k" #id "\"}\n"
#define READ(at, id) "{\"at_us\":" #at ",\"event\":\"op-sent\",\"id\":" #id ",\"do\":\"read\"}\n"
#define OK(at, id)   "{\"at_us\":" #at ",\"event\":\"op-answered\",\"id\":" #id ",\"ok\":true,\"backend\":1}\n"
#define ERROR(at, id, text)                                                                                  \
    "{\"at_us\":" #at ",\"event\":\"op-answered\",\"id\":" #id ",\"ok\":false,\"error\":\"" text             \
    "\",\"kind\":\"E\",\"sqlstate\":null}\n"
#define ROW(id, count) "{\"at_us\":99000000,\"event\":\"row\",\"key\":\"k" #id "\",\"count\":" #count "}\n"
#define LEAKED(count)  "{\"at_us\":99000000,\"event\":\"leaked-backends\",\"count\":" #count "}\n"
#define END            "{\"at_us\":100000000,\"event\":\"end\",\"reason\":\"run_for\"}\n"
#define APPLIED(at, index)                                                                                   \
    "{\"at_us\":" #at ",\"event\":\"fault-applied\",\"fault\":" #index ",\"kind\":\"silence\"}\n"
#define UNOPPOSED(at, index, count)                                                                          \
    "{\"at_us\":" #at ",\"event\":\"fault-applied\",\"fault\":" #index                                       \
    ",\"kind\":\"silence\",\"connections\":" #count "}\n"
#define REVERTED(at, index, hits)                                                                            \
    "{\"at_us\":" #at ",\"event\":\"fault-reverted\",\"fault\":" #index ",\"hits\":" #hits "}\n"
#define INJECTED(at, index)                                                                                  \
    "{\"at_us\":" #at ",\"event\":\"rst-injected\",\"fault\":" #index ",\"to\":\"app\"}\n"

// A calm cell of `none` whose scenario has two silences (lines 9 and 10: 10 s from second 1 and 2 on), of
// which none counts yet: each test changes what it is about.
struct verdict_setup {
    struct fault_spec faults[2];
    struct expectation expectations[4];
    struct scenario scenario;
    struct cell cell;
    struct wire_counts wire;
    struct server_counts server;
};

// What scenarios call a class, and a fault's direction.
extern char text_both[], text_none[], text_any[], text_pre_ping[];

// Freed with free().
struct verdict_setup *verdict_setup_new(void);
struct expectation expect_metric(char *strategy, enum metric metric, int64_t low, int64_t high, int line);

json_t *trace_of_lines(const char *lines);
struct verdict *verdict_of_lines(const struct verdict_setup *setup, const char *lines);

void assert_verdict(const struct verdict *verdict, enum outcome outcome, const char *const *reasons);
#define REASONS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define NO_REASONS   ((const char *const[]){NULL})

#endif
