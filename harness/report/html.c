// report.html: one file that needs nothing else. The page itself is harness/report/html/; here is its data.
#include "report/report.h"

#include "contract/cell_files.h"
#include "report/page.h"
#include "report/page_seeds.h"
#include "report/story.h"
#include "result/fear.h"
#include "result/select.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// What the stories of a run may take of a page, and of one cell: 300 cells stay below 5 MB.
#define STORIES_BYTES     (4 << 20)
#define STORY_BYTES_MAX   (1 << 20)
#define STORY_BYTES_MIN   4096
#define PACKET_BYTES      45
#define SUBJECT_LOG_LINES 20

// A '<' could end the element that holds the data.
static void print_data(FILE *file, const json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT);
    for (const char *at = text; at != NULL && *at != '\0'; at++) {
        if (*at == '<')
            fputs("\\u003c", file);
        else
            putc(*at, file);
    }
    free(text);
}

static struct story_limits limits_for(size_t cells)
{
    size_t bytes = STORIES_BYTES / (cells > 0 ? cells : 1);
    bytes = bytes < STORY_BYTES_MIN ? STORY_BYTES_MIN : bytes > STORY_BYTES_MAX ? STORY_BYTES_MAX : bytes;
    size_t packets = bytes / 2 / PACKET_BYTES;
    return (struct story_limits){.packets = packets, .lines = packets / 4, .operations = packets / 4};
}

// The last lines of what the adapter wrote: where it broke, they say why.
static json_t *read_subject_log(const struct folder *cell)
{
    struct folder_file file;
    struct error unread = {0};
    json_t *lines = json_array();
    if (!folder_open_file(cell, CELL_SUBJECT_LOG_FILE, &file, ERROR_LAB, &unread))
        return lines;
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, file.stream) > 0) {
        json_array_append_new(lines, json_string(line)); // what is not UTF-8 is left out
        if (json_array_size(lines) > SUBJECT_LOG_LINES)
            json_array_remove(lines, 0);
    }
    free(line);
    folder_close_file(&file);
    return lines;
}

static json_t *read_story_in(
    const struct folder *folder, const struct story_limits *limits, struct error *error)
{
    struct cell *cell = cell_read(folder, error);
    struct story *story = cell != NULL ? story_new(cell, folder, error) : NULL;
    json_t *json = story != NULL ? story_to_json(story, limits) : NULL;
    if (json != NULL) {
        json_object_set_new(json, "path", json_string(cell->scenario->path));
        json_object_set_new(json, "subject_log", read_subject_log(folder));
    }
    story_free(story);
    cell_free(cell);
    return json;
}

// Why there is none is part of the page: a run that was cut short is looked at, too.
static json_t *story_of(
    const struct folder *run, const struct cell_result *cell, const struct story_limits *limits)
{
    struct folder folder;
    struct error error = {0};
    json_t *json = NULL;
    if (run != NULL && folder_enter(run, cell->dir, &folder, ERROR_LAB, &error)) {
        json = read_story_in(&folder, limits, &error);
        folder_close(&folder);
    }
    return json != NULL ? json
                        : json_pack("{s:s}", "missing", *error.text != '\0' ? error.text : "no folder");
}

static json_t *metrics_to_words(void)
{
    json_t *json = json_array();
    for (int i = 0; json != NULL && i < METRIC_KINDS; i++)
        json_array_append_new(
            json, json_pack("[s, s, s, b]", metric_json_name((enum metric)i), metric_name((enum metric)i),
                      metric_summary((enum metric)i), metric_unit((enum metric)i) == RANGE_DURATION));
    return json;
}

static json_t *packet_kinds(void)
{
    json_t *json = json_array();
    for (int i = 0; json != NULL && i < ARROW_KINDS; i++)
        json_array_append_new(json, json_string(arrow_kind_names[i]));
    return json;
}

// Of the run before only what a cell's colour needs.
static json_t *before_to_json(const struct report_page *page)
{
    if (page->before == NULL)
        return json_null();
    json_t *cells = json_array();
    for (size_t i = 0; i < page->before->cells_count; i++) {
        const struct cell_result *cell = &page->before->cells[i];
        if (cell->verdict != NULL)
            json_array_append_new(
                cells, json_pack("{s:s, s:s, s:s, s:s}", "scenario", cell->scenario, "subject", cell->subject,
                           "verdict", outcome_name(cell->verdict->outcome), "impact",
                           impact_name(cell->verdict->impact)));
    }
    return json_pack("{s:s, s:o}", "name", page->before_name, "cells", cells);
}

// What the matrix is grouped by, as the league is; scenarios of the user's own by their folder.
static json_t *group_by_fear(const struct run_result *result, const json_t *run)
{
    json_t *titles = json_array(), *cells = json_object_get(run, "cells");
    size_t written = 0;
    for (int i = 0; i < FEAR_OTHER; i++)
        json_array_append_new(titles, json_string(fear_title((enum fear)i)));
    for (size_t i = 0; i < result->cells_count; i++) {
        if (result->cells[i].verdict == NULL)
            continue;
        const enum fear fear = fear_of(result->cells[i].scenario);
        json_t *cell = json_array_get(cells, written++);
        if (fear != FEAR_OTHER)
            json_object_set_new(cell, "group", json_string(fear_title(fear)));
    }
    return titles;
}

static void print_stories(const struct report_page *page)
{
    const struct run_result *result = page->result;
    const struct story_limits limits = limits_for(result->cells_count);
    if (page->run == NULL)
        return;         // a page of figures
    size_t written = 0; // the place in run.json, which leaves out what was not run
    for (size_t i = 0; i < result->cells_count; i++) {
        if (result->cells[i].verdict == NULL)
            continue;
        json_t *story = story_of(page->run, &result->cells[i], &limits);
        fprintf(page->file, "<script type=\"application/json\" data-story=\"%zu\">", written++);
        print_data(page->file, story);
        fputs("</script>\n", page->file);
        json_decref(story);
    }
}

bool report_html_print(const struct report_page *page)
{
    json_t *run = run_result_to_json(page->result, page->error);
    if (run == NULL)
        return false;
    json_t *groups = group_by_fear(page->result, run);
    if (page->run == NULL)
        page_keep_one_seed(page->result, json_object_get(run, "cells"));
    json_t *data = json_pack("{s:o, s:o, s:o, s:o, s:o, s:s?}", "groups", groups, "run", run, "other",
        before_to_json(page), "metrics", metrics_to_words(), "kinds", packet_kinds(), "folder",
        page->run != NULL ? page->run->path : NULL);
    fwrite(report_page_before, 1, report_page_before_size, page->file);
    fputs("<script type=\"application/json\" id=\"data\">", page->file);
    print_data(page->file, data);
    fputs("</script>\n", page->file);
    print_stories(page);
    fwrite(report_page_after, 1, report_page_after_size, page->file);
    json_decref(data);
    return true;
}
