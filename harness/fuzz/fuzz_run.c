// Fuzzes run.json: whatever is in it, it is refused with a word, or becomes reports in which nothing commands
// a terminal or ends an XML element, and a run.json that says the same again.
#include "fuzz/fuzz.h"
#include "report/compare.h"
#include "report/league.h"
#include "report/report.h"
#include "result/league.h"
#include "result/merge.h"

static void require_plain(const char *text)
{
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        require(byte == '\n' || (byte >= 0x20 && byte != 0x7f));
        require(byte != 0xc2 || ((unsigned char)text[1] & 0xe0) != 0x80); // C1 in UTF-8
    }
}

static void print(void (*report)(FILE *file, const struct run_result *run), const struct run_result *run)
{
    char *text;
    size_t length;
    FILE *memory = open_memstream(&text, &length);
    report(memory, run);
    require(fclose(memory) == 0 && strlen(text) == length);
    require_plain(text);
    free(text);
}

static void print_reports(FILE *file, const struct run_result *run)
{
    for (size_t i = 0; i < reports_count; i++)
        if (reports[i].print != report_json_print) // JSON has its own way with them: check_round_trip
            require(reports[i].print(&(struct report_page){.file = file, .result = run, .width = 100}));
}

static void print_league(FILE *file, const struct run_result *run)
{
    struct league *league = league_new(run, NULL, 0, NULL);
    require(league != NULL);
    report_league_print(file, &(struct league_page){league, "command"});
    league_free(league);
}

static void print_comparison(FILE *file, const struct run_result *run)
{
    const struct compare_side side = {.run = run};
    struct comparison *comparison = run_compare(
        side, side, COMPARE_LABS, (struct compare_tolerance){COMPARE_TOLERANCE_US});
    require(comparison != NULL && report_compare_print(file, comparison, true));
    json_t *json = report_compare_to_json(comparison);
    require(json != NULL);
    json_decref(json);
    comparison_free(comparison);
}

static void check_round_trip(const struct run_result *run)
{
    struct error error = {0};
    json_t *json = run_result_to_json(run, &error);
    require(json != NULL);
    struct run_result *again = run_result_from_json(json, &error);
    require(again != NULL);
    json_decref(json);
    const char *const names[] = {"fuzzed"};
    const struct merge_request request = {.runs = &again, .names = names, .count = 1, .replaces = true};
    struct run_result *merged = run_merge(&request, &error);
    require(merged != NULL);
    run_result_free(merged);
    run_result_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error = {0};
    json_t *json = json_loadb((const char *)data, size, JSON_REJECT_DUPLICATES, NULL);
    struct run_result *run = json != NULL ? run_result_from_json(json, &error) : NULL;
    json_decref(json);
    require(json == NULL || run != NULL || error.text[0] != '\0');
    if (run == NULL)
        return 0;
    print(print_reports, run);
    print(print_league, run);
    print(print_comparison, run);
    check_round_trip(run);
    run_result_free(run);
    return 0;
}
