// What `hangup doctor` prints, and the exit status that follows from it.
#include "host/doctor.h"

#include "base/invocation.h"
#include "base/terminal.h"

static const char *const state_names[] = {
    [DOCTOR_OK] = "ok", [DOCTOR_MISSING] = "missing", [DOCTOR_NO] = "no"};

#define INDENT 25 // of what is said about a finding

static void print_doctor_finding(FILE *out, const struct doctor_finding *finding, int width)
{
    int column = fprintf(out, "%-7s %-16s ", state_names[finding->state], finding->what);
    terminal_print(out, finding->detail, column, INDENT, width);
    if (finding->state != DOCTOR_OK && finding->fix[0] != '\0') {
        column = fprintf(out, "%*sfix: ", INDENT, "");
        terminal_command(out, finding->fix, column, INDENT + 2, width);
    }
    if (finding->state != DOCTOR_OK && finding->hint[0] != '\0')
        terminal_print(out, finding->hint, fprintf(out, "%*s", INDENT, ""), INDENT, width);
}

bool doctor_print(FILE *out, const struct doctor_findings *findings)
{
    bool able = true;
    int width = terminal_width(out);
    for (size_t i = 0; i < findings->count; i++) {
        const struct doctor_finding *finding = &findings->all[i];
        print_doctor_finding(out, finding, width);
        if (finding->required && finding->state != DOCTOR_OK)
            able = false;
    }
    if (!able) {
        fputs("The labs virtual and realtime cannot run yet.\n", out);
        return false;
    }
    fputs("The labs virtual and realtime can run. To begin with:\n", out);
    fprintf(
        out, "  %s run idle/hung-up --subject pqpool:none --subject pqpool:pre-ping\n", invocation_name());
    return true;
}

int doctor_report(FILE *out, const struct paths *paths)
{
    struct doctor_findings findings = {.count = 0};
    doctor_examine(&findings, paths);
    return doctor_print(out, &findings) ? 0 : 1;
}
