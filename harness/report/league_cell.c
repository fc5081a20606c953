#include "report/league_cell.h"

#include "verdict/impact.h"

#include <inttypes.h>
#include <stdlib.h>

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
void league_cell_print(FILE *file, const struct cell_result *cell)
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

char *league_cell_text(const struct cell_result *cell)
{
    char *text = NULL;
    size_t length;
    FILE *file = open_memstream(&text, &length);
    if (!file)
        return NULL;
    league_cell_print(file, cell);
    if (fclose(file) == 0)
        return text;
    free(text);
    return NULL;
}
