// The strip for a browser: one file, without a script, that can be passed on. Each moment leads to its cell.
#include "base/duration.h"
#include "base/xml.h"
#include "sweep/report.h"

#include <inttypes.h>
#include <string.h>

static const char head[] =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\">\n"
    "<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<title>hangup sweep</title>\n"
    "<style>\n"
    ":root { color-scheme: light dark; --page: light-dark(#fdfdfc, #12151b); --ink: light-dark(#1b2230, #e6e9ef);"
    " --dim: light-dark(#59616f, #a3abba); --line: light-dark(#dcdfe5, #303744); }\n"
    "body { margin: 24px; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }\n"
    "section { margin-bottom: 40px; }\n"
    "h1 { font-size: 20px; }\n"
    "h2 { font-size: 17px; margin-bottom: 2px; }\n"
    "p { margin: 2px 0 10px; color: var(--dim); }\n"
    ".strip { display: flex; flex-wrap: wrap; gap: 2px 1px; margin: 10px 0; }\n"
    ".m { min-width: 20px; padding: 5px 3px; text-align: center; font: 13px ui-monospace, monospace;"
    " text-decoration: none; border: 1px solid var(--line); }\n"
    ".m:hover, .m:focus-visible { outline: 2px solid var(--ink); }\n"
    ".clean { background: light-dark(#e6f3ea, #1a2a22); color: light-dark(#26523a, #a8d0b8); }\n"
    ".delayed { background: light-dark(#fbe29a, #5d4c10); color: light-dark(#4a3800, #ffe9a8); }\n"
    ".errors { background: light-dark(#f0a35b, #96500f); color: light-dark(#2f1600, #fff4ea); }\n"
    ".stuck { background: light-dark(#8f4fa8, #c792e0); color: light-dark(#ffffff, #240a2e); }\n"
    ".data { background: light-dark(#96102f, #ff7d92); color: light-dark(#ffffff, #33000b); }\n"
    "table { border-collapse: collapse; margin: 10px 0; }\n"
    "td, th { text-align: left; vertical-align: top; padding: 3px 14px 3px 0; border-bottom: 1px solid var(--line); }\n"
    "th { color: var(--dim); font-weight: normal; font-size: 13px; }\n"
    "td.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }\n"
    "code { font: 13px ui-monospace, monospace; }\n"
    "</style>\n"
    "<h1>What becomes of it, by the moment of the fault</h1>\n"
    "<p>One letter for each moment between two packets; each leads to its cell. "
    "<code>hangup why CELL</code> tells what happened there.</p>\n";

// The word before the colon: "data" of "data: 1 ok, 1 duplicated".
static void print_impact_class(FILE *file, const char *outcome)
{
    const size_t length = strcspn(outcome, ":");
    if (length < 16 && strchr(outcome, ' ') == outcome + length + 1)
        fprintf(file, "%.*s", (int)length, outcome);
}

static const char *outcome_of(const struct sweep *sweep, size_t point)
{
    const size_t class = sweep->class_of[point];
    return class == SWEEP_NOT_RUN ? "not run" : sweep->classes.items[class].words;
}

static void print_letter(FILE *file, const struct sweep *sweep, size_t point)
{
    char dir[SWEEP_DIR_SIZE];
    const struct sweep_point *moment = &sweep->points.items[point];
    const char *outcome = outcome_of(sweep, point);
    fputs("<a class=\"m ", file);
    print_impact_class(file, outcome);
    fprintf(file, "\" href=\"%s/\" title=\"%.6f s, ", sweep_point_dir(sweep, point, dir),
        (double)moment->at_us / US_PER_S);
    xml_print(file, moment->words);
    fputs("&#10;", file);
    xml_print(file, outcome);
    fprintf(file, "\">%c</a>\n", sweep_letter(sweep->class_of[point]));
}

static void print_outcomes(FILE *file, const struct sweep *sweep)
{
    fputs("<table>\n<tr><th></th><th>moments</th><th>outcome</th></tr>\n", file);
    for (size_t i = 0; i < sweep->classes.count; i++) {
        const struct sweep_class *class = &sweep->classes.items[i];
        fputs("<tr><td class=\"m ", file);
        print_impact_class(file, class->words);
        fprintf(file, "\">%c</td><td class=\"number\">%zu</td><td>", sweep_letter(i), class->count);
        xml_print(file, class->words);
        if (i == 0)
            fprintf(file, " (%s)", sweep_calm_words(sweep));
        fputs("</td></tr>\n", file);
    }
    fputs("</table>\n", file);
}

static void print_turns_of_page(FILE *file, const struct sweep *sweep)
{
    fputs("<table>\n<tr><th>from here on</th><th>time</th><th>the fault comes</th></tr>\n", file);
    for (size_t i = 0, before; i < sweep->points.count; i++) {
        if (!sweep_turns_at(sweep, i, &before))
            continue;
        fprintf(file, "<tr><td>%c</td><td class=\"number\">%.6f s</td><td>", sweep_letter(sweep->class_of[i]),
            (double)sweep->points.items[i].at_us / US_PER_S);
        xml_print(file, sweep->points.items[i].words);
        fputs("</td></tr>\n", file);
    }
    fputs("</table>\n", file);
}

static void print_about(FILE *file, const struct sweep *sweep)
{
    fputs("<h2>", file);
    xml_print(file, sweep->title.scenario);
    fputs(", ", file);
    xml_print(file, sweep->title.who);
    fprintf(file, ", seed %" PRIu64 "</h2>\n<p>%s at %zu moments between %zu packets", sweep->title.seed,
        sweep->title.fault, sweep->points.count, sweep->points.packets);
    if (sweep->not_run > 0)
        fprintf(file, ", %zu of them not run", sweep->not_run);
    if (sweep->title.given != NULL) {
        fputs(", after ", file);
        xml_print(file, sweep->title.given);
    }
    fputc('.', file);
    if (sweep->retry != SWEEP_RETRY_NONE) {
        fprintf(file, " %s: ", sweep_retry_words(sweep->retry));
        if (sweep->unsupported != NULL)
            xml_print(file, sweep->unsupported);
        else
            fprintf(
                file, "doubled at %zu of %zu moments", sweep->doubled, sweep->points.count - sweep->not_run);
        fputc('.', file);
    }
    fputs("</p>\n", file);
}

void sweep_print_page(FILE *file, const struct sweep *sweeps, size_t count)
{
    fputs(head, file);
    for (size_t i = 0; i < count; i++) {
        fputs("<section>\n", file);
        print_about(file, &sweeps[i]);
        if (sweeps[i].points.count > 0) {
            fputs("<div class=\"strip\">\n", file);
            for (size_t point = 0; point < sweeps[i].points.count; point++)
                print_letter(file, &sweeps[i], point);
            fputs("</div>\n", file);
            print_outcomes(file, &sweeps[i]);
            print_turns_of_page(file, &sweeps[i]);
        }
        fputs("</section>\n", file);
    }
    fputs("</html>\n", file);
}
