// The league's page: who does best, what was found, every scenario, and how to see it again.
#include "report/league.h"

#include "base/atomic_file.h"
#include "base/duration.h"
#include "base/markdown.h"
#include "base/markdown_table.h"
#include "report/internal.h"
#include "verdict/impact.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MATRIX_COLUMNS 8
#define BEST_SHOWN     3

static void print_league_table(FILE *file, struct markdown_table *table)
{
    if (!table || !markdown_table_print(file, table))
        fputs("(out of memory for this table)\n", file);
    markdown_table_free(table);
}

static size_t rows_that_ran(const struct league *league)
{
    size_t count = 0;
    while (count < league->rows_count && league->rows[count].scenarios > 0)
        count++;
    return count;
}

// The one subject all rows are of, or NULL.
static const char *common_subject(const struct league *league, char name[static 64])
{
    if (league->rows_count == 0)
        return NULL;
    snprintf(name, 64, "%.*s", (int)strcspn(league->rows[0].subject, ":"), league->rows[0].subject);
    for (size_t i = 0; i < league->rows_count; i++)
        if (strncmp(league->rows[i].subject, name, strlen(name)) != 0 ||
            league->rows[i].subject[strlen(name)] != ':')
            return NULL;
    return name;
}

static void print_one_heading(FILE *file, const char *name, size_t ran, size_t scenarios)
{
    fputs("# ", file);
    markdown_print_text(file, name);
    fprintf(file, ": %zu strategies under %zu scenarios\n\n", ran, scenarios);
}

static void print_heading(FILE *file, const struct league *league)
{
    char name[64];
    const char *one = common_subject(league, name);
    size_t ran = rows_that_ran(league);
    if (one)
        print_one_heading(file, one, ran, league->scenarios);
    else
        fprintf(file, "# The league: %zu pools and settings under %zu scenarios\n\n", ran, league->scenarios);
    fprintf(file,
        "What the application suffered in a scenario is its *impact*, the worst of it: clean < delayed (5 s or\n"
        "more) < errors < stuck (a minute or more, never answered, or never recovered) < data (lost or doubled).\n"
        "A pool is *good* where its impact is as good as any pool can have it there; the scenario says how good\n"
        "that is. Of %zu scenarios %zu can be had clean.\n",
        league->scenarios, league->avoidable);
    for (size_t i = 0; i < ran && i < BEST_SHOWN; i++) {
        fputs(i == 0 ? "Best: " : ", ", file);
        markdown_print_code(file, league->rows[i].subject);
        fprintf(file, " (%zu)", league->rows[i].good);
    }
    fputs(".\n", file);
}

static void add_pool_row(struct markdown_table *table, const struct league_row *row)
{
    markdown_table_add_text(table, row->subject);
    markdown_table_add_text(table, row->version ? row->version : "-");
    markdown_table_add(table, "%zu", row->good);
    for (int impact = IMPACT_CLEAN; impact < IMPACTS; impact++)
        markdown_table_add(table, "%zu", row->impacts[impact]);
    char value[METRIC_TEXT_SIZE];
    markdown_table_add(table, "%s", metric_format(METRIC_MEDIAN, row->price_us, value));
}

// Their sums must not be compared with the others'.
static void print_incomplete(FILE *file, const struct league *league, size_t ran)
{
    const char *before = "\nLast, because they did not run in every scenario:";
    for (size_t i = 0; i < ran; i++) {
        const struct league_row *row = &league->rows[i];
        if (row->scenarios == league->scenarios)
            continue;
        fprintf(file, "%s ", before);
        markdown_print_text(file, row->subject);
        fprintf(file, " (%zu)", row->scenarios);
        before = ",";
    }
    if (*before == ',')
        fputs(".\n", file);
}

static void print_ranking(FILE *file, const struct league *league)
{
    static const char *const titles[] = {"pool:strategy", "version", ">good", ">clean", ">delayed", ">errors",
        ">stuck", ">data", ">median", NULL};
    struct markdown_table *table = markdown_table_new(titles);
    size_t ran = rows_that_ran(league);
    for (size_t i = 0; table && i < ran; i++)
        add_pool_row(table, &league->rows[i]);
    fputc('\n', file);
    print_league_table(file, table);
    fputs("\n"
          "Scenarios, by impact. median: what an operation takes when nothing fails (" LEAGUE_PRICE_SCENARIO
          ", a path of 10 ms).\n",
        file);
    print_incomplete(file, league, ran);
    if (ran < league->rows_count)
        fputs("\nNot ready on this machine, so not run:", file);
    for (size_t i = ran; i < league->rows_count; i++) {
        fputc(' ', file);
        markdown_print_text(file, league->rows[i].subject);
    }
    if (ran < league->rows_count)
        fputs(".\n", file);
}

#define FIGURE_TITLE_SIZE 32

static char *figure_title(enum fear fear, char title[static FIGURE_TITLE_SIZE])
{
    bool worst = !fear_metric_is_summed(fear) && fear != FEAR_PRICE; // that is of one scenario
    snprintf(title, FIGURE_TITLE_SIZE, ">%s%s", worst ? "worst " : "", metric_name(fear_metric(fear)));
    return title;
}

static void add_group_row(struct markdown_table *table, const struct league_row *row, enum fear fear)
{
    char value[METRIC_TEXT_SIZE];
    const struct league_group *group = &row->groups[fear];
    markdown_table_add_text(table, row->subject);
    markdown_table_add(table, "%s", impact_name(group->best));
    markdown_table_add(table, "%s", impact_name(group->worst));
    markdown_table_add(table, "%zu of %zu", group->good, group->scenarios);
    markdown_table_add(table, "%s", metric_format(fear_metric(fear), group->figure, value));
}

// In the order of the whole, so that a pool is found at the same place in each.
static void print_group(FILE *file, const struct league *league, enum fear fear)
{
    char figure[FIGURE_TITLE_SIZE];
    const char *const titles[] = {
        "pool:strategy", "best", "worst", ">good", figure_title(fear, figure), NULL};
    struct markdown_table *table = NULL;
    for (size_t i = 0; i < rows_that_ran(league); i++) {
        if (league->rows[i].groups[fear].scenarios == 0)
            continue;
        if (!table) {
            fprintf(file, "\n## %s\n\n", fear_title(fear));
            table = markdown_table_new(titles);
        }
        if (table)
            add_group_row(table, &league->rows[i], fear);
    }
    if (table)
        print_league_table(file, table);
}

static void print_broken(FILE *file, const struct league_finding *finding)
{
    char expected[RANGE_TEXT_SIZE], actual[METRIC_TEXT_SIZE];
    enum metric metric = finding->broken->metric;
    fprintf(file, " **No longer so: %s: expected %s, actual %s (%s:%d).**", metric_name(metric),
        metric_range_format(metric, finding->broken->range, expected),
        metric_format(metric, finding->cell->verdict->metrics.value[metric], actual), finding->subject->path,
        finding->finding->line);
}

static void print_finding(FILE *file, const struct league_finding *finding)
{
    char *text = league_finding_text(finding);
    fprintf(file, "- **%s:%s** %s (`%s`).", finding->subject->name, finding->finding->strategy,
        text ? text : finding->finding->says, finding->finding->scenario);
    if (finding->broken)
        print_broken(file, finding);
    fputc('\n', file);
    free(text);
}

static void print_findings(FILE *file, const struct league *league)
{
    const char *before = "\nNot in this run:";
    fputs("\n## What was found\n\n", file);
    for (size_t i = 0; i < league->findings_count; i++)
        if (league->findings[i].cell)
            print_finding(file, &league->findings[i]);
    for (size_t i = 0; i < league->findings_count; i++) {
        const struct league_finding *finding = &league->findings[i];
        if (finding->cell)
            continue;
        fprintf(file, "%s `%s` with %s:%s", before, finding->finding->scenario, finding->subject->name,
            finding->finding->strategy);
        before = ",";
    }
    if (*before == ',')
        fputs(".\n", file);
}

struct words {
    FILE *file;
    bool any;
};

static void say_of_league(struct words *words, int64_t count, const char *what)
{
    if (count > 0)
        fprintf(words->file, "%s%" PRId64 " %s", words->any ? ", " : "", count, what);
    words->any = words->any || count > 0;
}

// "2 err, 1 hung, 973.5s", or a dot when clean.
static void print_league_cell(FILE *file, const struct cell_result *cell)
{
    const int64_t *values = cell->verdict->metrics.value;
    struct words words = {file, false};
    say_of_league(&words, values[METRIC_ERRORS], "err");
    say_of_league(&words, values[METRIC_HUNG], "hung");
    say_of_league(&words, values[METRIC_LOST], "lost");
    say_of_league(&words, values[METRIC_DUPLICATED], "duplicated");
    say_of_league(&words, values[METRIC_TORN], "torn");
    say_of_league(&words, values[METRIC_DEAF], "unheard");
    say_of_league(&words, values[METRIC_OVERDUE], "overdue");
    say_of_league(&words, values[METRIC_IN_DOUBT], "in doubt");
    if (values[METRIC_DELAY] >= IMPACT_DELAY_US && values[METRIC_DELAY] != METRIC_NEVER) {
        char value[METRIC_TEXT_SIZE];
        fprintf(
            file, "%s%s", words.any ? ", " : "", metric_format(METRIC_DELAY, values[METRIC_DELAY], value));
    } else if (!words.any) {
        fputs("·", file);
    }
    if (values[METRIC_RECOVERY] == METRIC_NEVER)
        fputs(", never back", file);
    if (cell->verdict->outcome == OUTCOME_FAIL)
        fputs(" **fail**", file);
}

static void add_league_cell(struct markdown_table *table, const struct cell_result *cell)
{
    char *text = NULL;
    size_t length;
    if (!cell || !league_ran(cell) || cell->verdict->outcome == OUTCOME_ERROR) {
        markdown_table_add(table, "%s", cell ? outcome_name(cell->verdict->outcome) : "");
        return;
    }
    FILE *memory = open_memstream(&text, &length);
    if (memory)
        print_league_cell(memory, cell);
    bool printed = memory && fclose(memory) == 0;
    markdown_table_add(table, "%s", printed ? text : "out of memory");
    free(text);
}

static void print_matrix_part(FILE *file, const struct league *league, size_t first, size_t end)
{
    const struct run_result *run = league->run;
    const char *titles[MATRIX_COLUMNS + 2] = {"scenario"};
    for (size_t i = first; i < end; i++)
        titles[1 + i - first] = league->rows[i].subject;
    struct markdown_table *table = markdown_table_new(titles);
    for (size_t i = league->order->first; table && i < run->cells_count;
         i = league->order->next_scenario[i]) {
        markdown_table_add_text(table, run->cells[i].scenario);
        for (size_t j = first; j < end; j++)
            add_league_cell(table, league_cell(league, run->cells[i].scenario, league->rows[j].subject));
    }
    fputc('\n', file);
    print_league_table(file, table);
}

static void print_matrix(FILE *file, const struct league *league)
{
    char slow[DURATION_TEXT_SIZE];
    size_t ran = rows_that_ran(league);
    fprintf(file,
        "\n## Every scenario\n\n"
        "A dot: clean. err, hung, in doubt, lost, duplicated: operations; a time: the longest delay, from "
        "%s on.\n",
        duration_format(IMPACT_DELAY_US, slow));
    for (size_t first = 0; first < ran; first += MATRIX_COLUMNS)
        print_matrix_part(file, league, first, first + MATRIX_COLUMNS < ran ? first + MATRIX_COLUMNS : ran);
}

static void print_claims(FILE *file, const struct league *league)
{
    const struct run_result *run = league->run;
    fputs("\n## The scenarios\n\n", file);
    for (size_t i = league->order->first; i < run->cells_count; i = league->order->next_scenario[i]) {
        fputs("- ", file);
        markdown_print_code(file, run->cells[i].scenario);
        fputs(": ", file);
        markdown_print_text(file, run->cells[i].claim);
        fputc('\n', file);
    }
}

static void print_world(FILE *file, const struct world *world)
{
    if (world->image_sha256[0] == '\0')
        return;
    fputs(", image ", file);
    markdown_print_text(file, world->image);
    fprintf(file, " (digests: image %.16s, kernel %.16s, programs %.16s)", world->image_sha256,
        world->kernel_sha256, world->programs_sha256);
}

static void print_versions(FILE *file, const struct league_page *page)
{
    static const char *const titles[] = {"pool:strategy", "version", "driver", NULL};
    const struct league *league = page->league;
    struct markdown_table *table = markdown_table_new(titles);
    size_t ran = rows_that_ran(league);
    for (size_t i = 0; table && i < ran; i++) {
        const struct league_row *row = &league->rows[i];
        markdown_table_add_text(table, row->subject);
        markdown_table_add_text(table, row->version ? row->version : "-");
        markdown_table_add_text(table, row->driver ? row->driver : "-");
    }
    fputs("\n## Versions, as the pools print them\n\n", file);
    print_league_table(file, table);
    fputs("\nLab ", file);
    markdown_print_text(file, league->run->lab);
    fprintf(file, ", seed %" PRIu64 ", ", league->run->seed);
    markdown_print_text(file, league->run->kernel ? league->run->kernel : "kernel unknown");
    print_world(file, &league->run->world);
    fprintf(file, ". The same again:\n\n```\n%s\n```\n", page->command);
}

void report_league_print(FILE *file, const void *league_page)
{
    const struct league_page *page = league_page;
    print_heading(file, page->league);
    print_ranking(file, page->league);
    for (int fear = 0; fear < FEARS; fear++)
        print_group(file, page->league, (enum fear)fear);
    print_findings(file, page->league);
    print_matrix(file, page->league);
    print_claims(file, page->league);
    print_versions(file, page);
}

bool report_league_write(const char *path, const struct league_page *page, struct error *error)
{
    return whole_file_print(path, report_league_print, page, error);
}
