// What the families of actions share.
#include "base/event_wait.h"
#include "fault/server.h"
#include "lab/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void server_fault_note(struct lab *lab, const struct server_fault *fault, const char *event, pid_t pid)
{
    lab_event(lab, event, json_pack("{s:I, s:i}", "fault", fault->index, "pid", (int)pid));
}

int64_t server_fault_count_ended(struct lab *lab, const struct server_fault *fault)
{
    (void)lab;
    int64_t ended = 0;
    for (size_t i = 0; i < fault->targets_count; i++) {
        struct pollfd process = {.fd = fault->targets[i].pidfd, .events = POLLIN};
        struct error error = {0}; // one that cannot be asked is not known to have ended
        ended += event_wait_ms(&process, 1, 0, &error) && process.revents != 0;
    }
    return ended;
}

int64_t server_fault_count_lines(const char *text)
{
    char *line = NULL;
    size_t size = 0;
    int64_t count = 0;
    FILE *log = fopen(LAB_SERVER_LOG, "re");
    while (log != NULL && getline(&line, &size, log) > 0)
        count += strstr(line, text) != NULL;
    free(line);
    if (log != NULL)
        fclose(log);
    return count;
}
