// The league's page: who does best, what was found, every scenario, and how to see it again.
#include "report/league.h"

#include "base/atomic_file.h"
#include "base/duration.h"
#include "base/markdown.h"
#include "base/markdown_table.h"
#include "report/internal.h"
#include "report/league_matrix.h"
#include "report/league_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BEST_SHOWN    3
#define VERSION_WIDE  24 // columns of a version in the first table, where there is room
#define VERSION_SHORT 8

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
    size_t ran = league_rows_that_ran(league);
    if (one)
        print_one_heading(file, one, ran, league->scenarios);
    else
        fprintf(file, "# The league: %zu pools and settings under %zu scenario%s\n\n", ran, league->scenarios,
            league->scenarios == 1 ? "" : "s");
    fprintf(file,
        "What the application suffered in a scenario is its *impact*, the worst of it: clean < delayed (5 s or\n"
        "more) < errors < stuck (a minute or more, never answered, or never recovered) < data (lost or\n"
        "duplicated). A pool is *good* where its impact is as good as any pool can have it there; the\n"
        "scenario says how good that is. Of %zu scenario%s %zu can be had clean. *Harm* is what is worse than\n"
        "that, and ranks:\n" LEAGUE_HARM ",\nless what nobody can avoid.\n",
        league->scenarios, league->scenarios == 1 ? "" : "s", league->avoidable);
    for (size_t i = 0; i < ran && i < BEST_SHOWN; i++) {
        fputs(i == 0 ? "Best: " : ", ", file);
        markdown_print_code(file, league->rows[i].subject);
        fprintf(file, " (harm %zu)", league->rows[i].harm);
    }
    fputs(".\n", file);
}

static void add_pool_row(struct markdown_table *table, const struct league_row *row, size_t version_width)
{
    league_table_add_subject(table, row->subject, row->differs > 0);
    league_table_add_cut(table, row->version ? row->version : "-", version_width);
    markdown_table_add(table, "%zu", row->harm);
    markdown_table_add(table, "%zu", row->good);
    for (int impact = IMPACT_DELAYED; impact < IMPACTS; impact++)
        markdown_table_add(table, "%zu", row->impacts[impact]);
}

static struct markdown_table *ranking_of(const struct league *league, size_t version_width)
{
    static const char *const titles[] = {
        "pool:strategy", "version", ">harm", ">good", ">delayed", ">errors", ">stuck", ">data", NULL};
    struct markdown_table *table = markdown_table_new(titles);
    for (size_t i = 0; table && i < league_rows_that_ran(league); i++)
        add_pool_row(table, &league->rows[i], version_width);
    return table;
}

// Versions are as long as their makers like; the whole of each stands at the page's end.
static struct markdown_table *fit_ranking(const struct league *league)
{
    size_t width = VERSION_WIDE;
    struct markdown_table *table = ranking_of(league, width);
    while (table && markdown_table_width(table) > LEAGUE_COLUMNS && width > VERSION_SHORT) {
        markdown_table_free(table);
        table = ranking_of(league, --width);
    }
    return table;
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

// Scenarios of which the run has cells of another seed.
static size_t count_seeded(const struct league *league)
{
    const struct run_result *run = league->run;
    size_t count = 0;
    for (size_t i = league->order->first; i < run->cells_count; i = league->order->next_scenario[i]) {
        bool seeded = false;
        for (size_t j = 0; j < run->cells_count && !seeded; j++)
            seeded = run->cells[j].seed != run->seed &&
                     strcmp(run->cells[j].scenario, run->cells[i].scenario) == 0;
        count += seeded;
    }
    return count;
}

// What is told of another seed holds for all tables.
static void print_mark(FILE *file, const struct league *league)
{
    size_t differing = 0;
    for (size_t i = 0; i < league->rows_count; i++)
        differing += league->rows[i].differs > 0;
    if (!league->seeds)
        return;
    fprintf(file, "\nWhat is shown is seed %" PRIu64 "; other seeds were run, too, in %zu of %zu scenarios. ",
        league->run->seed, count_seeded(league), league->scenarios);
    if (differing == 0)
        fputs("None of them changes an impact, or a number of errors.\n", file);
    else
        fprintf(file,
            LEAGUE_BY_SEED " marks the %zu rows, and cells, in which one of them has another impact, or "
                           "another\nnumber of errors.\n",
            differing);
}

static void print_ranking(FILE *file, const struct league *league)
{
    size_t ran = league_rows_that_ran(league);
    fputc('\n', file);
    league_table_print(file, fit_ranking(league));
    fputs("\nScenarios, by impact.\n", file);
    print_mark(file, league);
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
    league_table_add_subject(table, row->subject, group->differs > 0);
    markdown_table_add(table, "%s", impact_name(group->best));
    markdown_table_add(table, "%s", impact_name(group->worst));
    markdown_table_add(table, "%zu", group->harm);
    markdown_table_add(table, "%zu of %zu", group->good, group->scenarios);
    markdown_table_add(table, "%s%s", metric_format(fear_metric(fear), group->figure, value),
        group->never ? ", never back" : "");
}

struct place_in_group {
    const struct league_row *row;
    enum fear fear;
};

static int by_group_rank(const void *left, const void *right)
{
    const struct place_in_group *a = left, *b = right;
    int order = league_group_rank(&a->row->groups[a->fear], &b->row->groups[b->fear]);
    return order != 0 ? order : (a->row > b->row) - (a->row < b->row); // as in the whole
}

// Who fears one thing chooses by it: the best at it first. Returns how many rows have it.
static size_t sort_group(const struct league *league, enum fear fear, struct place_in_group *places)
{
    size_t count = 0;
    for (size_t i = 0; i < league_rows_that_ran(league); i++)
        if (league->rows[i].groups[fear].scenarios > 0)
            places[count++] = (struct place_in_group){&league->rows[i], fear};
    if (count > 0)
        qsort(places, count, sizeof(*places), by_group_rank);
    return count;
}

static void print_group_scenarios(FILE *file, const struct league *league, enum fear fear)
{
    const struct run_result *run = league->run;
    const struct run_order *order = league->order;
    const char *before = "Of ";
    for (size_t i = order->first; i < run->cells_count; i = order->next_scenario[i]) {
        if (fear_of(run->cells[i].scenario) != fear)
            continue;
        fputs(before, file);
        markdown_print_code(file, run->cells[i].scenario);
        before = ",\n";
    }
    fputs(".\n\n", file);
}

static void print_group(FILE *file, const struct league *league, enum fear fear)
{
    char figure[FIGURE_TITLE_SIZE];
    const char *const titles[] = {
        "pool:strategy", "best", "worst", ">harm", ">good", figure_title(fear, figure), NULL};
    struct place_in_group *places = calloc(league->rows_count + 1, sizeof(*places));
    size_t count = places ? sort_group(league, fear, places) : 0;
    if (count > 0) {
        struct markdown_table *table = markdown_table_new(titles);
        for (size_t i = 0; table && i < count; i++)
            add_group_row(table, places[i].row, fear);
        fprintf(file, "\n## %s\n\n", fear_title(fear));
        print_group_scenarios(file, league, fear);
        league_table_print(file, table);
    }
    free(places);
}

// The page is read elsewhere: "pool/subjects/knex.yaml".
static const char *path_in_project(const struct subject *subject)
{
    const size_t length = subject->root ? strlen(subject->root) : 0;
    if (length > 0 && strncmp(subject->path, subject->root, length) == 0 && subject->path[length] == '/')
        return subject->path + length + 1;
    return subject->path;
}

static void print_broken(FILE *file, const struct league_finding *finding)
{
    char expected[RANGE_TEXT_SIZE], actual[METRIC_TEXT_SIZE];
    enum metric metric = finding->broken->metric;
    fprintf(file, " **No longer so: %s: expected %s, actual %s (%s:%d).**", metric_name(metric),
        metric_range_format(metric, finding->broken->range, expected),
        metric_format(metric, finding->cell->verdict->metrics.value[metric], actual),
        path_in_project(finding->subject), finding->finding->line);
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

// A finding about a pool that nobody ran is not missing.
static bool was_run(const struct league *league, const struct league_finding *finding)
{
    const char *pool = finding->subject->name, *strategy = finding->finding->strategy;
    const size_t length = strlen(pool);
    for (size_t i = 0; i < league->run->cells_count; i++) {
        const char *subject = league->run->cells[i].subject;
        if (strncmp(subject, pool, length) == 0 && subject[length] == ':' &&
            strcmp(subject + length + 1, strategy) == 0)
            return true;
    }
    return false;
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
        if (finding->cell || !was_run(league, finding))
            continue;
        fprintf(file, "%s `%s` with %s:%s", before, finding->finding->scenario, finding->subject->name,
            finding->finding->strategy);
        before = ",";
    }
    if (*before == ',')
        fputs(".\n", file);
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

// Settings of one pool run on the same: "- sqlalchemy 2.0.40, psycopg2 2.9.10".
static void print_version(FILE *file, const struct league *league, size_t place)
{
    const struct league_row *row = &league->rows[place];
    const int length = (int)strcspn(row->subject, ":");
    for (size_t i = 0; i < place; i++)
        if (strncmp(league->rows[i].subject, row->subject, (size_t)length + 1) == 0)
            return;
    fprintf(file, "- %.*s: ", length, row->subject);
    markdown_print_text(file, row->version ? row->version : "it does not say");
    if (row->driver) {
        fputs("; ", file);
        markdown_print_text(file, row->driver);
    }
    fputc('\n', file);
}

static void print_versions(FILE *file, const struct league_page *page)
{
    const struct league *league = page->league;
    fputs("\n## Versions, as the pools print them\n\n", file);
    for (size_t i = 0; i < league_rows_that_ran(league); i++)
        print_version(file, league, i);
    fputs("\nLab ", file);
    markdown_print_text(file, league->run->lab);
    fprintf(file, ", seed %" PRIu64 "%s", league->run->seed, league->run->kernel ? ", " : "");
    if (league->run->kernel)
        markdown_print_text(file, league->run->kernel);
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
    league_matrix_print(file, page->league);
    print_claims(file, page->league);
    print_versions(file, page);
}

bool report_league_write(const char *path, const struct league_page *page, struct error *error)
{
    return whole_file_print(path, report_league_print, page, error);
}
