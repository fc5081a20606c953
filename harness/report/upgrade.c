#include "report/upgrade.h"

#include "base/atomic_file.h"
#include "base/markdown.h"
#include "report/league_cell.h"
#include "report/league_table.h"
#include "verdict/impact.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MOST_TOLD   10
#define TEXT_MAX    120 // bytes of an error's text
#define VERSION_MAX 8   // columns of a version

static const char *image_of(const struct league *league)
{
    return *league->run->world.image ? league->run->world.image : "an unknown image";
}

static void print_upgrade_heading(FILE *file, const struct upgrade *upgrade)
{
    const char *before = image_of(upgrade->before), *now = image_of(upgrade->now);
    fputs("# What ", file);
    markdown_print_text(file, now);
    fputs(" changes against ", file);
    markdown_print_text(file, before);
    fprintf(file,
        "\n\n%zu cells that both have, of %zu pools and settings: %zu as before. Of the others the impact\n"
        "is better in %zu and worse in %zu, other figures of the same impact in %zu, other error texts in %zu.\n",
        upgrade->cells_count, upgrade->rows_count, upgrade->changes[CHANGE_NONE],
        upgrade->changes[CHANGE_BETTER], upgrade->changes[CHANGE_WORSE], upgrade->changes[CHANGE_FIGURES],
        upgrade->changes[CHANGE_WORDS]);
    fputs("*Impact* is what the application suffered: clean < delayed < errors < stuck < data.\n", file);
    if (upgrade->only_before + upgrade->only_now > 0)
        fprintf(file, "Left out, because the other has no such cell: %zu of the first, %zu of the second.\n",
            upgrade->only_before, upgrade->only_now);
    if (upgrade->seeds < 2)
        fprintf(
            file, "One seed, %" PRIu64 ": what chance does is not told apart.\n", upgrade->before->run->seed);
    else
        fprintf(file,
            "Seed %" PRIu64 " is shown, of %zu. " LEAGUE_BY_SEED
            " marks the %zu cells, and the rows with one, whose impact changes in\n"
            "another way under another seed: that is chance, not the upgrade.\n",
            upgrade->before->run->seed, upgrade->seeds, upgrade->by_seed);
}

// "stuck (1 err, 973.5s)". The caller frees it; NULL: no memory.
static char *state_of(const struct cell_result *cell)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    if (!file)
        return NULL;
    fputs(impact_name(cell->verdict->impact), file);
    if (cell->verdict->impact != IMPACT_CLEAN) {
        fputs(" (", file);
        league_cell_print(file, cell);
        fputc(')', file);
    }
    if (fclose(file) == 0)
        return text;
    free(text);
    return NULL;
}

// Both states, or the one that stayed.
static void print_states(FILE *file, const struct upgrade_cell *cell)
{
    char *before = state_of(cell->before), *now = state_of(cell->now);
    if (before && now)
        fprintf(file, "%s%s%s", before, strcmp(before, now) != 0 ? " -> " : "",
            strcmp(before, now) != 0 ? now : "");
    else
        fputs("out of memory", file);
    free(before);
    free(now);
}

static void print_mark_of(FILE *file, const struct upgrade_cell *cell)
{
    if (cell->by_seed)
        fputs(" " LEAGUE_BY_SEED, file);
}

static const struct upgrade_row *upgrade_row_of(
    const struct upgrade *upgrade, const struct upgrade_cell *cell)
{
    const size_t place = (size_t)(cell - upgrade->cells);
    for (size_t i = 0; i < upgrade->rows_count; i++)
        if (place < upgrade->rows[i].first + upgrade->rows[i].cells)
            return &upgrade->rows[i];
    return NULL;
}

// " 3.2.6 -> 3.3.1"; of one that stayed "3.2.6".
static void print_versions_of(FILE *file, const struct upgrade_row *row)
{
    const char *before = row->before->version ? row->before->version : "?",
               *now = row->now->version ? row->now->version : "?";
    markdown_print_text(file, before);
    if (strcmp(before, now) == 0)
        return;
    fputs(" -> ", file);
    markdown_print_text(file, now);
}

// "median 30.00ms -> 40.00ms": what the words of a cell do not tell.
static void print_other_figures(FILE *file, const struct upgrade_cell *cell)
{
    static const enum metric told[] = {
        METRIC_DELAY, METRIC_RECOVERY, METRIC_MEDIAN, METRIC_PINGS, METRIC_CONNECTS, METRIC_LEAKED_BACKENDS};
    const char *separator = "; ";
    for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
        char before[METRIC_TEXT_SIZE], now[METRIC_TEXT_SIZE];
        const int64_t was = cell->before->verdict->metrics.value[told[i]],
                      is = cell->now->verdict->metrics.value[told[i]];
        if (change_is_same_value(told[i], was, is))
            continue;
        fprintf(file, "%s%s %s -> %s", separator, metric_name(told[i]), metric_format(told[i], was, before),
            metric_format(told[i], is, now));
        separator = ", ";
    }
}

static void print_most(FILE *file, const struct upgrade *upgrade)
{
    const struct upgrade_cell *cells[MOST_TOLD] = {NULL};
    size_t alike[MOST_TOLD];
    const size_t count = upgrade_choose(upgrade, MOST_TOLD, cells, alike);
    fputs("\n## What matters most\n\n", file);
    if (count == 0)
        fputs("Nothing: no impact and no figure changes.\n", file);
    for (size_t i = 0; i < count; i++) {
        const struct cell_result *before = cells[i]->before;
        fprintf(file, "%zu. **%s** (", i + 1, before->subject);
        print_versions_of(file, upgrade_row_of(upgrade, cells[i]));
        fputs(") in ", file);
        markdown_print_code(file, before->scenario);
        fputs(": ", file);
        print_states(file, cells[i]);
        print_other_figures(file, cells[i]);
        print_mark_of(file, cells[i]);
        fputs(cells[i]->change == CHANGE_BETTER  ? ", so better."
              : cells[i]->change == CHANGE_WORSE ? ", so worse."
                                                 : ".",
            file);
        if (alike[i] > 0)
            fprintf(file, " %zu more like it.", alike[i]);
        fputc('\n', file);
    }
}

static void print_all_settings(FILE *file, const struct upgrade *upgrade)
{
    static const char *const titles[] = {
        "pool:strategy", "before", "now", ">same", ">better", ">worse", ">figures", ">texts", NULL};
    struct markdown_table *table = markdown_table_new(titles);
    for (size_t i = 0; table && i < upgrade->rows_count; i++) {
        const struct upgrade_row *row = &upgrade->rows[i];
        league_table_add_subject(table, row->before->subject, row->by_seed > 0);
        league_table_add_cut(table, row->before->version ? row->before->version : "-", VERSION_MAX);
        league_table_add_cut(table, row->now->version ? row->now->version : "-", VERSION_MAX);
        markdown_table_add(table, "%zu", row->changes[CHANGE_NONE]);
        markdown_table_add(table, "%zu", row->changes[CHANGE_BETTER]);
        markdown_table_add(table, "%zu", row->changes[CHANGE_WORSE]);
        markdown_table_add(table, "%zu", row->changes[CHANGE_FIGURES]);
        markdown_table_add(table, "%zu", row->changes[CHANGE_WORDS]);
    }
    fputs("\n## Every setting\n\nVersions, and cells by what changes in them.\n\n", file);
    league_table_print(file, table);
}

static bool has_text(const struct cell_result *cell, const char *text)
{
    for (size_t i = 0; i < cell->texts.count; i++)
        if (strcmp(cell->texts.items[i].text, text) == 0)
            return true;
    return false;
}

// The first text that the other does not have.
static void print_new_text(
    FILE *file, const char *what, const struct cell_result *cell, const struct cell_result *other)
{
    for (size_t i = 0; i < cell->texts.count; i++) {
        char text[TEXT_MAX];
        if (has_text(other, cell->texts.items[i].text))
            continue;
        snprintf(text, sizeof(text), "%s", cell->texts.items[i].text);
        fputs(what, file);
        markdown_print_code(file, text);
        return;
    }
}

static void print_changed_cell(FILE *file, const struct upgrade_cell *cell)
{
    static const char *const words[] = {[CHANGE_WORDS] = "text",
        [CHANGE_FIGURES] = "figures",
        [CHANGE_BETTER] = "**better**",
        [CHANGE_WORSE] = "**worse**"};
    fprintf(file, "- %s: ", words[cell->change]);
    markdown_print_code(file, cell->before->scenario);
    print_mark_of(file, cell);
    if (cell->change == CHANGE_WORDS) {
        print_new_text(file, ": said ", cell->before, cell->now);
        print_new_text(file, ", says ", cell->now, cell->before);
    } else {
        fputs(": ", file);
        print_states(file, cell);
        print_other_figures(file, cell);
    }
    fputc('\n', file);
}

static void print_upgrade_row(FILE *file, const struct upgrade *upgrade, const struct upgrade_row *row)
{
    if (row->changes[CHANGE_NONE] == row->cells)
        return;
    fprintf(file, "\n### %s: ", row->before->subject);
    print_versions_of(file, row);
    fputs("\n\n", file);
    for (size_t i = 0; i < row->cells; i++)
        if (upgrade->cells[row->first + i].change != CHANGE_NONE)
            print_changed_cell(file, &upgrade->cells[row->first + i]);
}

static void print_unchanged(FILE *file, const struct upgrade *upgrade)
{
    const char *before = "\nNothing changes for ";
    for (size_t i = 0; i < upgrade->rows_count; i++) {
        const struct upgrade_row *row = &upgrade->rows[i];
        if (row->changes[CHANGE_NONE] != row->cells)
            continue;
        fputs(before, file);
        markdown_print_code(file, row->before->subject);
        before = ",\n";
    }
    if (*before == ',')
        fputs(".\n", file);
}

static void print_image_digest(FILE *file, const struct league *league)
{
    markdown_print_text(file, image_of(league));
    if (*league->run->world.image_sha256)
        fprintf(file, " (%.16s)", league->run->world.image_sha256);
}

void report_upgrade_print(FILE *file, const void *upgrade_page)
{
    const struct upgrade_page *page = upgrade_page;
    const struct upgrade *upgrade = page->upgrade;
    print_upgrade_heading(file, upgrade);
    print_most(file, upgrade);
    print_all_settings(file, upgrade);
    fputs("\n## Pool by pool\n", file);
    print_unchanged(file, upgrade);
    for (size_t i = 0; i < upgrade->rows_count; i++)
        print_upgrade_row(file, upgrade, &upgrade->rows[i]);
    fputs("\nImages: ", file);
    print_image_digest(file, upgrade->before);
    fputs(", ", file);
    print_image_digest(file, upgrade->now);
    fprintf(file, ". The same again:\n\n```\n%s\n```\n", page->command);
}

bool report_upgrade_write(const char *path, const struct upgrade_page *page, struct error *error)
{
    return whole_file_print(path, report_upgrade_print, page, error);
}
