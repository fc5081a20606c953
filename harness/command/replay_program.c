// Traces and output, byte by byte.
#include "command/replay_program.h"

#include "base/directory.h"
#include "base/sha256.h"
#include "command/command.h"
#include "contract/cell_files.h"
#include "contract/program.h"
#include "exec/again.h"
#include "result/difference.h"
#include "trace/event.h"
#include "trace/times.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool replay_compare_file(const struct folder *stored, const struct folder *now, const char *name)
{
    char then_digest[DIGEST_TEXT_SIZE], now_digest[DIGEST_TEXT_SIZE];
    if (!folder_has(stored, name) && !folder_has(now, name))
        return true;
    digest_file_in(stored, name, then_digest);
    digest_file_in(now, name, now_digest);
    bool equal = then_digest[0] != '\0' && strcmp(then_digest, now_digest) == 0;
    printf("%-13s %s  %s\n", name, equal ? "same     " : "different", then_digest);
    if (!equal)
        printf("%-13s %s  %s\n", "", "now      ", now_digest);
    return equal;
}

// What can be told of it: a file that cannot be read is told as that.
static void show_differences(const struct folder *stored, const struct folder *now, bool events, bool packets)
{
    struct error error = {0};
    json_t *trace = trace_event_read_in(stored, &error);
    const int64_t zero_us = trace != NULL ? trace_times_of(trace).zero_us : -1;
    json_decref(trace);
    bool shown = (events || difference_of_events(stored, now, stdout, &error)) &&
                 (packets || difference_of_packets(stored, now, zero_us < 0 ? 0 : zero_us, stdout, &error));
    if (!shown)
        command_say(&error);
}

bool replay_compare_traces(const struct folder *stored, const struct folder *now, bool events_count)
{
    bool events = !events_count || replay_compare_file(stored, now, CELL_EVENTS_FILE);
    bool packets = replay_compare_file(stored, now, CELL_CAPTURE_FILE);
    if (!events || !packets)
        show_differences(stored, now, events, packets);
    return events && packets;
}

static int compare_program(const struct folder *stored, const char *again_path, bool exact)
{
    static const char *const outputs[] = {EXEC_OUTPUT_FILE, EXEC_ERROR_FILE, EXEC_TERMINAL_FILE};
    struct folder now;
    struct error error = {0};
    if (!folder_open(&now, again_path, ERROR_LAB, &error))
        return command_fail(&error);
    bool same = true;
    for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++)
        same = replay_compare_file(stored, &now, outputs[i]) && same;
    same = replay_compare_traces(stored, &now, exact) && same;
    folder_close(&now);
    puts(same ? "the same bytes again" : "not the same bytes");
    if (same)
        folder_remove(again_path);
    else
        printf("%s\n", again_path);
    return same ? EXIT_AS_EXPECTED : EXIT_FAILED;
}

int replay_program(const struct folder *stored, const struct cell *cell, char again_path[static PATH_MAX])
{
    struct error error = {0};
    char absolute[PATH_MAX];
    bool exact = true;
    if (!exec_again_can(stored, &error))
        return command_fail(&error);
    if (mkdtemp(again_path) == NULL || realpath(again_path, absolute) == NULL) {
        error_set_errno(&error, ERROR_LAB, "%s", again_path);
        return command_fail(&error);
    }
    if (exec_run_again(stored, cell, absolute, stderr, &exact, &error))
        return compare_program(stored, absolute, exact);
    folder_remove(absolute);
    return command_fail(&error);
}
