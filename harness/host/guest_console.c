// Lines of a console, put together from pieces.
#include "host/guest_console.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

// More than a year of virtual time: no cell lasts so long (DURATION_MAX_US), and it leaves room for
// microseconds.
#define VIRTUAL_MAX_S     100000000
#define HEARTBEAT_EVERY_S 10

void guest_console_init(struct guest_console *console)
{
    *console = (struct guest_console){.virtual_s = -1};
}

// The digits must fill the line, and stand for a multiple of ten: PID 1 says it every ten seconds.
static bool read_sign(const char *line, int64_t *seconds)
{
    int64_t value = 0;
    if (strncmp(line, "@ ", 2) != 0 || line[2] == '\0' || (line[2] == '0' && line[3] != '\0'))
        return false;
    for (const char *digit = line + 2; *digit != '\0'; digit++) {
        if (!isdigit((unsigned char)*digit) || value > VIRTUAL_MAX_S)
            return false;
        value = value * 10 + (*digit - '0');
    }
    *seconds = value;
    return value <= VIRTUAL_MAX_S && value % HEARTBEAT_EVERY_S == 0;
}

// Each process of a guest is one of the host's, which the guest's kernel steers. When it finds one gone that
// it has not ended itself, it complains like this and ends what ran in it, as if that had crashed.
static bool tells_of_a_loss(const char *line)
{
    static const char *const begins[] = {"userspace - ", "wait_stub_done : ", "wait_stub_done_seccomp : ",
        "start_userspace : ", "Kernel panic - not syncing: do_syscall_stub : ",
        "Kernel panic - not syncing: Failed to continue stub"};
    for (size_t i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
        if (strncmp(line, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

static bool take_console_line(struct guest_console *console)
{
    int64_t seconds;
    bool cut = console->length >= sizeof(console->line);
    console->line[cut ? sizeof(console->line) - 1 : console->length] = '\0';
    console->length = 0;
    if (!cut && read_sign(console->line, &seconds) && seconds > console->virtual_s) {
        console->virtual_s = seconds;
        return true;
    }
    if (console->lost[0] == '\0' && tells_of_a_loss(console->line))
        memcpy(console->lost, console->line, sizeof(console->lost));
    return false;
}

bool guest_console_feed(struct guest_console *console, const char *text, size_t length)
{
    bool alive = false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n')
            alive = take_console_line(console) || alive;
        else if (text[i] == '\r' || console->length >= sizeof(console->line))
            continue; // the end of a line that is too long to mean anything
        else
            console->line[console->length++] = text[i];
    }
    return alive;
}
