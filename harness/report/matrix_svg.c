// The matrix of the page as a picture: scenarios by fear, subjects from the best to the worst as the league
// ranks them, in the page's colours and signs, light and dark.
#include "report/matrix_svg.h"

#include "base/xml.h"
#include "report/league_table.h"
#include "result/league.h"

#define CELL      11
#define LEFT      215 // the scenarios' names
#define TOP       135 // the subjects', turned
#define FEAR_ROOM 18
#define LEGEND    34

static const struct {
    const char *sign, *light, *on_light, *dark, *on_dark;
} looks[IMPACTS] = {
    [IMPACT_CLEAN] = {"\xc2\xb7", "#e6f3ea", "#3f6b50", "#1a2a22", "#8fb8a0"},
    [IMPACT_DELAYED] = {"\xe2\x97\x94", "#fbe29a", "#4a3800", "#5d4c10", "#ffe9a8"},
    [IMPACT_ERRORS] = {"\xe2\x96\xb2", "#f0a35b", "#2f1600", "#96500f", "#fff4ea"},
    [IMPACT_STUCK] = {"\xe2\x96\xa0", "#8f4fa8", "#ffffff", "#c792e0", "#240a2e"},
    [IMPACT_DATA] = {"\xe2\x9c\x96", "#96102f", "#ffffff", "#ff7d92", "#33000b"},
};

struct picture {
    FILE *file;
    struct run_order *order;
    struct league *league; // its rows are the columns
    size_t count;
    int y;
};

static void print_style(FILE *file)
{
    fputs(
        "<style>text{font:9px system-ui,sans-serif;fill:#24292f}.f{font-weight:700}.s{text-anchor:middle;font-size:7px}"
        ".n{text-anchor:end}",
        file);
    for (int i = 0; i < IMPACTS; i++)
        fprintf(file, ".i%d{fill:%s}.t%d{fill:%s}", i, looks[i].light, i, looks[i].on_light);
    fputs("@media(prefers-color-scheme:dark){text{fill:#e6edf3}", file);
    for (int i = 0; i < IMPACTS; i++)
        fprintf(file, ".i%d{fill:%s}.t%d{fill:%s}", i, looks[i].dark, i, looks[i].on_dark);
    fputs("}</style>\n", file);
}

static void print_square(FILE *file, int x, int y, enum impact impact)
{
    fprintf(file,
        "<rect class=\"i%d\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"2\"/>"
        "<text class=\"s t%d\" x=\"%.1f\" y=\"%d\">%s</text>",
        (int)impact, x, y, CELL - 1, CELL - 1, (int)impact, x + (CELL - 1) / 2.0, y + CELL - 3,
        looks[impact].sign);
}

static void print_subjects(const struct picture *picture)
{
    for (size_t i = 0; i < picture->count; i++) {
        const int x = LEFT + (int)i * CELL + CELL - 3;
        fprintf(picture->file, "<text transform=\"translate(%d %d) rotate(-60)\">", x, TOP - 4);
        xml_print(picture->file, picture->league->rows[i].subject);
        fputs("</text>\n", picture->file);
    }
}

static void print_row(struct picture *picture, const char *scenario)
{
    fprintf(picture->file, "<text class=\"n\" x=\"%d\" y=\"%d\">", LEFT - 6, picture->y + CELL - 3);
    xml_print(picture->file, scenario);
    fputs("</text>", picture->file);
    for (size_t i = 0; i < picture->count; i++) {
        const struct cell_result *cell = league_cell(
            picture->league, scenario, picture->league->rows[i].subject);
        if (cell != NULL && cell->verdict != NULL && cell->verdict->impact != IMPACT_UNKNOWN)
            print_square(picture->file, LEFT + (int)i * CELL, picture->y, cell->verdict->impact);
    }
    putc('\n', picture->file);
    picture->y += CELL;
}

static void print_fear(struct picture *picture, enum fear fear)
{
    const struct run_result *run = picture->order->run;
    bool any = false;
    for (size_t i = picture->order->first; i < run->cells_count; i = picture->order->next_scenario[i]) {
        if (fear_of(run->cells[i].scenario) != fear)
            continue;
        if (!any) {
            picture->y += FEAR_ROOM;
            fprintf(picture->file, "<text class=\"f\" x=\"4\" y=\"%d\">%s</text>\n", picture->y - 5,
                fear_title(fear));
        }
        any = true;
        print_row(picture, run->cells[i].scenario);
    }
}

static void print_legend(const struct picture *picture)
{
    for (int i = 0; i < IMPACTS; i++) {
        const int x = LEFT + i * 80;
        print_square(picture->file, x, picture->y + 12, (enum impact)i);
        fprintf(picture->file, "<text x=\"%d\" y=\"%d\">%s</text>\n", x + CELL + 4, picture->y + CELL + 9,
            impact_name((enum impact)i));
    }
}

static size_t count_picture_rows(const struct run_order *order, size_t *fears)
{
    size_t rows = 0;
    bool seen[FEARS] = {false};
    for (size_t i = order->first; i < order->run->cells_count; i = order->next_scenario[i]) {
        rows++;
        seen[fear_of(order->run->cells[i].scenario)] = true;
    }
    *fears = 0;
    for (int i = 0; i < FEARS; i++)
        *fears += seen[i];
    return rows;
}

bool matrix_svg_print(FILE *file, const struct run_result *run)
{
    struct picture picture = {.file = file, .league = league_new(run, NULL, 0, NULL), .y = TOP};
    const bool room = picture.league != NULL;
    if (room) {
        size_t fears;
        picture.order = picture.league->order;
        picture.count = league_rows_that_ran(picture.league);
        const size_t rows = count_picture_rows(picture.order, &fears);
        fprintf(file,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %zu %zu\" role=\"img\" "
            "aria-label=\"What the application suffered: %zu scenarios, %zu settings of pools\">\n",
            LEFT + picture.count * CELL + 75, TOP + rows * CELL + fears * FEAR_ROOM + LEGEND, rows,
            picture.count);
        print_style(file);
        print_subjects(&picture);
        for (int i = 0; i < FEARS; i++)
            print_fear(&picture, (enum fear)i);
        print_legend(&picture);
        fputs("</svg>\n", file);
    }
    league_free(picture.league);
    return room;
}
