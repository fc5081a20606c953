// What was found about the pools, held against the cells of a run.
#include "result/league.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct subject_condition *broken_condition(
    const struct subject_finding *finding, const struct cell_result *cell)
{
    for (size_t i = 0; i < finding->conditions_count; i++) {
        const struct subject_condition *condition = &finding->conditions[i];
        if (!metric_is_in(cell->verdict->metrics.value[condition->metric], condition->range))
            return condition;
    }
    return NULL;
}

bool league_add_findings(
    struct league *league, const struct subject *const *subjects, size_t count, const char *const *selection)
{
    size_t all = 0;
    for (size_t i = 0; i < count; i++)
        all += subjects[i]->findings_count;
    league->findings = calloc(all + 1, sizeof(*league->findings));
    for (size_t i = 0; league->findings && i < count; i++) {
        for (size_t j = 0; j < subjects[i]->findings_count; j++) {
            const struct subject_finding *finding = &subjects[i]->findings[j];
            char name[256];
            snprintf(name, sizeof(name), "%s:%s", subjects[i]->name, finding->strategy);
            if (!league_is_selected(name, selection))
                continue;
            const struct cell_result *cell = league_cell(league, finding->scenario, name);
            if (cell && !league_ran(cell))
                cell = NULL;
            league->findings[league->findings_count++] = (struct league_finding){
                subjects[i], finding, cell, cell ? broken_condition(finding, cell) : NULL};
        }
    }
    return league->findings != NULL;
}

static void print_value(FILE *file, const char *name, const struct cell_result *cell)
{
    char value[METRIC_TEXT_SIZE];
    enum metric metric;
    if (strcmp(name, "error") == 0)
        fputs(cell->texts.count > 0 ? cell->texts.items[0].text : "no error", file);
    else if (metric_by_name(name, &metric))
        fputs(metric_format(metric, cell->verdict->metrics.value[metric], value), file);
}

char *league_finding_text(const struct league_finding *finding)
{
    char *text;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    if (!file)
        return NULL;
    const char *at = finding->finding->says;
    for (size_t plain = strcspn(at, "{"); *at; plain = strcspn(at, "{")) {
        fwrite(at, 1, plain, file);
        at += plain;
        if (*at) {
            char name[64];
            snprintf(name, sizeof(name), "%.*s", (int)strcspn(at + 1, "}"), at + 1);
            print_value(file, name, finding->cell);
            at = strchr(at, '}') + 1; // the manifest's reader has seen to it
        }
    }
    if (fclose(file) == 0)
        return text;
    free(text);
    return NULL;
}

size_t league_broken_findings(const struct league *league)
{
    size_t broken = 0;
    for (size_t i = 0; i < league->findings_count; i++)
        broken += league->findings[i].broken != NULL;
    return broken;
}
