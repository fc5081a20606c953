// What `hangup doctor` prints, and the exit status that follows from it.
#include "host/doctor.h"

static const char *const state_names[] = {
    [DOCTOR_OK] = "ok", [DOCTOR_MISSING] = "missing", [DOCTOR_NO] = "no"};

bool doctor_print(FILE *out, const struct doctor_findings *findings)
{
    bool able = true;
    for (size_t i = 0; i < findings->count; i++) {
        const struct doctor_finding *finding = &findings->all[i];
        fprintf(out, "%-8s %-18s %s\n", state_names[finding->state], finding->what, finding->detail);
        if (finding->state != DOCTOR_OK && finding->fix[0] != '\0')
            fprintf(out, "%-8s %-18s fix: %s\n", "", "", finding->fix);
        if (finding->required && finding->state != DOCTOR_OK)
            able = false;
    }
    fputs(able ? "The labs virtual and realtime can run: make run\n"
               : "The labs virtual and realtime cannot run yet.\n",
        out);
    return able;
}

int doctor_report(FILE *out, const struct paths *paths)
{
    struct doctor_findings findings = {.count = 0};
    doctor_examine(&findings, paths);
    return doctor_print(out, &findings) ? 0 : 1;
}
